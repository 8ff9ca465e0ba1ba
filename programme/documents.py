"""The programme on paper: a page a day in one language, what hangs at the rooms' doors, and the codes for feedback.

Each is a document of a release (events.documents): made by the worker, once, and never again for that release.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from events import documents, fonts, pdf, qr
from events.addresses import event_url
from events.dates import day_range, long_day
from events.models import Document, Event, User
from programme import schedule
from programme.models import Release, Room
from programme.schedule import Item

LANGUAGES = ("fi", "sv", "en")
STYLESHEETS = ("css/programme-print.css",)
PROGRAMME, DOOR_SIGNS, FEEDBACK_SIGNS = "programme", "door_signs", "feedback_signs"
BY_ROOM = (DOOR_SIGNS, FEEDBACK_SIGNS)  # in three languages at once


def ask_all(release: Release, *, by: User | None = None) -> None:
    """Have everything printable of a release made; for the service that publishes."""
    for language in LANGUAGES:
        documents.ask(PROGRAMME, release, language=language, version=1, by=by)
    for kind in BY_ROOM:
        documents.ask(kind, release, language=LANGUAGES[0], version=1, by=by)


def filename(document: Document) -> str:
    """ohjelma-2024-3.pdf, program-2024-3.pdf, programme-2024-3.pdf; the last number is the release's."""
    with translation.override(document.language):
        name = {PROGRAMME: _("programme"), DOOR_SIGNS: _("door-signs"), FEEDBACK_SIGNS: _("feedback-codes")}
        return f"{name[document.kind]}-{document.event.slug}-{_release(document).number}.pdf"


def _release(document: Document) -> Release:
    release = Release.objects.select_related("event").filter(pk=document.about_id).first()
    if release is None:
        raise documents.NotNeeded
    return release


def _draw(template: str, context: dict[str, Any], *, title: str, lang: str) -> bytes:
    html = render_to_string(f"programme/documents/{template}.html", {**context, "here": lang})
    return pdf.render(html, title=title, lang=lang, stylesheets=STYLESHEETS)


def _funding(event: Event, *languages: str) -> dict[str, Any]:
    """What has to stand on every paper: the sentence of the funder in its languages, else in another; the emblem."""
    written = [(code, text) for code in LANGUAGES if (text := getattr(event, f"funding_statement_{code}"))]
    statements = [pair for pair in written if pair[0] in languages] or written[:1]
    return {"has_emblem": event.has_eu_emblem, "statements": statements}


def _printable(found: Iterable[Item]) -> list[Item]:
    """Without letters that no font of ours has."""
    shown = list(found)
    for item in shown:
        item.title, item.room = fonts.printable(item.title), fonts.printable(item.room)
        item.speakers = [fonts.printable(name) for name in item.speakers]
    return shown


# --- The programme ----------------------------------------------------------------------------------------------------
def make_programme(document: Document) -> bytes:
    """All sessions in one language; every day begins on a page."""
    release = _release(document)
    with translation.override(document.language):
        shown = schedule.arranged(_printable(schedule.items(release, document.language)))
        event = release.event
        title = _("Programme: %(event)s") % {"event": event.name}
        context = {
            "event": event, "release": release, "programme": shown, "funding": _funding(event, document.language),
            "dates": day_range(event.starts_on, event.ends_on),
        }  # fmt: skip
        return _draw("programme", context, title=title, lang=document.language)


# --- At the doors -----------------------------------------------------------------------------------------------------
def make_door_signs(document: Document) -> bytes:
    """A page for each room and day: its sessions in large letters and three languages."""
    release = _release(document)
    spoken = {code: _in(release, code) for code in LANGUAGES}
    signs = [
        {"rooms": _names(spoken, room_id), "days": _words_of_day(on), "lines": _lines(spoken, room_id, on)}
        for room_id, on in _rooms_and_days(spoken[LANGUAGES[0]].values())
    ]
    if not signs:
        raise documents.NotNeeded
    with translation.override(LANGUAGES[0]):
        title = _("Door signs: %(event)s") % {"event": release.event.name}
    context = {"signs": signs, "funding": _funding(release.event, *LANGUAGES)}
    return _draw("door_signs", context, title=title, lang=LANGUAGES[0])


