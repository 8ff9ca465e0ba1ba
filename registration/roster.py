"""The roster: what a device at the door knows of everybody, in as few bytes as it takes. The format is in docs/door.md.

What is told of a person is sealed with a key that only the badge gives: a lost phone gives away no names.
"""

import hashlib
import json
import os
import struct
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from events import clock
from events.models import Event, Place
from registration import letters, rehearsal
from registration.models import Device, LetterRange, Registration, RosterOutline
from registration.verdict import State, Ticket

FORMAT = 2
SALT = b"i24-door-1:"
ID_BYTES, NONCE_BYTES = 8, 12
STATES: list[State] = ["revoked", "ended", "waiting", "offered", "confirmed"]  # by their number; endings come first
REMOTE_FLAG, ASSISTANT_FLAG = 8, 16

# Whether the list l admits the registration r: the one rule, asked here for everybody and by the gates for one person.
ADMITS = """(r.status = 'confirmed' AND (
    EXISTS (SELECT 1 FROM registration_listentry le WHERE le.check_in_list_id = l.id AND le.registration_id = r.id)
    OR (NOT l.has_names_only AND l.attendance IN ('', r.attendance)
        AND (NOT EXISTS (SELECT 1 FROM registration_checkinlist_roles lr WHERE lr.checkinlist_id = l.id)
             OR EXISTS (SELECT 1 FROM registration_checkinlist_roles lr
                        WHERE lr.checkinlist_id = l.id AND lr.role_id = r.role_id))
        AND (NOT EXISTS (SELECT 1 FROM registration_checkinlist_days ld WHERE ld.checkinlist_id = l.id)
             OR EXISTS (SELECT 1 FROM registration_checkinlist_days ld
                        JOIN registration_registration_days rd ON rd.day_id = ld.day_id
                        WHERE ld.checkinlist_id = l.id AND rd.registration_id = r.id)))))"""

PEOPLE = f"""
SELECT r.id, r.status, r.attendance, COALESCE(NULLIF(r.badge_name, ''), trim(r.first_name || ' ' || r.last_name)),
       r.organisation, r.role_id, r.language, r.photo, r.sort_key, b.code, COALESCE(b.is_assistant, false),
       b.revoked_at IS NOT NULL,
       ARRAY(SELECT l.number FROM registration_checkinlist l WHERE l.event_id = r.event_id AND {ADMITS} ORDER BY 1)
FROM registration_registration r JOIN registration_rosterchange c ON c.registration_id = r.id
LEFT JOIN registration_badge b ON b.registration_id = r.id
WHERE c.event_id = %s AND c.changed_in >= %s"""

ARRIVALS = """
SELECT b.code, a.registration_id, l.number, a.gate_id, a.admitted_at
FROM registration_admission a JOIN registration_checkinlist l ON l.id = a.check_in_list_id
JOIN registration_rosterchange c ON c.registration_id = a.registration_id
LEFT JOIN registration_badge b ON b.registration_id = a.registration_id AND b.is_assistant = a.is_assistant
     AND b.revoked_at IS NULL
WHERE a.event_id = %s AND GREATEST(a.changed_in, c.changed_in) >= %s"""  # a badge given anew: its arrivals too

EXPECTED = f"""
SELECT l.number, count(r.id) FROM registration_checkinlist l
LEFT JOIN registration_registration r ON r.event_id = l.event_id AND {ADMITS}
WHERE l.event_id = %s GROUP BY l.number"""

SNAPSHOT = """SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                     pg_snapshot_xmax(pg_current_snapshot())::text::bigint"""


