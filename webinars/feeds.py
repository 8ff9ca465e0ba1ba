"""Webinars for calendars: everything public, a series, one of them. Calendars that follow a feed hear of every move."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from events import ics
from events.addresses import for_event
from events.models import Event
from events.pagecache import public_page
from webinars import calendars
from webinars.models import Webinar, WebinarQuerySet


@require_safe
@public_page
@for_event
def calendar(request: HttpRequest, event: Event) -> HttpResponse:
    """All webinars of the event."""
    return _calendar(_rows(event), event.name, f"{event.slug}-webinars.ics")


@require_safe
@public_page
@for_event
def series_calendar(request: HttpRequest, event: Event, series_slug: str) -> HttpResponse:
    """The webinars of a series."""
    series = get_object_or_404(event.webinar_series, slug=series_slug)
    return _calendar(_rows(event).filter(series=series), series.title, f"{event.slug}-{series.slug}.ics")


@require_safe
@public_page
@for_event
def webinar_calendar(request: HttpRequest, event: Event, webinar_slug: str) -> HttpResponse:
    """One webinar."""
    found = get_object_or_404(_rows(event), slug=webinar_slug)
    return _calendar([found], found.title, f"{event.slug}-{found.slug}.ics")


def _rows(event: Event) -> WebinarQuerySet:
    return Webinar.objects.for_event(event).public().select_related("event").order_by("starts_at", "pk")


def _calendar(rows: Iterable[Webinar], name: str, filename: str) -> HttpResponse:
    content = ics.feed([calendars.entry(webinar) for webinar in rows], name=name)
    response = HttpResponse(content, content_type=ics.MEDIA_TYPE.format(method="PUBLISH"))
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
