"""One scan whose device waits for the answer: the way that hundreds take in a second.

Two statements: one that knows the device and the badge, one that writes the scan and, for a first arrival, the
admission, whose unique key decides between gates that read the same badge at the same moment. The loser's snapshot
does not see the winner, so there, and only there, a third statement asks who it was.
"""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from events import clock
from events.models import Event
from registration import letters, rehearsal, verdict
from registration.checkin.devices import HELP_DESK, Refused
from registration.checkin.items import BadItem, Item, Kind, corrected, moment, read_item
from registration.models import Device, Registration
from registration.roster import ADMITS, milliseconds, state_of
from registration.verdict import Ticket, Verdict

FRESH = timedelta(seconds=15)  # a device that has been heard of so lately need not be noted again

FACTS = f"""
SELECT d.id, d.event_id, d.gate_id, d.paired_at, d.revoked_at, d.last_contact_at, d.is_help_desk, e.ends_on,
       l.id, l.is_return_normal, g.id, b.id, COALESCE(b.is_assistant, %(is_assistant)s), b.revoked_at,
       r.id, r.event_id, r.status, r.attendance,
       COALESCE(NULLIF(r.badge_name, ''), trim(r.first_name || ' ' || r.last_name)),
       r.organisation, r.role_id, r.language, r.photo, r.sort_key, {ADMITS},
       a.admitted_at, a.gate_id, s.tone, s.reason,
       ARRAY(SELECT lr.first || ' ' || lr.last FROM registration_letterrange lr
             WHERE lr.event_id = d.event_id ORDER BY lr.id)
FROM registration_device d
JOIN events_event e ON e.id = d.event_id
LEFT JOIN registration_checkinlist l ON l.event_id = d.event_id AND l.number = %(list)s
LEFT JOIN registration_gate g ON g.event_id = d.event_id AND g.id = %(gate)s
LEFT JOIN registration_badge b ON b.code = %(code)s
LEFT JOIN registration_registration r ON r.id = COALESCE(b.registration_id, %(registration)s::bigint)
     AND (b.id IS NOT NULL OR r.has_assistant OR NOT %(is_assistant)s)
LEFT JOIN registration_admission a ON a.check_in_list_id = l.id AND a.registration_id = r.id
     AND a.is_assistant = COALESCE(b.is_assistant, %(is_assistant)s)
LEFT JOIN registration_scan s ON s.id = %(id)s
WHERE d.token_hash = %(hash)s"""

SCAN = """
INSERT INTO registration_scan (id, event_id, device_id, gate_id, check_in_list_id, registration_id, is_assistant,
    kind, code, is_live, scanned_at, corrected_at, received_at, tone, reason, is_admitting)
SELECT %(id)s, %(event)s, %(device)s, %(gate)s, %(list)s, %(registration)s::bigint, %(is_assistant)s,
    %(kind)s, %(code)s, true, %(scanned_at)s, %(corrected_at)s, %(received_at)s, {answer}
ON CONFLICT (id) DO NOTHING RETURNING tone, reason"""

NOTE = SCAN.format(answer="%(tone)s, %(reason)s, %(is_admitting)s")

ARRIVE = """
WITH arrival AS (
    INSERT INTO registration_admission
        (event_id, check_in_list_id, registration_id, is_assistant, scan_id, gate_id, admitted_at)
    VALUES (%(event)s, %(list)s, %(registration)s, %(is_assistant)s, %(id)s, %(gate)s, %(corrected_at)s)
    ON CONFLICT (check_in_list_id, registration_id, is_assistant) DO UPDATE
    SET scan_id = excluded.scan_id, gate_id = excluded.gate_id, admitted_at = excluded.admitted_at,
        changed_in = excluded.changed_in
    WHERE registration_admission.admitted_at IS NULL
    RETURNING 1
), answer AS (
    SELECT EXISTS (SELECT 1 FROM arrival) AS is_first
)""" + SCAN.format(
    answer="""CASE WHEN is_first THEN 'go' ELSE %(late_tone)s END,
    CASE WHEN is_first THEN 'admit' ELSE %(late_reason)s END,
    is_first OR %(late_tone)s = 'go' FROM answer"""
)