class Person(NamedTuple):
    """A row of the roster: somebody with a badge, or without one (code None)."""

    registration: int
    status: str
    attendance: str
    name: str
    organisation: str
    role: int
    language: str
    photo: str
    sort_key: str
    code: str | None
    is_assistant: bool
    is_revoked: bool
    lists: list[int]

    @property
    def state(self) -> State:
        """Revoked badges stay revoked whatever becomes of their registration."""
        return "revoked" if self.is_revoked else state_of(self.status)

    @property
    def is_remote(self) -> bool:
        """Takes part from elsewhere."""
        return self.attendance == Registration.Attendance.REMOTE

    @property
    def ticket(self) -> Ticket:
        """As the verdict's rule knows it."""
        return Ticket(self.state, self.is_remote, self.lists)

    @property
    def id(self) -> bytes:
        """By which devices know this person."""
        return digest(self.code)[0] if self.code else id_without_badge(self.registration)

    def told(self, ranges: list[LetterRange]) -> list[Any]:
        """What the screen says of a person."""
        has_no_photo = int(self.photo == Registration.Photo.NO_PHOTO)
        box = letters.box_of(self.sort_key, ranges)
        return [self.registration, self.name, self.organisation, self.role, self.language, has_no_photo, box]


def state_of(status: str) -> State:
    """A registration's status as the door sees it."""
    live: dict[str, State] = {
        Place.Status.CONFIRMED: "confirmed",
        Place.Status.WAITING: "waiting",
        Place.Status.OFFERED: "offered",
    }
    return live.get(status, "ended")


def digest(code: str) -> tuple[bytes, bytes]:
    """A code's id, which tells nothing, and the key to what is sealed for its bearer."""
    whole = hashlib.sha256(SALT + code.encode()).digest()
    return whole[:ID_BYTES], whole[16:32]


def id_without_badge(registration_id: int) -> bytes:
    """For somebody found by name who has no badge (yet)."""
    return hashlib.sha256(SALT + b"registration:%d" % registration_id).digest()[:ID_BYTES]


def roster(device: Device, since: int | None) -> bytes:
    """Everything, or what has changed since a cursor; the answer holds the next cursor."""
    event = device.event
    cursor, newest = _row(SNAPSHOT)  # before the rows are read: what is missed now comes again next time
    is_full = since is None or since > newest or _outline_changed(event, since)
    first = 0 if is_full or since is None else since
    people = [person for person in _people(event, first) if person.code]
    arrivals = [row for row in _rows(ARRIVALS, [event.pk, first]) if row[4] or not is_full]
    ranges = list(event.letter_ranges.all())
    nonce = os.urandom(NONCE_BYTES)  # one for all: each ticket has a key of its own
    tickets, arrived = _tickets(people, ranges, nonce), [_arrival(*row) for row in arrivals]
    if is_full:
        tickets, arrived = [*tickets, *_test_tickets(event, nonce)], [*arrived, *_test_arrivals(event)]
    header = {
        "format": FORMAT,
        "now": milliseconds(clock.now()),
        "cursor": str(cursor),
        "nonce": nonce.hex(),
        "is_full": is_full,
        "tickets": len(tickets),
        "arrivals": len(arrived),
        "expected": expected(event) if people or is_full else None,
        **_outline(device),
    }
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return b"".join([struct.pack(">I", len(head)), head, *tickets, *arrived])


def people(event: Event) -> list[list[Any]]:
    """Everybody by name, for the help desk."""
    ranges = list(event.letter_ranges.all())
    found = sorted(_people(event, 0), key=lambda person: (person.sort_key, person.registration))
    return [
        [
            person.id.hex(), person.registration, person.is_assistant, *person.told(ranges)[1:],
            person.state, person.is_remote, person.lists,
        ]
        for person in found
        if not person.is_revoked
    ]  # fmt: skip


def person(event: Event, registration_id: int) -> list[Any]:
    """What the screen says of one person."""
    rows = _rows(f"{PEOPLE} AND r.id = %s ORDER BY b.is_assistant", [event.pk, 0, registration_id])
    return Person._make(rows[0]).told(list(event.letter_ranges.all()))


def expected(event: Event) -> dict[int, int]:
    """How many people each list admits, by its number; without assistants."""
    return dict(_rows(EXPECTED, [event.pk]))


