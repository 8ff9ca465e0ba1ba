"""The papers of the door: the list for when no device works, the sheet of test badges, the guide for door staff."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.db.models.expressions import RawSQL
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from events import clock, documents, fonts, pdf, qr, richtext
from events.models import Day, Document, Event, Place
from registration import letters, rehearsal, roster
from registration.models import Admission, CheckInList, LetterRange, Registration

LIST, NIGHTLY_LIST, SHEET, GUIDE = "door_list", "door_list_nightly", "door_rehearsal", "door_guide"
STYLESHEETS = ("css/door_paper.css",)
LANGUAGES = ("fi", "sv", "en")
MADE_FROM = timedelta(days=7)  # how long before the event the nightly lists begin
MADE_AT = time(3)
GUIDES = settings.BASE_DIR / "docs"
ADMITTED = f"""SELECT r.id FROM registration_checkinlist l JOIN registration_registration r ON r.event_id = l.event_id
WHERE l.id = %s AND {roster.ADMITS}"""


# --- The list ---------------------------------------------------------------------------------------------------------
class Tick(NamedTuple):
    """What stands where one ticks: an empty box, when one arrived, or nothing on a day on which one does not come."""

    is_open: bool
    text: str = ""


class Line(NamedTuple):
    """A badge of the list, or somebody who waits for one."""

    letter: str
    box: str
    ticks: Sequence[Tick]
    family_name: str
    first_name: str
    badge_name: str
    organisation: str
    role: str
    days: str
    marks: Sequence[str]
    is_assistant: bool = False


def make_list(document: Document) -> bytes:
    """Everybody on site, or on the check-in list that was chosen, in the Finnish and Swedish alphabet.

    The one before, about the same list, is thrown away: nobody shall tick names on an old paper.
    """
    event = Event.objects.get(pk=document.event_id)
    chosen = event.check_in_lists.filter(pk=document.options.get("list")).first()
    if document.options.get("list") and chosen is None:  # deleted since it was asked for
        raise documents.NotNeeded
    _forget_earlier(document)
    with translation.override(document.language):
        return list_pdf(event, chosen, at=clock.now(), lang=document.language)


def _forget_earlier(document: Document) -> None:
    """The newest paper of a kind is kept: of a list, that about the same list; of the guide, that in its language."""
    rows = Document.objects.filter(kind=document.kind, event=document.event_id, made_at__isnull=False)
    rows = rows.filter(language=document.language) if document.kind == GUIDE else rows
    chosen = document.options.get("list")
    rows = rows.filter(options__list=chosen) if chosen else rows.filter(options__list__isnull=True)
    rows.exclude(pk=document.pk).delete()


def list_pdf(event: Event, chosen: CheckInList | None, *, at: datetime, lang: str) -> bytes:
    """The list as tagged PDF/UA-1, in the active language; with fixed letters each queue begins a page."""
    days = list(event.days.all())
    found = lines(event, chosen, days)
    title = _("Paper list of the door: %(list)s") % {"list": chosen.name if chosen else _("everybody on site")}
    context = {
        "event": event,
        "title": title,
        "at": at,
        "people": sum(not line.is_assistant for line in found),
        "columns": [""] if chosen else [f"{day.date:%-d.%-m.}" for day in days],
        "has_days": bool(chosen),
        "width": (1 if chosen else len(days)) + (4 if chosen else 3),
        "queues": [(box, _by_letter(inside)) for box, inside in groupby(found, key=lambda line: line.box)],
    }
    html = render_to_string("registration/documents/door_list.html", context)
    return pdf.render(html, title=f"{title}, {event.name}", lang=lang, stylesheets=STYLESHEETS)


def lines(event: Event, chosen: CheckInList | None, days: Sequence[Day]) -> list[Line]:
    """In the order in which they are printed, assistants right after their people."""
    ranges = letters.fixed(event)
    arrivals = {
        (row.registration_id, row.is_assistant): row.admitted_at
        for row in Admission.objects.filter(check_in_list=chosen, admitted_at__isnull=False)
    }
    rows = entitled(chosen) if chosen else Registration.objects.for_event(event).on_site().live()
    rows = rows.select_related("role").prefetch_related(Prefetch("days", Day.objects.order_by("date")))
    in_order = sorted(rows, key=lambda row: (letters.place(row.sort_key), row.sort_key, row.pk))
    return [line for row in in_order for line in _lines(row, chosen, days, ranges, arrivals)]


def entitled(check_in_list: CheckInList) -> QuerySet[Registration]:
    """Whom a list admits, by the roster's own rule: paper and devices never differ."""
    return Registration.objects.filter(pk__in=RawSQL(ADMITTED, [check_in_list.pk]))


def _lines(
    row: Registration,
    chosen: CheckInList | None,
    days: Sequence[Day],
    ranges: list[LetterRange],
    arrivals: dict[tuple[int, bool], datetime | None],
) -> Iterable[Line]:
    own_days = {day.pk for day in row.days.all()}
    is_coming = row.is_confirmed

    def ticks(is_assistant: bool) -> list[Tick]:
        if chosen:
            arrived_at = arrivals.get((row.pk, is_assistant))
            return [Tick(False, _time(arrived_at)) if arrived_at else Tick(True)]
        return [Tick(True) if is_coming and day.pk in own_days else Tick(False) for day in days]

    line = Line(
        letter=letters.letter(row.sort_key),
        box=letters.box_of(row.sort_key, ranges),
        ticks=ticks(False),
        family_name=fonts.printable(row.last_name),
        first_name=fonts.printable(row.first_name),
        badge_name=fonts.printable(row.badge_name) if row.badge_name not in {"", row.full_name} else "",
        organisation=fonts.printable(row.organisation),
        role=row.role.name,
        days=", ".join(f"{day.date:%-d.%-m.}" for day in row.days.all()),
        marks=_marks(row),
    )
    yield line
    if row.has_assistant and is_coming:
        yield line._replace(ticks=ticks(True), marks=[], is_assistant=True)


