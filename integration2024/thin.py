"""The thin way for what asks often and shows a token: devices at the door, and the tabs of those who follow a stream.

There is no session, no language and no cookie on it.
"""

from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, resolve

APIS = ("/door/api/", "/live/api/")
HSTS = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains; preload"
resolved = lru_cache(maxsize=32)(resolve)  # eight addresses, each asked for thousands of times


class ThinWay:
    """Outermost: a request of these goes straight to its view, past all other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Everything else takes the usual way."""
        if not request.path_info.startswith(APIS):
            return self.get_response(request)
        # A question less each time: what gets no answer because PostgreSQL has restarted comes again by itself.
        connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs do not know it
        request.get_host()  # refuses what is none of ours, as for every other page
        try:
            found = resolved(request.path_info)
        except Resolver404:
            return JsonResponse({"error": "not_found"}, status=404)
        response = found.func(request, *found.args, **found.kwargs)
        response["Content-Length"] = str(len(response.content))
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        if settings.SECURE_HSTS_SECONDS:
            response["Strict-Transport-Security"] = HSTS
        return response
