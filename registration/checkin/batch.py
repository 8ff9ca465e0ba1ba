"""What has happened at a device, in one request: kept whole, once, and folded into who is inside.

An item that cannot be read becomes a conflict and is reported; the others count. The moments are the device's,
corrected by the difference of the two clocks.
"""

import hashlib
import json
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction

from events import clock
from events.models import Event
from registration import rehearsal
from registration.checkin.devices import note_contact
from registration.checkin.fold import Arriver, fold
from registration.checkin.items import BadItem, Item, Kind, corrected, moment, read_item
from registration.checkin.newcomers import Newcomer, newcomer
from registration.models import Conflict, Device, Registration, Scan
from registration.roster import milliseconds

MOST_ITEMS = 1000
LONGEST_KEPT = 4000  # letters of an item that cannot be read
MILLISECOND = timedelta(milliseconds=1)

# A scan and its undo may come in two requests at once, neither of which sees the other's rows. Held to the end of the
# transaction; live scans do not wait for it.
ONE_AFTER_ANOTHER = "SELECT pg_advisory_xact_lock(hashtextextended('registration.checkin', %s))"

COLUMNS = {
    "id": "uuid", "gate_id": "bigint", "check_in_list_id": "bigint", "registration_id": "bigint",
    "is_assistant": "boolean", "kind": "text", "code": "text", "undoes": "uuid", "tone": "text", "reason": "text",
    "is_admitting": "boolean", "scanned_at": "timestamptz", "corrected_at": "timestamptz",
}  # fmt: skip
# The rows come as one text: a thousand of them in arrays would be a list for each column, quoted value by value.
ADD = f"""
INSERT INTO registration_scan (event_id, device_id, received_at, is_live, {", ".join(COLUMNS)})
SELECT %s, %s, %s, false, {", ".join(COLUMNS)}
FROM json_to_recordset(%s::json) AS fresh ({", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())})
ON CONFLICT (id) DO NOTHING RETURNING id"""

# A thousand keys in one array are one prepared statement; in a list of values they would be parsed each time.
KNOWN = "SELECT * FROM registration_scan WHERE id = ANY(%s::uuid[])"
BEARERS = """
SELECT b.code, b.registration_id, b.is_assistant FROM registration_badge b
JOIN registration_registration r ON r.id = b.registration_id WHERE b.code = ANY(%s::text[]) AND r.event_id = %s"""


class Bearer(NamedTuple):
    """Whose badge it is, or who was found by name."""

    registration: int
    is_assistant: bool


class Problem(NamedTuple):
    """Something for a person to look at, found while reading a batch."""

    kind: str
    key: str
    detail: dict[str, Any]
    scan: uuid.UUID | None = None
    check_in_list: int | None = None
    registration: int | None = None


class Batch:
    """One request while it is taken."""

    def __init__(self, device: Device, sent_at: datetime, at: datetime) -> None:
        self.device, self.event, self.at, self.offset = device, device.event, at, at - sent_at
        self.lists = {row.number: row for row in self.event.check_in_lists.all()}
        self.ends_at = device.revoked_at or at  # who was let in by then was let in
        self.is_over = bool(device.revoked_at) or device.is_expired(at)
        self.gates = set(self.event.gates.values_list("pk", flat=True))
        self.problems: list[Problem] = []

    def read(self, raw: Any) -> Item | None:
        """The item, or None when it is broken; then it is kept as it came."""
        try:
            item = read_item(raw)
            if item.list_number not in self.lists:
                raise BadItem("list is none of this event")
            if not self.device.is_help_desk and (item.registration or item.kind == Kind.WALK_IN):
                raise BadItem("only a help desk knows people without their badge")
            if self.is_over and item.kind == Kind.WALK_IN:
                raise BadItem("the device was revoked, or the event is over")
        except BadItem as error:
            self.note_broken(raw, str(error))
            return None
        return item

    def note_broken(self, raw: Any, error: str) -> None:
        """Kept as a conflict, once however often it is sent."""
        text = json.dumps(raw, ensure_ascii=True, sort_keys=True)
        key = f"{Conflict.Kind.BROKEN}:{hashlib.sha256(text.encode()).hexdigest()}"
        self.problems.append(Problem(Conflict.Kind.BROKEN, key, {"error": error, "item": text[:LONGEST_KEPT]}))

    def row(self, item: Item, bearer: Bearer | None) -> dict[str, Any]:
        """The columns of the scan."""
        assert self.device.paired_at is not None
        bounds = {"paired_at": self.device.paired_at, "received_at": self.at}
        happened_at = corrected(item.scanned_at, self.offset, **bounds)
        return {
            "id": item.id,
            "gate_id": item.gate if item.gate in self.gates else self.device.gate_id,
            "check_in_list_id": self.lists[item.list_number].pk,
            "registration_id": bearer.registration if bearer else None,
            "is_assistant": bearer.is_assistant if bearer else False,
            "kind": item.kind,
            "code": item.code,
            "undoes": item.undoes,
            "tone": item.tone,
            "reason": item.reason,
            "is_admitting": item.is_admitting and happened_at <= self.ends_at,
            "scanned_at": item.scanned_at,
            "corrected_at": happened_at,
        }


