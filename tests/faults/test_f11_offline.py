"""F11: four devices without network read the same people. In whatever order their batches come, the end is the same."""

import json
import random
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import combinations
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db import connection

from benchmarks.installation import Installation
from benchmarks.people import many
from benchmarks.visitor import Visitor
from events import clock
from events.models import Event
from registration import checkin
from registration.checkin import fold
from registration.models import Admission, Badge, CheckInList, Conflict, Device, Registration, Scan
from registration.roster import milliseconds
from tests.door import item, make_device, make_gate, make_list, undo
from tests.factories import at, make_event
from tests.faults.conftest import IS_FULL, size

SCANS = size(small=40, full=500)  # of each device
PEOPLE = size(small=12, full=150)
ORDERS = size(small=30, full=1000)
MOST_IN_A_BATCH = 200
SECONDS_OVER_HTTP = 5.0
MORNING = at("2024-11-14 08:00")
SYNC = at("2024-11-14 11:00")  # when the network is back
CLOCKS = [timedelta(0), timedelta(minutes=-10), timedelta(minutes=10), timedelta(days=1)]
UNDO_WITHIN, TWO_PLACES_WITHIN = timedelta(minutes=15), timedelta(minutes=10)

Raw = dict[str, Any]


@dataclass
class Phone:
    """A device and what it holds when the network comes back; everything in its own time."""

    device: Device
    token: str
    clock: timedelta
    queue: list[Raw] = field(default_factory=list)

    def note(self, raw: Raw) -> Raw:
        """Write down what was made with the right clock as this device's clock tells it."""
        told = {**raw, "scanned_at": raw["scanned_at"] + self.clock // timedelta(milliseconds=1)}
        self.queue.append(told)
        return told

    def body(self, items: Sequence[Raw]) -> dict[str, Any]:
        """A request with these."""
        return {"sent_at": milliseconds(SYNC + self.clock), "device": {"unsent": len(items)}, "scans": list(items)}


class State(NamedTuple):
    """The end of it: who is inside by which scan, what is open, what is kept."""

    inside: frozenset[tuple[int, int, bool, uuid.UUID | None, datetime | None]]
    open: frozenset[tuple[str, str]]
    scans: frozenset[uuid.UUID]


def state() -> State:
    names = ("check_in_list", "registration", "is_assistant", "scan_id", "admitted_at")
    return State(
        frozenset(Admission.objects.values_list(*names)),
        frozenset(Conflict.objects.filter(closed_at=None).values_list("kind", "key")),
        frozenset(Scan.objects.values_list("pk", flat=True)),
    )


# --- What happens -----------------------------------------------------------------------------------------------------
@dataclass
class Morning:
    """The event, its lists and people, and four phones that were offline."""

    event: Event
    lists: list[CheckInList]
    badges: list[Badge]
    phones: list[Phone]


def make_morning(event: Event, scans: int = SCANS, people: int = PEOPLE, seed: int = 11) -> Morning:
    chance = random.Random(seed)
    lists = [make_list(event), make_list(event, "Illallinen", is_return_normal=False)]
    badges = many(event, people)
    badges += Badge.objects.bulk_create(
        Badge(
            registration=badge.registration, code=f"I24-{'A' * 25}{letter}", is_assistant=True, matrix=badge.matrix,
            made_at=badge.made_at,
        )
        for badge, letter in zip(badges, "BC", strict=False)
    )  # fmt: skip
    phones = []
    for number, skew in enumerate(CLOCKS):
        paired_at = MORNING + timedelta(minutes=30) if number == 3 else MORNING - timedelta(hours=1)
        device, token = make_device(
            event,
            lists[0],
            make_gate(event, f"Ovi {number}"),
            paired_at=paired_at,
            pairing_ends_at=SYNC,
            is_help_desk=True,
        )
        phones.append(Phone(device, token, skew))
    Registration.objects.filter(badges__is_assistant=True).update(has_assistant=True)
    morning = Morning(event, lists, badges, phones)
    cancel(badges[:3])
    badges[3].revoked_at = MORNING + timedelta(hours=1)
    badges[3].save()
    for phone in phones:
        fill(morning, phone, scans, chance)
    return morning


def cancel(badges: Sequence[Badge]) -> None:
    """These have cancelled: before the doors opened, in the middle of the morning, and when all was over."""
    moments = [MORNING - timedelta(days=1), MORNING + timedelta(minutes=80), SYNC]
    for badge, ended_at in zip(badges, moments, strict=True):
        Registration.objects.filter(pk=badge.registration_id).update(status="cancelled", ended_at=ended_at)


def fill(morning: Morning, phone: Phone, count: int, chance: random.Random) -> None:
    """So many scans of the morning: people at random, often the same ones, and what goes wrong with them."""
    while len(phone.queue) < count:
        happened = MORNING + timedelta(milliseconds=chance.randrange(180 * 60_000))
        kind, given = chance.choices([known, read_twice, stranger, strange_clock], [80, 8, 8, 4])[0], {}
        raw = kind(morning, phone, happened, chance, given)
        if raw["tone"] == "go" and chance.random() < 0.2 and len(phone.queue) < count:
            later = chance.choice([timedelta(seconds=5), timedelta(minutes=14), UNDO_WITHIN, timedelta(minutes=16)])
            phone.note(undo(phone.device, raw, list=raw["list"], happened=happened + later))


def known(morning: Morning, phone: Phone, happened: datetime, chance: random.Random, given: Raw) -> Raw:
    """A badge of somebody registered, read or found by name, with every answer that a device can have shown."""
    badge, row = chance.choice(morning.badges), chance.choice(morning.lists)
    tone, reason = chance.choices(
        [("go", "admit"), ("go", "back"), ("in", "already"), ("look", "other_list"), ("stop", "cancelled")],
        [60, 15, 10, 8, 7],
    )[0]
    who: Raw = {"code": badge.code}
    if chance.random() < 0.2:
        who = {"kind": "name", "registration": badge.registration_id, "is_assistant": badge.is_assistant}
    elif chance.random() < 0.1:
        who, tone, reason = {"kind": "let_in", "code": badge.code}, "go", "let_in"
    who |= {"list": row.number, "tone": tone, "reason": reason, "happened": happened, **given}
    return phone.note(item(phone.device, **who))


def read_twice(morning: Morning, phone: Phone, happened: datetime, chance: random.Random, given: Raw) -> Raw:
    """Two devices read one badge in the same millisecond: then the key of the scan decides."""
    raw = known(morning, phone, happened, chance, {"tone": "go", "reason": "admit"})
    other = chance.choice([one for one in morning.phones if one is not phone])
    device, clocks = other.device, (other.clock - phone.clock) // timedelta(milliseconds=1)
    twin = {**raw, "id": str(uuid.uuid4()), "gate": device.gate_id, "scanned_at": raw["scanned_at"] + clocks}
    other.queue.append(twin)
    return raw


def stranger(morning: Morning, phone: Phone, happened: datetime, chance: random.Random, given: Raw) -> Raw:
    """A code that nobody knows: looked into, and sometimes let in by hand."""
    code = "I24-" + "".join(chance.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=26))
    answer = chance.choice([("read", "look", "unknown"), ("let_in", "go", "let_in")])
    told = dict(zip(("kind", "tone", "reason"), answer, strict=True))
    return phone.note(item(phone.device, code, happened=happened, **told))