FIRST = """SELECT admitted_at, gate_id FROM registration_admission
WHERE check_in_list_id = %(list)s AND registration_id = %(registration)s AND is_assistant = %(is_assistant)s"""


class Facts(NamedTuple):
    """What the database knows of the device, the list, the badge and its bearer; None where there is nothing."""

    device: int
    event: int
    device_gate: int
    paired_at: datetime
    revoked_at: datetime | None
    last_contact_at: datetime | None
    is_help_desk: bool
    ends_on: date
    list_id: int | None
    is_return_normal: bool
    gate: int | None
    badge: int | None
    is_assistant: bool
    badge_revoked_at: datetime | None
    registration: int | None
    registration_event: int | None
    status: str
    attendance: str
    name: str
    organisation: str
    role: int
    language: str
    photo: str
    sort_key: str
    is_admitted: bool
    arrived_at: datetime | None
    arrived_at_gate: int | None
    told_tone: str | None
    told_reason: str | None
    ranges: list[str]

    @property
    def is_of_event(self) -> bool:
        """Whether the bearer is one of this event."""
        return self.registration is not None and self.registration_event == self.event

    def ticket(self, on_list: int) -> Ticket | None:
        """As the rule knows it; of the lists it holds the one that is asked for."""
        if not self.is_of_event:
            return None
        state = "revoked" if self.badge_revoked_at else state_of(self.status)
        lists = [on_list] if self.is_admitted else []
        return Ticket(state, self.attendance == Registration.Attendance.REMOTE, lists)

    def person(self) -> list[Any] | None:
        """What the screen says of the bearer; nothing for a badge that is no longer theirs."""
        if not self.is_of_event or self.badge_revoked_at:
            return None
        ranges = [letters.Share(first, last, 0) for first, last in map(str.split, self.ranges)]
        has_no_photo = int(self.photo == Registration.Photo.NO_PHOTO)
        box = letters.box_of(self.sort_key, ranges)
        return [self.registration, self.name, self.organisation, self.role, self.language, has_no_photo, box]


def check_in(token: str, raw: Any) -> dict[str, Any]:
    """The answer to one scan; the same scan sent again gets the same answer.

    Raises Refused for the device, BadItem for what no device of ours sends.
    """
    item = read_item(raw, is_live=True)
    sent_at, at = moment(raw, "sent_at"), clock.now()
    facts = _facts(Device.hash_of(token), item)
    _refuse(facts, item, at)
    if facts.list_id is None or (item.kind == Kind.NAME and not facts.is_of_event):
        raise BadItem("list or registration is not of this event")
    if facts.told_tone:
        return _answer(item, facts, facts.told_tone, str(facts.told_reason), at=at, is_repeat=True)
    kind, answer = _judge(item, facts)
    values = {
        "id": item.id,
        "event": facts.event,
        "device": facts.device,
        "gate": facts.gate or facts.device_gate,
        "list": facts.list_id,
        "registration": facts.registration if facts.is_of_event else None,
        "is_assistant": facts.is_assistant,
        "kind": kind,
        "code": item.code,
        "scanned_at": item.scanned_at,
        "corrected_at": corrected(item.scanned_at, at - sent_at, paired_at=facts.paired_at, received_at=at),
        "received_at": at,
    }
    return _write(item, facts, answer, values, at=at)


def _facts(token_hash: str, item: Item) -> Facts:
    named = item.registration if item.kind == Kind.NAME else None  # a code that is nobody's stays nobody's
    values = {"hash": token_hash, "id": item.id, "code": item.code, "registration": named}
    values |= {"is_assistant": item.is_assistant, "list": item.list_number, "gate": item.gate}
    row = _one(FACTS, values)
    if row is None:
        raise Refused("unknown", must_wipe=True)
    return Facts._make(row)


