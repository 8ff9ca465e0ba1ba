"""The addresses of an event: which event a page belongs to, and where a page of an event is.

The current event answers at /<lang>/… and /<lang>/2024/…, any other only with its slug. What outlives a page (mail,
calendar, feed, QR) uses the form with the slug.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from events.models import Event

View = Callable[..., HttpResponse]


def event_of(event_slug: str | None) -> Event:
    """The event that an address names, or the current one when it names none; 404 when there is no such event."""
    chosen = {"slug": event_slug} if event_slug else {"is_current": True}
    return get_object_or_404(Event, **chosen)


def for_event(view: View) -> View:
    """Call the view with (request, event, …): the event of the address, which the context processor then knows too."""

    @wraps(view)
    def with_event(request: HttpRequest, *args: Any, event_slug: str | None = None, **kwargs: Any) -> HttpResponse:
        event = event_of(event_slug)
        request.event = event  # type: ignore[attr-defined]
        return view(request, event, *args, **kwargs)

    return with_event


def by_link(find: Callable[[Event, str], Any]) -> Callable[[View], View]:
    """Call the view with (request, what the link opens, …): `find` looks it up. Never cached, never indexed.

    No other site hears the address: the referrer policy of the whole site is same-origin. (With no-referrer a browser
    would send forms without their origin, which the protection against forged requests refuses.)
    """

    def decorate(view: View) -> View:
        @never_cache
        @sensitive_post_parameters()
        @for_event
        @wraps(view)
        def with_row(request: HttpRequest, event: Event, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, find(event, token), *args, **kwargs)
            response["X-Robots-Tag"] = "noindex"
            return response

        return with_row

    return decorate


def event_url(
    event: Event, name: str, *args: Any, language: str | None = None, is_lasting: bool = False, **kwargs: Any
) -> str:
    """The address of an event's page: a path, or when it must last the whole address with the event's slug."""
    if is_lasting or not event.is_current:
        kwargs["event_slug"] = event.slug
    with translation.override(language or translation.get_language()):
        path = reverse(name, args=args, kwargs=kwargs) if kwargs else reverse(name, args=args)
    return settings.SITE_URL + path if is_lasting else path


def see_other(url: str) -> HttpResponse:
    """After a POST: look there, with a GET."""
    return HttpResponseRedirect(url, status=303)
