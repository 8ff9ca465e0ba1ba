"""Who may use the demo's own pages: somebody at this machine, from a page of the demo itself."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt


def loopback_only(view: Callable[..., Any]) -> Callable[..., HttpResponse]:
    """Refuse other machines, and forms of other sites.

    The bar stands on pages that are cached for everybody, so its forms cannot hold a CSRF token. The browser itself
    says where a form comes from: in Sec-Fetch-Site, and in Origin with every POST. A request with neither header comes
    from no browser (a script at this machine), and nobody can be tricked into sending it.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers  # by a proxy beside us
        if is_forwarded or not is_loopback(request.META.get("REMOTE_ADDR", "")):
            raise PermissionDenied("The demo answers this machine only.")
        if request.method == "POST" and not is_same_origin(request):
            raise PermissionDenied("This form comes from another site.")
        return view(request, *args, **kwargs)

    return guarded


def is_loopback(address: str) -> bool:
    """127.0.0.1, ::1 and their like, also written as ::ffff:127.0.0.1."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def is_same_origin(request: HttpRequest) -> bool:
    """What the browser says of where a form comes from."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    if origin := request.headers.get("Origin"):
        return urlsplit(origin)[:2] == (request.scheme, request.get_host())
    return True
