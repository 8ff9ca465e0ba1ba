"""Test badges for the rehearsal: six for each event, one for every answer that door staff must have seen once.

No row stands behind them. Their codes follow from the secret key, so that every server and every sheet knows the same.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.crypto import salted_hmac

from events import qr
from events.models import Event
from registration.verdict import Ticket

SALT = "registration.rehearsal"
# What a device may answer: tone/reason. Where two stand, the first is of a device alone, or of a list on which coming
# back is not normal.
EXPECTED = {
    "valid": ("go/admit",),
    "cancelled": ("stop/cancelled",),
    "other_day": ("look/other_list",),
    "double": ("in/already", "go/back"),
    "forged": ("look/unknown", "stop/unknown"),
    "other_event": ("look/unknown", "stop/other_event"),
}
NAMES = {
    "valid": {"fi": "Testi Tervetullut", "sv": "Test Välkommen", "en": "Test Welcome"},
    "cancelled": {"fi": "Testi Peruttu", "sv": "Test Avbokad", "en": "Test Cancelled"},
    "other_day": {"fi": "Testi Toinen päivä", "sv": "Test Annan dag", "en": "Test Other Day"},
    "double": {"fi": "Testi Saapunut jo", "sv": "Test Redan inne", "en": "Test Already In"},
    "forged": {"fi": "Testi Väärennetty", "sv": "Test Förfalskad", "en": "Test Forged"},
    "other_event": {"fi": "Testi Muu tapahtuma", "sv": "Test Annat evenemang", "en": "Test Other Event"},
}
ORGANISATION = {"fi": "Harjoitus", "sv": "Övning", "en": "Rehearsal"}


@dataclass(frozen=True, kw_only=True)
class TestBadge:
    """A badge of the sheet. `ticket` is what a roster knows of it; None for codes that no roster holds."""

    __test__: ClassVar[bool] = False  # the tests' runner takes every class of this name for a test

    kind: str
    code: str
    expected: Sequence[str]
    ticket: Ticket | None
    name: dict[str, str]
    organisation: dict[str, str]

    @property
    def is_inside(self) -> bool:
        """Has arrived on every list already, as far as anybody who rehearses is told."""
        return self.kind == "double"


def badges(event: Event) -> list[TestBadge]:
    """All six, in the order of the sheet."""
    lists = tuple(event.check_in_lists.order_by("number").values_list("number", flat=True))
    return [_badge(event, kind, lists) for kind in EXPECTED]


def by_code(event: Event, code: str) -> TestBadge | None:
    """The test badge with this code, if it is one of this event's; asks the database only then."""
    kind = next((kind for kind in EXPECTED if code_of(event, kind) == code), None)
    if kind is None:
        return None
    return _badge(event, kind, tuple(event.check_in_lists.order_by("number").values_list("number", flat=True)))


def code_of(event: Event, kind: str) -> str:
    """I24- and 26 letters, the same on every sheet of this event."""
    digest = salted_hmac(SALT, f"{event.pk}:{kind}", algorithm="sha256").digest()
    return qr.PREFIX + base64.b32encode(digest).decode()[: qr.RANDOM_LETTERS]


def _badge(event: Event, kind: str, lists: tuple[int, ...]) -> TestBadge:
    tickets = {
        "valid": Ticket("confirmed", False, lists),
        "cancelled": Ticket("ended", False, ()),
        "other_day": Ticket("confirmed", False, ()),
        "double": Ticket("confirmed", False, lists),
    }
    return TestBadge(
        kind=kind,
        code=code_of(event, kind),
        expected=EXPECTED[kind],
        ticket=tickets.get(kind),
        name=NAMES[kind],
        organisation=ORGANISATION,
    )
