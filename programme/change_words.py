"""What a release changed, in words: for the page, the feed and whoever else tells it."""

from itertools import zip_longest
from typing import Any, NamedTuple

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from events.dates import short_day, time_range
from events.models import Event
from programme import releases
from programme.models import Release, ReleasedSession, Session
from programme.releases import Change

MOST_LISTS = 20


class Line(NamedTuple):
    """One change."""

    word: str
    title: str
    title_language: str
    slug: str
    detail: str
    is_linked: bool  # it still has a page


class ChangeList(NamedTuple):
    """What one release changed. The first release of all is the beginning, and changes nothing."""

    release: Release
    changes: list[Line]
    is_first: bool


def lists(event: Event) -> list[ChangeList]:
    """Of the newest releases, the newest first."""
    newest = list(Release.objects.filter(event=event).visible().order_by("-number")[: MOST_LISTS + 1])
    pairs = list(zip_longest(newest, newest[1:]))[:MOST_LISTS]
    current = releases.current(event)
    known = set(current.sessions.values_list("session", flat=True)) if current else set()
    return [
        ChangeList(new, [line(change, known) for change in _changes(old, new)], is_first=new.number == 1)
        for new, old in pairs
    ]


def _changes(old: Release | None, new: Release) -> list[Change]:
    """Breaks are nobody's news."""
    found = releases.differences(old, new) if old else []
    return [change for change in found if change.shown.kind == Session.Kind.SESSION]


def line(change: Change, known: set[int]) -> Line:
    """In the active language; `known` are the sessions that have a page."""
    row = change.shown
    document: dict[str, Any] = row.documents[(get_language() or "fi")[:2]]
    word = {
        "new": _("New"),
        "cancelled": pgettext("session", "Cancelled"),
        "removed": _("Removed"),
        "moved": _("Moved"),
        "speaker": _("Speakers"),
        "text": _("Text"),
    }[change.kind]
    return Line(word, document["title"], document["title_language"], row.slug, _detail(change), change.session in known)


def _detail(change: Change) -> str:
    earlier, later = change.before, change.after
    if change.kind == "moved" and earlier and later:
        return f"{slot(earlier)} → {slot(later)}"
    if change.kind == "speaker" and later:
        names = [one["name"] for one in later.documents["fi"]["speakers"]]
        return ", ".join(names) or _("No speaker is named at the moment.")
    return slot(change.shown) if change.kind in {"new", "cancelled"} else ""


def slot(row: ReleasedSession) -> str:
    """to 14.11.2024 klo 9.00–9.45, Auditorio"""
    room = row.documents[(get_language() or "fi")[:2]]["room"]
    when = f"{short_day(row.starts_at)} {time_range(row.starts_at, row.ends_at)}" if row.starts_at else ""
    when = when or (_("All day") if row.is_all_day else _("time not fixed yet"))
    return f"{when}, {room}" if room else when
