"""The programme for other programmes: changes as Atom, calendars, JSON, and the schedule file that frab began with."""

import uuid
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from xml.etree import ElementTree as ET

from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events import ics
from events.addresses import event_of, event_url, for_event
from events.clock import HELSINKI
from events.feeds import AtomFeed
from events.models import Event
from events.pagecache import public_page
from programme import calendars, change_words, releases
from programme.change_words import ChangeList
from programme.models import Release, ReleasedSession, Session

UUID_SPACE = uuid.UUID("6f0a4bb3-54e0-4d0c-9a3b-6a1f6a0c2024")
NO_ROOM = "–"


# --- Atom -------------------------------------------------------------------------------------------------------------
class ChangesFeed(Feed):
    """An entry for each release: its note and what it changed."""

    feed_type = AtomFeed

    def get_object(self, request: HttpRequest, event_slug: str | None = None) -> Event:
        """The event of the address."""
        return event_of(event_slug)

    def title(self, event: Event) -> str:
        """The feed's name."""
        return f"{event.name}: {_('Changes in the programme')}"

    def link(self, event: Event) -> str:
        """The page with the same content."""
        return event_url(event, "programme-changes", is_lasting=True)

    def feed_url(self, event: Event) -> str:
        """The feed's own address."""
        return event_url(event, "programme-feed", is_lasting=True)

    def items(self, event: Event) -> list[tuple[Event, ChangeList]]:
        """The newest releases."""
        return [(event, one) for one in change_words.lists(event)]

    def item_title(self, item: tuple[Event, ChangeList]) -> str:
        """Which version."""
        return _("Programme, version %(number)s") % {"number": item[1].release.number}

    def item_description(self, item: tuple[Event, ChangeList]) -> str:
        """The note and the changes, as HTML that holds nobody's markup."""
        event, one = item
        url = event_url(event, "session", is_lasting=True, session_slug="x").removesuffix("x/")
        context = {"list": one, "event": event, "session_url": url, "here": get_language()}
        return render_to_string("programme/_feed_entry.html", context)

    def item_link(self, item: tuple[Event, ChangeList]) -> str:
        """Its place on the page of changes."""
        event, one = item
        return f"{event_url(event, 'programme-changes', is_lasting=True)}#release-{one.release.number}"

    def item_pubdate(self, item: tuple[Event, ChangeList]) -> datetime:
        """When it was published."""
        return item[1].release.released_at

    item_updateddate = item_pubdate


# --- iCalendar --------------------------------------------------------------------------------------------------------
@require_safe
@public_page
@for_event
def calendar(request: HttpRequest, event: Event) -> HttpResponse:
    """All sessions that have a time; calendars that follow this address hear of every release."""
    return _calendar(event, _rows(event).exclude(starts_at=None).filter(kind=Session.Kind.SESSION), f"{event.slug}.ics")


@require_safe
@public_page
@for_event
def session_calendar(request: HttpRequest, event: Event, session_slug: str) -> HttpResponse:
    """One session."""
    rows = _rows(event).exclude(starts_at=None)
    row = get_object_or_404(rows, slug=session_slug, kind=Session.Kind.SESSION)
    return _calendar(event, [row], f"{event.slug}-{row.slug}.ics")


def _rows(event: Event) -> Any:
    rows = ReleasedSession.objects.filter(release=releases.current(event)).select_related("room")
    return rows.defer("words_fi", "words_sv", "words_en")


def _calendar(event: Event, rows: Iterable[ReleasedSession], filename: str) -> HttpResponse:
    content = ics.feed([calendars.entry(event, row) for row in rows], name=event.name)
    response = HttpResponse(content, content_type=ics.MEDIA_TYPE.format(method="PUBLISH"))
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _language() -> str:
    return (get_language() or "fi")[:2]


# --- JSON -------------------------------------------------------------------------------------------------------------
@require_safe
@public_page
@for_event
def as_json(request: HttpRequest, event: Event) -> HttpResponse:
    """Everything that the pages show, in the language of the address."""
    release = releases.current(event)
    shown = [_as_dict(event, row) for row in _rows(event)] if release else []
    about = {"number": release.number, "released_at": _iso(release.released_at)} if release else None
    content = {"event": event.slug, "name": event.name, "language": _language(), "release": about, "sessions": shown}
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


