"""The demo bar on every page: the demo's present moment, travel in time, roles, the mailbox."""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from events import clock
from events.models import Event
from integration2024.demo import mailbox
from integration2024.demo.moments import moments
from integration2024.demo.roles import ROLES

# After the link that skips to the content, which must stay the first stop of the keyboard; else first in the body.
PLACE = re.compile(rb"<body[^>]*>(?=(.*?)<header\b)?", re.DOTALL)
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class DemoBar:
    """Outermost: the bytes that PublicPageCache keeps hold no bar, each answer gets a fresh one.

    Pages are therefore never the same twice: conditional requests are not heeded, and no ETag leaves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the bar into what is a page; leave everything else alone."""
        if request.path_info.startswith(settings.STATIC_URL):
            return self.get_response(request)
        for name in CONDITIONS:
            request.META.pop(name, None)
        response = self.get_response(request)
        if is_page(response):
            add_bar(request, response)
        return response


def is_page(response: Any) -> bool:
    """A whole HTML page, as opposed to a file, a redirect, the HTML of a mail."""
    is_html = response.get("Content-Type", "").startswith("text/html")
    return is_html and not response.streaming and not getattr(response, "without_demo_bar", False)


def add_bar(request: HttpRequest, response: HttpResponse) -> None:
    """Into the head goes the style sheet, into the body the bar. A page without a body (a fragment) stays as it is."""
    found = PLACE.search(response.content)
    if not found:
        return
    language = page_language(request, response)
    try:
        context = bar_context(request, language)
    except DatabaseError:
        return  # the error page says enough
    with translation.override(language):
        bar = render_to_string("demo/bar.html", context).encode()
        style = render_to_string("demo/head.html").encode()
    place = found.end() + len(found[1] or b"")
    response.content = response.content[:place] + bar + response.content[place:]
    response.content = response.content.replace(b"</head>", style + b"</head>", 1)
    del response["ETag"]
    if "Content-Length" in response:
        response["Content-Length"] = str(len(response.content))


def page_language(request: HttpRequest, response: HttpResponse) -> str:
    """Of the page as it was written; pages from the cache have not met the middleware that knows the language."""
    return response.get("Content-Language") or translation.get_language_from_request(request, check_path=True)


def bar_context(request: HttpRequest, language: str) -> dict[str, Any]:
    """What the bar shows."""
    event = Event.objects.current().first()
    at = clock.now()
    offered = moments(event) if event else []
    return {
        "now": at,
        "local_now": at.astimezone(clock.HELSINKI),
        "moments": offered,
        "upcoming": next((moment for moment in offered if moment.at > at), None),
        "roles": ROLES.items() if event else [],
        "mail_count": len(mailbox.names()),
        "next": request.get_full_path(),
        "language": language,
    }