def _marks(row: Registration) -> list[str]:
    """What door staff must see of somebody."""
    waiting = {Place.Status.WAITING: _("waiting list"), Place.Status.OFFERED: _("place offered, not accepted")}
    marks = {
        waiting.get(Place.Status(row.status), ""): not row.is_confirmed,
        _("remote"): not row.is_on_site,
        _("no photographs"): row.photo == Registration.Photo.NO_PHOTO,
    }
    return [mark for mark, holds in marks.items() if holds]


def _time(moment: datetime) -> str:
    local = moment.astimezone(clock.HELSINKI)
    return f"{local.hour}.{local.minute:02}"


def _by_letter(found: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    return [(letter, list(group)) for letter, group in groupby(found, key=lambda line: line.letter)]


# --- Every night ------------------------------------------------------------------------------------------------------
def ask_for_nightly_lists() -> None:
    """Ask for tonight's list of every event that is at most a week away or under way; asked twice, it is made once.

    Papers of events that are over hold names that nobody needs any more: they are deleted.
    """
    local = clock.now().astimezone(clock.HELSINKI)
    today = local.date()
    Document.objects.filter(kind__in=[LIST, NIGHTLY_LIST], event__ends_on__lt=today).delete()
    if local.time() < MADE_AT:
        return
    for event in Event.objects.filter(starts_on__lte=today + MADE_FROM, ends_on__gte=today, is_virtual=False):
        documents.ask(NIGHTLY_LIST, event, language=settings.LANGUAGE_CODE, version=version_of(today))


def version_of(day: date) -> int:
    """A night's list is numbered by its date: 20241114."""
    return int(f"{day:%Y%m%d}")


# --- The sheet of test badges -----------------------------------------------------------------------------------------
def make_sheet(document: Document) -> bytes:
    """Six cards on one A4, each with what to expect in three languages."""
    event = document.event
    _forget_earlier(document)
    with translation.override(document.language):
        cards = [_test_card(number, badge) for number, badge in enumerate(rehearsal.badges(event), start=1)]
        words = [(lang, *_in(lang, _rehearsal_words)) for lang in LANGUAGES]
        context = {"event": event, "cards": cards, "words": words}
        html = render_to_string("registration/documents/door_rehearsal.html", context)
        title = _("Rehearsal sheet, %(event)s") % {"event": event.name}
        return pdf.render(html, title=title, lang=document.language, stylesheets=STYLESHEETS)


def _test_card(number: int, badge: rehearsal.TestBadge) -> dict[str, Any]:
    texts = [(lang, *_in(lang, _expectations)[badge.kind]) for lang in LANGUAGES]
    return {"number": number, "code": badge.code, "qr": qr.data_uri(qr.png(qr.matrix(badge.code))), "texts": texts}


def _in(lang: str, words: Any) -> Any:
    with translation.override(lang):
        return words()


def _rehearsal_words() -> tuple[str, str]:
    return _("Rehearsal"), _("Read all six with every device before the doors open. Nobody is let in by them.")


def _expectations() -> dict[str, tuple[str, str]]:
    """What kind of badge it is, and what the screen must say."""
    return {
        "valid": (_("Valid badge"), _("Green: let in.")),
        "cancelled": (_("Cancelled registration"), _("Red: stop, cancelled.")),
        "other_day": (_("Another day or session"), _("Amber: not on this list.")),
        "double": (
            _("Arrived before"),
            _("Violet: already in. Green “welcome back” on lists where coming back is normal."),
        ),
        "forged": (_("Forged badge"), _("With network red: stop. Without network amber: unknown badge.")),
        "other_event": (
            _("Badge of another event"),
            _("With network red: another event. Without network amber: unknown badge."),
        ),
    }


# --- The guide for door staff -----------------------------------------------------------------------------------------
def make_guide(document: Document) -> bytes:
    """One A4, from the same file as the documentation, with the event's own contact below."""
    lang = document.language if document.language in LANGUAGES else "en"
    _forget_earlier(document)
    with translation.override(lang):
        title, body = guide(lang)
        context = {"title": title, "body": richtext.render(body), "event": document.event}
        html = render_to_string("registration/documents/door_guide.html", context)
        return pdf.render(html, title=f"{title}, {document.event.name}", lang=lang, stylesheets=STYLESHEETS)


def guide(lang: str) -> tuple[str, str]:
    """Title and Markdown of the guide; the title is taken out, and every other heading rises a level."""
    heading, body = (GUIDES / f"door-staff.{lang}.md").read_text(encoding="utf-8").split("\n", 1)
    return heading.removeprefix("# ").strip(), re.sub(r"^#(#+ )", r"\1", body, flags=re.MULTILINE)


def filename(document: Document) -> str:
    """paper-list-2024-14.pdf, rehearsal-2024.pdf, door-staff-fi.pdf"""
    if document.kind == GUIDE:
        return f"door-staff-{document.language}.pdf"
    if document.kind == SHEET:
        return f"rehearsal-{document.event.slug}.pdf"
    return f"paper-list-{document.event.slug}-{document.version}.pdf"


MAKERS = {LIST: make_list, NIGHTLY_LIST: make_list, SHEET: make_sheet, GUIDE: make_guide}
