"""The thin way to the door: its devices have no session, no language and no cookie, and many of them ask at once."""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve

API = "/door/api/"
HSTS = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
resolved = lru_cache(maxsize=32)(resolve)  # seven addresses, each asked for thousands of times


class ThinWay:
    """Outermost: a request of a device goes straight to its view, past all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Everything else takes the usual way."""
        if not request.path_info.startswith(API):
            return self.get_response(request)
        # A question less each time: a device whose answer fails because PostgreSQL has restarted comes again by itself.
        connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs do not know it
        request.get_host()  # refuses what is none of ours, as for every other page
        try:
            found = resolved(request.path_info)
        except Resolver404:
            return JsonResponse({"error": "not_found"}, status=404)
        response = found.func(request, *found.args, **found.kwargs)
        if settings.SECURE_HSTS_SECONDS:
            response["Strict-Transport-Security"] = HSTS
        return response