def _refuse(facts: Facts, item: Item, at: datetime) -> None:
    if facts.revoked_at or clock.day_of(at) > Device.end_for(facts.ends_on):
        raise Refused("revoked", must_wipe=True, is_known=True)
    if item.kind == Kind.NAME and not facts.is_help_desk:
        raise Refused(HELP_DESK)


def _judge(item: Item, facts: Facts) -> tuple[str, Verdict]:
    """The kind and the answer; a code that no badge has may be one of the rehearsal."""
    known: Any = {"on_list": item.list_number, "is_return_normal": facts.is_return_normal}
    ticket = facts.ticket(item.list_number)
    if item.kind == Kind.NAME and ticket:
        return item.kind, verdict.of_ticket(ticket, is_inside=facts.arrived_at is not None, **known)
    if ticket is None and item.code and not facts.badge:
        event = Event.objects.get(pk=facts.event)
        if test := rehearsal.by_code(event, item.code):
            return Kind.TEST, judge_test(test, item.code, **known)
    answer = verdict.verdict(
        item.code,
        ticket,
        is_inside=facts.arrived_at is not None,
        is_certain=True,
        is_other_event=bool(facts.badge) and not facts.is_of_event,
        **known,
    )
    return item.kind, answer


def judge_test(test: rehearsal.TestBadge, code: str, *, on_list: int, is_return_normal: bool) -> Verdict:
    """A badge of the rehearsal sheet: by the rule as any other; what makes it a test is that it admits nobody."""
    return verdict.verdict(
        code,
        test.ticket,
        on_list=on_list,
        is_return_normal=is_return_normal,
        is_inside=test.is_inside,
        is_certain=True,
        is_other_event=test.kind == "other_event",
    )


def _write(item: Item, facts: Facts, answer: Verdict, values: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    if answer in (verdict.ADMIT, verdict.BACK) and values["kind"] != Kind.TEST:  # a first arrival may be taken back now
        late = verdict.BACK if facts.is_return_normal else verdict.ALREADY
        written = _one(ARRIVE, {**values, "late_tone": late.tone, "late_reason": late.reason})
    else:
        is_admitting = answer.is_admitting and values["kind"] != Kind.TEST
        written = _one(NOTE, {**values, "tone": answer.tone, "reason": answer.reason, "is_admitting": is_admitting})
    if facts.last_contact_at is None or facts.last_contact_at < at - FRESH:
        Device.objects.filter(pk=facts.device).update(last_contact_at=at)
    if written is None:  # the same scan came twice at the same moment
        facts = _facts_again(facts, item, values)
        return _answer(item, facts, str(facts.told_tone), str(facts.told_reason), at=at, is_repeat=True)
    if written != tuple(answer):  # decided between the two statements, by another gate or an undo
        first = (None, None) if written == tuple(verdict.ADMIT) else _one(FIRST, values) or (None, None)
        facts = facts._replace(arrived_at=first[0], arrived_at_gate=first[1])
    return _answer(item, facts, *written, at=at)


def _facts_again(facts: Facts, item: Item, values: dict[str, Any]) -> Facts:
    tone, reason = _one("SELECT tone, reason FROM registration_scan WHERE id = %(id)s", values) or ("", "")
    return facts._replace(told_tone=tone, told_reason=reason)


def _answer(
    item: Item, facts: Facts, tone: str, reason: str, *, at: datetime, is_repeat: bool = False
) -> dict[str, Any]:
    return {
        "now": milliseconds(at),
        "id": str(item.id),
        "tone": tone,
        "reason": reason,
        "since": milliseconds(facts.arrived_at) if facts.arrived_at else None,
        "gate": facts.arrived_at_gate,
        "person": facts.person(),
        "is_repeat": is_repeat,
    }


def _one(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