def take(device: Device, body: Any) -> dict[str, Any]:
    """Keep a batch; whatever is answered is safe and may leave the device's queue. BadItem when it is none at all."""
    raws, told, sent_at = _read_body(body)
    at = clock.now()
    batch = Batch(device, sent_at, at)
    items = [batch.read(raw) for raw in raws]
    read = {item.id: item for item in items if item}  # the same scan twice in one batch is one scan
    newcomers = {item.id: newcomer(device, item) for item in read.values() if item.kind == Kind.WALK_IN}
    with transaction.atomic():
        _wait(device.event_id)
        known = _known(read)
        fresh = [item for item in read.values() if item.id not in known]
        rows = _rows(batch, fresh, newcomers)
        added = _add(batch, rows)
        known |= _known({item.id for item in fresh} - added)  # answered live in this very moment
        _compare(batch, read, known)
        _note_unregistered(batch, read, newcomers)
        _note_revoked(batch, rows, added)
        touched = [row for row in rows if row["id"] in added]
        conflicts = _keep(batch) + fold(device.event_id, _arrivers(touched), _scans(touched) | set(known), at=at)
        note_contact(device, told, offset_ms=batch.offset // MILLISECOND, at=at)
    results = [_result(raw, item, known, newcomers) for raw, item in zip(raws, items, strict=True)]
    return {"now": milliseconds(at), "results": results, "conflicts": len(conflicts)}


def _wait(event_id: int) -> None:
    """The batches of an event are taken one after another."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_AFTER_ANOTHER, [event_id])


def _known(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, Scan]:
    """The scans with these keys that are there."""
    return {row.pk: row for row in Scan.objects.raw(KNOWN, [list(keys)])} if keys else {}


def _read_body(body: Any) -> tuple[list[Any], dict[str, Any], datetime]:
    raws = body.get("scans") if isinstance(body, dict) else None
    if not isinstance(raws, list) or len(raws) > MOST_ITEMS:
        raise BadItem("scans is no list of at most 1,000")
    told = body.get("device")
    return raws, told if isinstance(told, dict) else {}, moment(body, "sent_at")


def _rows(batch: Batch, items: list[Item], newcomers: dict[uuid.UUID, Newcomer]) -> list[dict[str, Any]]:
    """The columns of new scans, each with its bearer as far as there is one in this event."""
    by_code = _by_code(batch.event, {item.code for item in items if item.code})
    wanted = {item.registration for item in items if item.registration}
    people = Registration.objects.for_event(batch.event).filter(pk__in=wanted)
    by_key = dict(people.values_list("pk", "has_assistant"))
    tests = {test.code for test in rehearsal.badges(batch.event)}
    rows = []
    for item in items:
        bearer = by_code.get(item.code)
        if item.kind == Kind.WALK_IN and (found := newcomers[item.id].registration):
            bearer = Bearer(found, False)
        elif bearer is None and item.registration in by_key:
            bearer = Bearer(int(item.registration or 0), item.is_assistant and by_key[item.registration])
        rows.append(batch.row(item._replace(kind=Kind.TEST) if item.code in tests else item, bearer))
    return rows


def _by_code(event: Event, codes: set[str]) -> dict[str, Bearer]:
    with connection.cursor() as cursor:
        cursor.execute(BEARERS, [sorted(codes), event.pk])
        return {code: Bearer(*bearer) for code, *bearer in cursor.fetchall()}


def _add(batch: Batch, rows: list[dict[str, Any]]) -> set[uuid.UUID]:
    """The scans that were not there before; two requests with the same ones add them once."""
    text = json.dumps(rows, default=str)
    with connection.cursor() as cursor:
        cursor.execute(ADD, [batch.event.pk, batch.device.pk, batch.at, text])
        return {key for (key,) in cursor.fetchall()}


def _compare(batch: Batch, read: dict[uuid.UUID, Item], known: dict[uuid.UUID, Scan]) -> None:
    """A device that did not get its live answer in time has acted on its own."""
    for row in known.values():
        item = read[row.pk]
        if row.is_live and row.kind != Kind.TEST and item.is_admitting and not row.is_admitting:
            detail = {"server": f"{row.tone}/{row.reason}", "device": f"{item.tone}/{item.reason}"}
            key = f"{Conflict.Kind.TOLD_OTHERWISE}:{row.pk}"
            where = (row.pk, row.check_in_list_id, row.registration_id)
            batch.problems.append(Problem(Conflict.Kind.TOLD_OTHERWISE, key, detail, *where))


def _note_unregistered(batch: Batch, read: dict[uuid.UUID, Item], newcomers: dict[uuid.UUID, Newcomer]) -> None:
    for scan, outcome in newcomers.items():
        if outcome.registration is None:
            key = f"{Conflict.Kind.NOT_REGISTERED}:{scan}"
            person = json.dumps(read[scan].person, ensure_ascii=True)[:LONGEST_KEPT]
            detail = {"problem": outcome.problem, "person": person}
            where = batch.lists[read[scan].list_number].pk
            batch.problems.append(Problem(Conflict.Kind.NOT_REGISTERED, key, detail, scan, where))


def _note_revoked(batch: Batch, rows: list[dict[str, Any]], added: set[uuid.UUID]) -> None:
    """What a revoked device reports counts, because it may be true; a person has to look at it."""
    if batch.is_over and any(row["is_admitting"] for row in rows if row["id"] in added):
        key = f"{Conflict.Kind.REVOKED}:{batch.device.pk}:{int(batch.at.timestamp())}"
        batch.problems.append(Problem(Conflict.Kind.REVOKED, key, {"scans": len(added)}))


def _keep(batch: Batch) -> list[str]:
    """Write the problems down, each once; the keys of the new ones."""
    if not batch.problems:
        return []
    keys = [problem.key for problem in batch.problems]
    known = set(Conflict.objects.filter(event=batch.event, key__in=keys).values_list("key", flat=True))
    Conflict.objects.bulk_create([_conflict(batch, problem) for problem in batch.problems], ignore_conflicts=True)
    return [key for key in dict.fromkeys(keys) if key not in known]


def _conflict(batch: Batch, problem: Problem) -> Conflict:
    row = Conflict(event=batch.event, device=batch.device, kind=problem.kind, key=problem.key, found_at=batch.at)
    row.detail, row.scan_id = problem.detail, problem.scan
    row.check_in_list_id, row.registration_id = problem.check_in_list, problem.registration
    return row


def _arrivers(rows: list[dict[str, Any]]) -> set[Arriver]:
    """Whom new scans concern: those who were let in, and those whose scan is taken back."""
    undone = [row["undoes"] for row in rows if row["undoes"]]
    names = ("check_in_list_id", "registration_id", "is_assistant")
    taken_back = Scan.objects.filter(pk__in=undone, is_admitting=True, registration__isnull=False) if undone else None
    let_in = [row for row in rows if row["is_admitting"] and row["registration_id"]]
    found = {Arriver(*(row[name] for name in names)) for row in let_in}
    return found | {Arriver(*row) for row in taken_back.values_list(*names)} if taken_back is not None else found


def _scans(rows: list[dict[str, Any]]) -> set[uuid.UUID]:
    """The scans that may be of nobody we know: new ones, and those taken back."""
    return {row["id"] for row in rows if not row["registration_id"]} | {row["undoes"] for row in rows if row["undoes"]}


def _result(
    raw: Any, item: Item | None, known: dict[uuid.UUID, Scan], newcomers: dict[uuid.UUID, Newcomer]
) -> dict[str, Any]:
    if item is None:
        told = raw.get("id") if isinstance(raw, dict) else None
        return {"id": told if isinstance(told, str) else None, "status": "broken"}
    result: dict[str, Any] = {"id": str(item.id), "status": "repeat" if item.id in known else "kept"}
    if scan := known.get(item.id):
        result |= {"tone": scan.tone, "reason": scan.reason}
    if outcome := newcomers.get(item.id):
        result |= outcome.told()
    return result