def _as_dict(event: Event, row: ReleasedSession) -> dict[str, Any]:
    document = row.documents[_language()]
    is_break = row.kind == Session.Kind.BREAK
    speakers = [{name: value for name, value in one.items() if name != "picture"} for one in document["speakers"]]
    return {
        "id": row.session_id,
        "slug": row.slug,
        "kind": row.kind,
        "url": None if is_break else event_url(event, "session", is_lasting=True, session_slug=row.slug),
        "starts_at": _iso(row.starts_at),
        "ends_at": _iso(row.ends_at),
        "is_all_day": row.is_all_day,
        "is_cancelled": row.is_cancelled,
        "is_streamed": row.is_streamed,
        **document,
        "speakers": speakers,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.astimezone(HELSINKI).isoformat(timespec="seconds") if moment else None


# --- schedule.xml -----------------------------------------------------------------------------------------------------
@require_safe
@public_page
@for_event
def schedule_xml(request: HttpRequest, event: Event) -> HttpResponse:
    """The schedule as conference apps and recording systems read it; it knows no cancelled and no timeless items."""
    release = releases.current(event)
    if release is None:
        raise Http404("There is no programme yet.")
    rows = _rows(event).exclude(starts_at=None).filter(is_cancelled=False, kind=Session.Kind.SESSION)
    content = ET.tostring(_schedule(event, release, list(rows)), encoding="utf-8", xml_declaration=True)
    return HttpResponse(content, content_type="application/xml; charset=utf-8")


def _schedule(event: Event, release: Release, rows: list[ReleasedSession]) -> ET.Element:
    root = ET.Element("schedule")
    _put(root, "version", str(release.number))
    conference = ET.SubElement(root, "conference")
    days = (event.ends_on - event.starts_on).days + 1
    facts = {
        "acronym": acronym(event), "title": event.name, "start": event.starts_on.isoformat(),
        "end": event.ends_on.isoformat(), "days": str(days), "timeslot_duration": "00:05",
        "base_url": event_url(event, "programme", is_lasting=True), "time_zone_name": "Europe/Helsinki",
    }  # fmt: skip
    for name, value in facts.items():
        _put(conference, name, value)
    for index in range(days):
        _put_day(root, event, index, rows)
    return root


def acronym(event: Event) -> str:
    """Short, of small letters and digits."""
    return slugify(event.name).replace("-", "") or f"event{slugify(event.slug)}"


def _put_day(root: ET.Element, event: Event, index: int, rows: list[ReleasedSession]) -> None:
    date = event.starts_on + timedelta(days=index)
    begins, ends = (datetime.combine(date, edge, HELSINKI) for edge in (time.min, time(23, 59, 59)))
    facts = {"index": str(index + 1), "date": date.isoformat(), "start": _iso(begins), "end": _iso(ends)}
    day = ET.SubElement(root, "day", {name: str(value) for name, value in facts.items()})
    rooms: dict[str, list[ReleasedSession]] = {}
    for row in rows:
        if row.starts_at and begins <= row.starts_at <= ends:
            rooms.setdefault(row.documents[_language()]["room"] or NO_ROOM, []).append(row)
    for name, inside in rooms.items():
        room = ET.SubElement(day, "room", {"name": name})
        for row in inside:
            _put_event(room, event, row, name)


def _put_event(room: ET.Element, event: Event, row: ReleasedSession, room_name: str) -> None:
    document = row.documents[_language()]
    assert row.starts_at
    assert row.ends_at
    starts = row.starts_at.astimezone(HELSINKI)
    guid = uuid.uuid5(UUID_SPACE, f"{event.slug}/{row.session_id}")
    element = ET.SubElement(room, "event", {"id": str(row.session_id), "guid": str(guid)})
    url = event_url(event, "session", is_lasting=True, session_slug=row.slug)
    facts = {
        "date": _iso(starts), "start": f"{starts:%H:%M}", "duration": _duration(row.ends_at - row.starts_at),
        "room": room_name, "slug": f"{acronym(event)}-{row.session_id}-{row.slug}", "url": url,
        "title": document["title"], "subtitle": "", "track": (document["themes"] or [""])[0],
        "type": document["format"], "language": (row.languages or [""])[0], "abstract": document["abstract"],
        "description": "",
    }  # fmt: skip
    for name, value in facts.items():
        _put(element, name, value or "")
    persons = ET.SubElement(element, "persons")
    for one in document["speakers"]:
        _put(persons, "person", one["name"], id=str(one["id"]))
    ET.SubElement(element, "links")


def _put(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = text


def _duration(length: timedelta) -> str:
    minutes = int(length.total_seconds() // 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"
