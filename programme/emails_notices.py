"""What is told of changes in the programme and of places in sessions: to whom, with what.

A digest is drawn once for each language and kind of reader, and filled in for each person: a thousand people are told
within one request. The words are the templates' in programme/emails/.
"""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from events import outbox
from events.clock import HELSINKI
from events.models import Mail
from programme import change_words
from programme.models import Booking, Release, ReleasedSession, Speaker
from programme.releases import Change
from registration.models import Registration

QUIET_FROM, QUIET_UNTIL = time(20), time(8)
NAME, LINES = "\ue010", "\ue011"  # filled in for each person; nobody can type them, because they belong to no script


class Person(NamedTuple):
    """Somebody who is to hear of changes, and of which."""

    row: Registration | Speaker
    email: str
    name: str
    language: str
    changes: tuple[Change, ...]
    is_booked: bool  # has a place in one of the sessions, so that a calendar has to hear of it too

    @property
    def is_registered(self) -> bool:
        """Has a page of their own."""
        return isinstance(self.row, Registration)

    @property
    def called(self) -> str:
        """As all mails to participants greet; of a speaker only the whole name is known."""
        return self.row.first_name if isinstance(self.row, Registration) else self.name


class Letter(NamedTuple):
    """A digest as one person gets it."""

    subject: str
    text: str
    html: str


class Digests:
    """The digests of one release; what many share is drawn once."""

    def __init__(self, release: Release, known: set[int]) -> None:
        self.release, self.known = release, known
        self._frames: dict[tuple[str, bool, bool], Letter] = {}
        self._lines: dict[tuple[str, int], tuple[str, str]] = {}

    def letter(self, person: Person) -> Letter:
        """In the person's language."""
        frame = self._frame(person)
        lines = [self._line(person.language, change) for change in person.changes]
        text = frame.text.replace(LINES, "\n\n".join(text for text, _html in lines)).replace(NAME, person.called)
        html = frame.html.replace(LINES, "".join(html for _text, html in lines)).replace(NAME, escape(person.called))
        return Letter(frame.subject, text, html)

    def _frame(self, person: Person) -> Letter:
        key = (person.language, person.is_registered, person.is_booked)
        if key not in self._frames:
            context = {"release": self.release, "name": NAME, "lines": LINES, "is_registered": person.is_registered,
                       "is_booked": person.is_booked}  # fmt: skip
            self._frames[key] = Letter(
                *outbox.render("programme/emails/changes", self.release.event, person.language, context)
            )
        return self._frames[key]

    def _line(self, language: str, change: Change) -> tuple[str, str]:
        key = (language, id(change))
        if key not in self._lines:
            with translation.override(language):
                context = {"line": change_words.line(change, self.known), "event": self.release.event}
                names = ("programme/emails/_change.txt", "programme/emails/_change.html")
                text, html = (render_to_string(name, context).strip() for name in names)
            self._lines[key] = (text, html)
        return self._lines[key]

    def mail(self, person: Person, *, leaves_at: datetime | None) -> Mail:
        """The digest as a mail, with the person's calendar where a place is concerned."""
        letter = self.letter(person)
        return outbox.write(
            self.release.event, person.row, key=f"changes:{self.release.pk}:{person.email.lower()}",
            message="programme/changes", to=person.email, language=person.language, subject=letter.subject,
            text=letter.text, html=letter.html, leaves_at=leaves_at,
            attachments=["sessions", "sessions_removed"] if person.is_booked else [],
        )  # fmt: skip


def quiet_until(at: datetime) -> datetime | None:
    """Nobody's phone rings between eight in the evening and eight in the morning; None in the daytime."""
    local = at.astimezone(HELSINKI)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return None
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return datetime.combine(day, QUIET_UNTIL, HELSINKI)


def count_languages(people: Iterable[Person]) -> dict[str, int]:
    """How many read each language: {"fi": 412, "sv": 31, "en": 12}."""
    counts = dict.fromkeys(("fi", "sv", "en"), 0)
    for person in people:
        counts[person.language] += 1
    return counts


# --- Places in sessions -----------------------------------------------------------------------------------------------
def booked(booking: Booking, row: ReleasedSession) -> None:
    """The place is theirs, or they wait for one."""
    if booking.is_waiting:
        _tell(booking, row, "booking_waiting")
    else:
        _tell(booking, row, "booking_confirmed", attachments=["session"])


def place_offered(booking: Booking, row: ReleasedSession) -> None:
    """A place in the session is free: until when."""
    _tell(booking, row, "booking_offered")


def offer_ended(booking: Booking, row: ReleasedSession) -> None:
    """The offer was declined or not answered in time."""
    _tell(booking, row, "booking_offer_ended")


def cancelled(booking: Booking, row: ReleasedSession) -> None:
    """It has ended; the calendar entry goes too, if there was one."""
    _tell(booking, row, "booking_cancelled", attachments=["session_removed"])


def _tell(booking: Booking, row: ReleasedSession, message: str, *, attachments: Iterable[str] = ()) -> None:
    registration = booking.registration
    document = row.documents[registration.language]
    with translation.override(registration.language):
        slot = change_words.slot(row)
    outbox.queue(
        f"programme/{message}",
        booking,
        to=registration.email,
        language=registration.language,
        version=booking.version,
        context={"booking": booking, "registration": registration, "title": document["title"], "slot": slot},
        attachments=attachments,
    )