def _in(release: Release, code: str) -> dict[int, Item]:
    with translation.override(code):
        return {item.session: item for item in _printable(schedule.items(release, code))}


def _rooms_and_days(found: Iterable[Item]) -> list[tuple[int, date]]:
    placed = [item for item in found if item.room_id and item.day]
    keys = {(item.room_order or 0, item.room_id or 0, item.day) for item in placed if item.day}
    return [(room_id, on) for _order, room_id, on in sorted(keys)]


def _names(spoken: dict[str, dict[int, Item]], room_id: int) -> list[tuple[str, str]]:
    """(language, name) of a room; a name that is the same in all of them once."""
    names: dict[str, str] = {}
    for code, found in spoken.items():
        name = next(item.room for item in found.values() if item.room_id == room_id)
        names.setdefault(name, code)
    return [(code, name) for name, code in names.items()]


def _words_of_day(on: date) -> list[tuple[str, str]]:
    return [(code, long_day(on, code)) for code in LANGUAGES]


def _lines(spoken: dict[str, dict[int, Item]], room_id: int, on: date) -> list[dict[str, Any]]:
    """What happens in the room that day; each title once, in the language it is really in."""
    lines = []
    first = spoken[LANGUAGES[0]]
    for item in sorted((one for one in first.values() if one.room_id == room_id and one.day == on), key=_beginning):
        titles: dict[str, str] = {}
        for found in spoken.values():
            same = found[item.session]
            titles.setdefault(same.title, same.title_language)
        lines.append({"item": item, "titles": [(code, title) for title, code in titles.items()]})
    return lines


def _beginning(item: Item) -> Any:
    return item.starts_at


# --- Feedback ---------------------------------------------------------------------------------------------------------
def make_feedback_signs(document: Document) -> bytes:
    """A page for each room: a code in each language that leads to the sessions of that room."""
    release = _release(document)
    rooms = list(release.event.rooms.filter(pk__in=release.sessions.exclude(room=None).values("room")))
    if not rooms:
        raise documents.NotNeeded
    signs = [
        {"names": _room_names(room), "codes": [_code(release.event, room.slug, code) for code in LANGUAGES]}
        for room in rooms
    ]
    with translation.override(LANGUAGES[0]):
        title = _("Feedback codes: %(event)s") % {"event": release.event.name}
        context = {"signs": signs, "funding": _funding(release.event, *LANGUAGES)}
        return _draw("feedback_signs", context, title=title, lang=LANGUAGES[0])


def _room_names(room: Room) -> list[tuple[str, str]]:
    """(language, name), a name that is the same in several languages once."""
    names: dict[str, str] = {}
    for code in LANGUAGES:
        names.setdefault(fonts.printable(getattr(room, f"name_{code}") or ""), code)
    return [(code, name) for name, code in names.items() if name]


def _code(event: Event, room_slug: str, language: str) -> dict[str, str]:
    url = event_url(event, "room-feedback", language=language, is_lasting=True, room_slug=room_slug)
    with translation.override(language):
        return {
            "language": language,
            "image": qr.data_uri(qr.png(qr.text_matrix(url), scale=8)),
            "alt": _("QR code for feedback"),
            "heading": _("What did you think of the session?"),
            "text": _("Read the code and tell us. You give your feedback without your name."),
        }


KINDS = {
    PROGRAMME: documents.Kind(make_programme, filename, "application/pdf"),
    DOOR_SIGNS: documents.Kind(make_door_signs, filename, "application/pdf"),
    FEEDBACK_SIGNS: documents.Kind(make_feedback_signs, filename, "application/pdf"),
}
