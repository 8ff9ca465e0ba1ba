"""F10: eight gates read one badge at the same moment. One lets the person in, seven say that they are in already."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from benchmarks.installation import Installation
from benchmarks.people import many
from benchmarks.visitor import Visitor
from events.models import Event
from registration import checkin
from registration.checkin import live
from registration.models import Admission, Badge, Device, Scan
from registration.roster import milliseconds
from tests.door import live_scan, make_device, make_gate, make_list
from tests.faults.conftest import size, without

GATES = 8
ROUNDS = size(small=30, full=1000)
ROUNDS_OVER_HTTP = size(small=10, full=1000)
TICKETS, READINGS, AT_ONCE = size(small=100, full=2000), 4, 16
RUNS = size(small=1, full=3)

Answers = Sequence[dict[str, Any]]
Gate = tuple[Device, str]  # and its token
Ask = Callable[[str, dict[str, Any]], dict[str, Any]]


def make_gates(event: Event, count: int = GATES, **of_list: Any) -> list[Gate]:
    """Devices, each at a gate of its own, all on one list."""
    row = make_list(event, **of_list)
    return [make_device(event, row, make_gate(event, f"Ovi {number}")) for number in range(count)]


@contextmanager
def gates_at_once(gates: Sequence[Gate], ask: Callable[[], Ask]) -> Iterator[Callable[[str], Answers]]:
    """A thread for each gate, with a connection of its own: read(code) is one round, in which all begin together."""
    start, kept = threading.Barrier(len(gates)), threading.local()

    def begin() -> None:
        kept.ask = ask()

    def read(gate: Gate, code: str) -> dict[str, Any]:
        device, token = gate
        body = live_scan(device, code)
        start.wait(timeout=30)
        return kept.ask(token, body)

    with ThreadPoolExecutor(len(gates), initializer=begin) as pool:
        yield lambda code: [job.result() for job in [pool.submit(read, gate, code) for gate in gates]]
        for done in [pool.submit(hang_up, start) for _ in gates]:
            done.result()


def hang_up(start: threading.Barrier) -> None:
    """Each thread closes its own connection to the database."""
    start.wait(timeout=30)
    connection.close()


def wrong(badge: Badge, answers: Answers, *, late: str) -> list[str]:
    """What is not as it should be: one admitted, the others told so with the right moment and gate, the rows agree."""
    counted = Counter(f"{answer['tone']}/{answer['reason']}" for answer in answers)
    if counted != Counter({"go/admit": 1, late: len(answers) - 1}):
        return [f"{badge.code}: {counted}"]
    [first] = [answer for answer in answers if answer["reason"] == "admit"]
    [inside] = Admission.objects.filter(registration=badge.registration_id)
    scans = {str(row.pk): f"{row.tone}/{row.reason}" for row in Scan.objects.filter(registration=badge.registration_id)}
    told = {(answer["since"], answer["gate"]) for answer in answers if answer is not first}
    checks = {
        "the arrival is of the one who was told so": str(inside.scan_id) == first["id"],
        "the scans say what was answered": scans == {row["id"]: f"{row['tone']}/{row['reason']}" for row in answers},
        "the others hear who was first": told == {(milliseconds(inside.admitted_at), inside.gate_id)},
    }
    return [f"{badge.code}: not so: {what}" for what, is_so in checks.items() if not is_so]


@pytest.mark.parametrize(("is_return_normal", "late"), [(True, "go/back"), (False, "in/already")])
def test_one_gate_of_eight_lets_in(open_event, figure, is_return_normal, late):
    event = open_event(capacity=ROUNDS)
    rounds = ROUNDS // 2
    found: list[str] = []
    with gates_at_once(make_gates(event, is_return_normal=is_return_normal), lambda: checkin.check_in) as read:
        for badge in many(event, rounds):
            found += wrong(badge, read(badge.code), late=late)
    figure(f"wrong answers ({late})", f"{len(found)} in {rounds} rounds of {GATES} gates", "0")
    assert found == []


def test_the_first_is_first_under_load(open_event, figure):
    """Four readings of each of many tickets, sixteen at once, all readings of a ticket close to each other."""
    for run in range(RUNS):
        event = open_event(capacity=TICKETS, slug=f"2-{run}", is_current=False)
        answers = rush(event, many(event, TICKETS))
        admitted = Counter(code for code, answer in answers if answer["reason"] == "admit")
        figure("admitted", f"{admitted.total()} of {TICKETS} tickets, each read {READINGS} times", f"{TICKETS}")
        assert len(answers) == TICKETS * READINGS
        assert set(admitted.values()) == {1}
        assert len(admitted) == TICKETS
        assert {(row["tone"], row["reason"]) for _, row in answers} == {("go", "admit"), ("go", "back")}
        first = {row["id"] for _, row in answers if row["reason"] == "admit"}
        assert {str(row.scan_id) for row in Admission.objects.filter(event=event)} == first


def rush(event: Event, badges: Sequence[Badge]) -> list[tuple[str, dict[str, Any]]]:
    """Code and answer of every reading."""
    gates = make_gates(event, AT_ONCE)
    codes = [badge.code for badge in badges]
    random.Random(10).shuffle(codes)
    waiting = iter([code for code in codes for _ in range(READINGS)])
    lock = threading.Lock()

    def work(gate: Gate) -> list[tuple[str, dict[str, Any]]]:
        answers = []
        try:
            while True:
                with lock:
                    code = next(waiting, None)
                if code is None:
                    return answers
                answers.append((code, checkin.check_in(gate[1], live_scan(gate[0], code))))
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [answer for answers in pool.map(work, gates) for answer in answers]


# --- The control: look first, then write, and nothing that decides ----------------------------------------------------
def careless() -> str:
    """The statement without its arbiter."""
    before, _, rest = live.ARRIVE.partition("ON CONFLICT (check_in_list_id")
    _, _, after = rest.partition("WHERE registration_admission.admitted_at IS NULL")
    assert after, "the statement is written differently now"
    return before + after


def test_control_without_the_arbiter_two_gates_let_in(open_event, monkeypatch, figure):
    monkeypatch.setattr(live, "ARRIVE", careless())
    doubles = 0
    with without("admission_once"):
        event = open_event(capacity=ROUNDS)
        with gates_at_once(make_gates(event), lambda: checkin.check_in) as read:
            for badge in many(event, 10):
                doubles += sum(answer["reason"] == "admit" for answer in read(badge.code)) - 1
        Admission.objects.all().delete()
        Scan.objects.all().delete()
    figure("let in too often without the arbiter", f"{doubles} in 10 rounds")
    assert doubles > 0


# --- Over HTTP --------------------------------------------------------------------------------------------------------
def test_one_gate_of_eight_lets_in_over_http(open_event, installation: Installation, figure):
    installation.start_web()
    event = open_event(capacity=ROUNDS_OVER_HTTP)
    visitors: list[Visitor] = []

    def ask() -> Ask:
        visitor = Visitor(installation.port)
        visitors.append(visitor)

        def scan(token: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = visitor.post_json("/door/api/scan", json.dumps(body).encode(), Authorization=f"Device {token}")
            assert answer.status == 200, answer
            return json.loads(answer.body)

        return scan

    found: list[str] = []
    with gates_at_once(make_gates(event), ask) as read:
        for badge in many(event, ROUNDS_OVER_HTTP):
            found += wrong(badge, read(badge.code), late="go/back")
    for visitor in visitors:
        visitor.close()
    figure("wrong answers over HTTP", f"{len(found)} in {ROUNDS_OVER_HTTP} rounds of {GATES} gates", "0")
    assert found == []