def milliseconds(moment: datetime) -> int:
    """As devices count: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def _people(event: Event, since: int) -> Iterator[Person]:
    return map(Person._make, _rows(PEOPLE, [event.pk, since]))


def _outline_changed(event: Event, since: int) -> bool:
    return RosterOutline.objects.filter(event=event, changed_in__gte=since).exists()


def _tickets(people: Iterable[Person], ranges: list[LetterRange], nonce: bytes) -> list[bytes]:
    in_order = sorted(people, key=lambda person: STATES.index(person.state))
    return [
        ticket(
            str(person.code),
            person.ticket,
            None if person.is_revoked else person.told(ranges),
            nonce=nonce,
            is_assistant=person.is_assistant,
        )
        for person in in_order
    ]


def _test_tickets(event: Event, nonce: bytes) -> list[bytes]:
    tests = [test for test in rehearsal.badges(event) if test.ticket]
    role = event.roles.first()
    return [
        ticket(
            test.code,
            test.ticket,
            [0, test.name["fi"], test.organisation["fi"], role.pk if role else 0, "fi", 0, ""],
            nonce=nonce,
        )
        for test in tests
        if test.ticket
    ]


def ticket(code: str, known: Ticket, told: list[Any] | None, *, nonce: bytes, is_assistant: bool = False) -> bytes:
    """One person's record; what is told of them is sealed with the key of their code and the answer's nonce."""
    identity, key = digest(code)
    flags = STATES.index(known.state) | REMOTE_FLAG * known.is_remote | ASSISTANT_FLAG * is_assistant
    sealed = _seal(told, identity, key, nonce) if told else b""
    numbers = bytes(known.lists)
    return b"".join([identity, bytes([flags, len(numbers)]), numbers, struct.pack(">H", len(sealed)), sealed])


def _seal(told: list[Any], identity: bytes, key: bytes, nonce: bytes) -> bytes:
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return AESGCM(key).encrypt(nonce, text, identity)


def _test_arrivals(event: Event) -> list[bytes]:
    """The badge that was read before, on every list."""
    before = clock.now() - timedelta(hours=1)
    doubles = [(test.code, test.ticket) for test in rehearsal.badges(event) if test.is_inside and test.ticket]
    return [_arrival(code, 0, number, None, before) for code, ticket in doubles for number in ticket.lists]


def _arrival(code: str | None, registration: int, number: int, gate: int | None, admitted_at: datetime | None) -> bytes:
    identity = digest(code)[0] if code else id_without_badge(registration)
    return identity + struct.pack(">BII", number, gate or 0, int(admitted_at.timestamp()) if admitted_at else 0)


def _outline(device: Device) -> dict[str, Any]:
    """What is the same for everybody: small, and sent whole each time."""
    event = device.event
    types = event.organisation_types.all() if device.is_help_desk else []
    return {
        "event": {"slug": event.slug, "name": names(event), "ends_at": milliseconds(_end(event))},
        "lists": [
            {
                "number": row.number,
                "name": names(row),
                "is_return_normal": row.is_return_normal,
                "opens_at": row.opens_at and milliseconds(row.opens_at),
                "closes_at": row.closes_at and milliseconds(row.closes_at),
            }
            for row in event.check_in_lists.all()
        ],
        "gates": [{"id": row.pk, "name": names(row)} for row in event.gates.all()],
        "roles": [{"id": row.pk, "name": names(row)} for row in event.roles.all()],
        "organisation_types": [{"id": row.pk, "name": names(row)} for row in types],
        "device": describe(device),
        "rehearsal": [
            {"id": digest(test.code)[0].hex(), "kind": test.kind, "expected": test.expected}
            for test in rehearsal.badges(event)
        ],
    }


def describe(device: Device) -> dict[str, Any]:
    """What a device is told of itself."""
    return {
        "id": device.pk,
        "event": device.event.slug,
        "name": device.name,
        "gate": device.gate_id,
        "list": device.check_in_list.number,
        "is_help_desk": device.is_help_desk,
        "language": device.language,
    }


def names(row: Any) -> dict[str, str]:
    """A name in three languages; where one is missing, the one that stands in for it."""
    return {code: getattr(row, f"name_{code}") or row.name_fi or row.name_sv or "" for code, _ in settings.LANGUAGES}


def _end(event: Event) -> datetime:
    midnight = datetime.combine(event.ends_on, datetime.min.time(), clock.HELSINKI)
    return midnight + Device.KEPT_AFTER_EVENT + timedelta(days=1)


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def _row(statement: str) -> tuple[Any, ...]:
    return _rows(statement, [])[0]