def strange_clock(morning: Morning, phone: Phone, happened: datetime, chance: random.Random, given: Raw) -> Raw:
    """The clock was set meanwhile: the scan seems to be of tomorrow, or of last year."""
    strange = happened + chance.choice([timedelta(days=1), timedelta(days=-365)])
    return known(morning, phone, strange, chance, given)


# --- What must come of it: a second fold, which knows nothing of the first --------------------------------------------
class Row(NamedTuple):
    """A scan as the reference sees it."""

    key: uuid.UUID
    device: int
    moment: datetime
    raw: Raw


def corrected(phone: Phone, raw: Raw) -> datetime:
    told = datetime.fromtimestamp(raw["scanned_at"] / 1000, clock.HELSINKI) - phone.clock
    paired_at = phone.device.paired_at
    assert paired_at
    return SYNC if told > SYNC else max(told, paired_at)


def reference(morning: Morning, broken: Sequence[Raw] = ()) -> State:
    """Who is inside and what is open, worked out person by person from everything that has happened."""
    rows = [
        Row(uuid.UUID(raw["id"]), phone.device.pk, corrected(phone, raw), raw)
        for phone in morning.phones
        for raw in phone.queue
        if raw not in broken
    ]
    undone: dict[str, list[datetime]] = defaultdict(list)
    for row in rows:
        if row.raw["kind"] == "undo":
            undone[row.raw["undoes"]].append(row.moment)
    let_in = [row for row in rows if row.raw["kind"] != "undo" and row.raw["tone"] == "go"]
    standing = [row for row in let_in if all(moment > row.moment + UNDO_WITHIN for moment in undone[row.raw["id"]])]
    who = bearers(morning)
    lists = {row.number: row for row in morning.lists}
    open_matters = {("unknown", f"unknown:{row.key}") for row in standing if who(row) is None}
    open_matters |= {("broken", broken_key(raw)) for raw in broken}
    inside = set()
    for person, number in {(who(row), row.raw["list"]) for row in let_in if who(row)}:
        assert person
        of_person = [row for row in standing if who(row) == person and row.raw["list"] == number]
        first = min(of_person, key=lambda row: (row.moment, row.key), default=None)
        inside.add((lists[number].pk, *person, first and first.key, first and first.moment))
        key = f"{lists[number].pk}:{person[0]}:{int(person[1])}"
        if any(is_double(*pair, lists[number]) for pair in combinations(of_person, 2)):
            open_matters.add(("double", f"double:{key}"))
        if any(is_too_late(row) for row in of_person):
            open_matters.add(("cancelled", f"cancelled:{key}"))
    return State(frozenset(inside), frozenset(open_matters), frozenset(row.key for row in rows))


