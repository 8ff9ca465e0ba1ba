"""Calendar files: entries that calendars update and remove, because UID stays and SEQUENCE grows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from events import clock

MEDIA_TYPE = "text/calendar; charset=utf-8; method={method}"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry."""

    key: str  # with the installation's host it becomes the UID
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    location: str = ""
    description: str = ""
    url: str = ""
    is_cancelled: bool = False  # of a feed, where every entry speaks for itself


@cache
def _icalendar() -> Any:
    """The package, when the first calendar is made."""
    import icalendar  # noqa: PLC0415 - 3 MB in every web process, for the few that ever make a calendar

    return icalendar


def calendar(
    entries: Iterable[Entry], *, organiser: tuple[str, str], attendee: tuple[str, str], is_cancelled: bool
) -> bytes:
    """A calendar file that adds or updates the entries (METHOD:REQUEST) or removes them (METHOD:CANCEL).

    `organiser` and `attendee` are (name, address).
    """
    file = _icalendar().Calendar()
    file.add("prodid", "-//Integration 2024//events//")
    file.add("version", "2.0")
    file.add("method", "CANCEL" if is_cancelled else "REQUEST")
    for entry in entries:
        file.add_component(_component(entry, organiser, attendee, is_cancelled=is_cancelled))
    return file.to_ical()


def feed(entries: Iterable[Entry], *, name: str) -> bytes:
    """A calendar that is nobody's own (METHOD:PUBLISH): what calendars fetch again and again, or once."""
    file = _icalendar().Calendar()
    file.add("prodid", "-//Integration 2024//events//")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", name)
    for entry in entries:
        file.add_component(_facts(entry, is_cancelled=entry.is_cancelled))
    return file.to_ical()


def _component(entry: Entry, organiser: tuple[str, str], attendee: tuple[str, str], *, is_cancelled: bool) -> Any:
    """An entry of one person's own."""
    component = _facts(entry, is_cancelled=is_cancelled)
    component.add("organizer", _person(*organiser))
    guest = _person(*attendee)
    guest.params["PARTSTAT"] = _icalendar().vText("ACCEPTED")
    guest.params["RSVP"] = _icalendar().vText("FALSE")
    component.add("attendee", guest)
    return component


def _facts(entry: Entry, *, is_cancelled: bool) -> Any:
    component = _icalendar().Event()
    component.add("uid", f"{entry.key}@{urlsplit(settings.SITE_URL).hostname}")
    component.add("sequence", entry.sequence)
    component.add("dtstamp", clock.now().astimezone(UTC))
    component.add("dtstart", _utc(entry.starts))
    component.add("dtend", _utc(entry.ends))
    component.add("summary", entry.summary)
    component.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    for name, value in (("location", entry.location), ("description", entry.description), ("url", entry.url)):
        if value:
            component.add(name, value)
    return component


def _utc(moment: datetime) -> datetime:
    """Moments are written in UTC, so that no file needs a description of time zones."""
    return moment.astimezone(UTC)


def _person(name: str, email: str) -> Any:
    person = _icalendar().vCalAddress(f"mailto:{email}")
    person.params["CN"] = _icalendar().vText(name)
    return person