def bearers(morning: Morning) -> Any:
    """Asks whose a scan is: registration and whether it is the assistant, or None."""
    by_code = {badge.code: (badge.registration_id, badge.is_assistant) for badge in morning.badges}

    def who(row: Row) -> tuple[int, bool] | None:
        named = row.raw.get("registration"), bool(row.raw.get("is_assistant"))
        return by_code.get(row.raw["code"]) or (named if named[0] else None)

    return who


def is_double(one: Row, other: Row, row: CheckInList) -> bool:
    if one.device == other.device or "back" in {one.raw["reason"], other.raw["reason"]}:
        return False
    return not row.is_return_normal or abs(one.moment - other.moment) < TWO_PLACES_WITHIN


def is_too_late(row: Row) -> bool:
    """Let in after the registration ended, or with a badge that was revoked."""
    badge = Badge.objects.filter(code=row.raw["code"]).first()
    ended_at = Registration.objects.get(pk=badge.registration_id if badge else row.raw["registration"]).ended_at
    return any(moment and moment <= row.moment for moment in (ended_at, badge and badge.revoked_at))


def broken_key(raw: Raw) -> str:
    return f"broken:{sha256(json.dumps(raw, sort_keys=True).encode()).hexdigest()}"


# --- Orders -----------------------------------------------------------------------------------------------------------
Request = tuple[Phone, list[Raw]]


def an_order(phones: Sequence[Phone], chance: random.Random) -> list[Request]:
    """Everything in batches, split and mixed in a new way, and some of it once more."""
    requests: list[Request] = []
    for phone in phones:
        queue = chance.sample(phone.queue, len(phone.queue))
        while queue:
            cut = chance.randint(1, MOST_IN_A_BATCH)
            requests.append((phone, queue[:cut]))
            queue = queue[cut:]
        again = chance.sample(phone.queue, min(len(phone.queue), chance.randint(0, MOST_IN_A_BATCH)))
        requests.append((phone, again))
    requests += chance.sample(requests, len(requests) // 4)
    return chance.sample(requests, len(requests))


def forget() -> None:
    """As before the first batch."""
    for model in (Scan, Admission, Conflict):
        model.objects.all().delete()


def send(requests: Sequence[Request]) -> list[Raw]:
    return [result for phone, items in requests for result in checkin.take(phone.device, phone.body(items))["results"]]


def send_at_once(requests: Sequence[Request], threads: int = 4) -> list[Raw]:
    """The same from several threads, whichever comes first."""
    start = threading.Barrier(threads)

    def work(share: Sequence[Request]) -> list[Raw]:
        try:
            start.wait()
            return send(share)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        shares = [requests[number::threads] for number in range(threads)]
        return [result for results in pool.map(work, shares) for result in results]


@pytest.fixture
def at_sync(transactional_db: None) -> Iterator[None]:
    """The moment at which everything is sent stands still: the correction of the clocks is the same in all orders."""
    with time_machine.travel(SYNC, tick=False):
        yield


BROKEN = [{"id": "no key", "kind": "read"}, {"kind": "dance"}]


def test_every_order_has_one_end(at_sync: None, figure):
    morning = make_morning(make_event())
    morning.phones[0].queue += BROKEN
    wanted, chance = reference(morning, BROKEN), random.Random(1)
    differing = 0
    for number in range(ORDERS):
        forget()
        requests = an_order(morning.phones, chance)
        results = send_at_once(requests) if number % 3 == 2 else send(requests)
        assert len(results) == sum(len(items) for _, items in requests)
        assert {result["status"] for result in results} <= {"kept", "repeat", "broken"}
        found = state()
        assert found.scans == wanted.scans, "a scan was dropped"
        differing += found != wanted
    kinds = sorted({kind for kind, _ in wanted.open})
    figure("orders with another end", f"{differing} of {ORDERS}, {len(wanted.scans)} scans", "0")
    figure("matters shown", f"{len(wanted.open)} ({', '.join(kinds)}), {len(wanted.inside)} people on lists")
    assert differing == 0
    assert kinds == ["broken", "cancelled", "double", "unknown"]
    assert any(scan is None for *_, scan, _ in wanted.inside), "nobody was taken back: the test shows too little"


def test_an_undo_and_its_scan_at_once(at_sync: None, figure):
    """Two requests of one device at the same moment, the scan in one and its undo in the other."""
    event = make_event()
    row, badges = make_list(event), many(event, 1)
    phone = Phone(*make_device(event, row, make_gate(event), paired_at=MORNING, is_help_desk=True), timedelta(0))
    rounds, wrong = size(small=20, full=2000), 0
    for _ in range(rounds):
        forget()
        scans = [item(phone.device, badges[0].code), item(phone.device, "I24-" + "Z" * 26, kind="let_in")]
        undos = [undo(phone.device, raw) for raw in scans]
        send_at_once([(phone, scans), (phone, undos)], threads=2)
        wrong += Admission.objects.exclude(scan_id=None).exists() or Conflict.objects.filter(closed_at=None).exists()
    figure("taken back, and yet inside", f"{wrong} of {rounds}", "0")
    assert wrong == 0


def test_control_a_fold_in_which_the_first_received_wins_depends_on_the_order(at_sync: None, monkeypatch, figure):
    monkeypatch.setattr(fold, "ADMIT", f"{fold.ADMIT} AND a.scan_id IS NULL")
    morning = make_morning(make_event())
    wanted, chance, differing = reference(morning), random.Random(1), 0
    for _ in range(3):
        forget()
        send(an_order(morning.phones, chance))
        differing += state() != wanted
    figure("orders with another end if the first received wins", f"{differing} of 3")
    assert differing > 0


# --- Over HTTP --------------------------------------------------------------------------------------------------------
def test_everything_is_synced_in_seconds(open_event, installation: Installation, figure):
    """Four devices, each sending its 500 in batches of 200, one batch after the other."""
    installation.start_web()
    event, now = open_event(), clock.now()
    row, badges = make_list(event), many(event, 150)
    chance, phones = random.Random(2), []
    for number, skew in enumerate(CLOCKS):
        device, token = make_device(event, row, make_gate(event, f"Ovi {number}"), is_help_desk=True)
        phone = Phone(device, token, skew)
        for _ in range(500):
            phone.note(
                item(device, chance.choice(badges).code, happened=now - timedelta(seconds=chance.randrange(9999)))
            )
        phones.append(phone)
    began = time.perf_counter()
    with ThreadPoolExecutor(len(phones)) as pool:
        kept = list(pool.map(lambda phone: sync(installation.port, phone), phones))
    seconds = time.perf_counter() - began
    figure("2,000 scans of four devices over HTTP", f"{seconds:.2f} s", f"≤ {SECONDS_OVER_HTTP:.0f} s")
    assert kept == [500] * 4
    assert Scan.objects.count() == 2000
    assert Admission.objects.exclude(scan_id=None).count() == len({r["code"] for p in phones for r in p.queue})
    assert not IS_FULL or seconds <= SECONDS_OVER_HTTP


def sync(port: int, phone: Phone) -> int:
    """How many were kept."""
    visitor, kept = Visitor(port), 0
    for begin in range(0, len(phone.queue), MOST_IN_A_BATCH):
        items = phone.queue[begin : begin + MOST_IN_A_BATCH]
        body = {"sent_at": milliseconds(clock.now() + phone.clock), "device": {}, "scans": items}
        answer = visitor.post_json("/door/api/scans", json.dumps(body).encode(), Authorization=f"Device {phone.token}")
        assert answer.status == 200, answer
        kept += sum(result["status"] == "kept" for result in json.loads(answer.body)["results"])
    visitor.close()
    return kept
