"""The door over HTTP: badges read online, scans that come late, and the roster: python -m benchmarks.door <port>

For the server on that port and the database of DATABASE_URL, which `python -m benchmarks.run door` starts and empties.
"""

import json
import os
import random
import statistics
import sys
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration2024.settings")
django.setup()

from django.db import connection  # noqa: E402 - needs Django to be set up, as do the next
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks import gates  # noqa: E402
from benchmarks.people import many  # noqa: E402
from events import clock  # noqa: E402
from events.models import Event  # noqa: E402
from registration import checkin, roster  # noqa: E402
from registration.models import Badge, CheckInList, Conflict, Device, Gate, Registration  # noqa: E402

PEOPLE, TICKETS, READINGS, GATES = 1000, 2000, 4, 16
AT_ONCE = (1, 4, 16)
SCANS = 1000
RUNS = 5
Pair = tuple[Device, str]


def say(what: str, figure: object, limit: str = "") -> None:
    print(f"{what}: {figure}" + (f"  [{limit}]" if limit else ""), flush=True)


def ticks() -> int:
    """Milliseconds since 1970, as devices count."""
    return roster.milliseconds(clock.now())


class Door:
    """Three lists and sixteen gates, each with a device."""

    def __init__(self, port: int) -> None:
        self.port, self.event = port, Event.objects.current().get()
        self.lists = [self.make_list(name, name != "Illallinen") for name in ("Päivä 1", "Päivä 2", "Illallinen")]
        self.devices = [self.make_device(number) for number in range(GATES)]
        self.badges: list[Badge] = []

    def make_list(self, name: str, is_return_normal: bool) -> CheckInList:
        return CheckInList.objects.create(event=self.event, name_fi=name, is_return_normal=is_return_normal)

    def make_device(self, number: int) -> Pair:
        gate = Gate.objects.create(event=self.event, name_fi=f"Ovi {number}")
        token, now = f"bench-{number}-{uuid.uuid4()}", clock.now()
        made = Device.objects.create(
            event=self.event, gate=gate, check_in_list=self.lists[0], paired_at=now - timedelta(days=1),
            pairing_ends_at=now, token_hash=Device.hash_of(token),
        )  # fmt: skip
        return made, token

    def empty(self) -> None:
        """As before the first scan, and the tables as small as then."""
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE registration_scan, registration_admission, registration_conflict")
            cursor.execute("VACUUM ANALYZE registration_badge, registration_registration, registration_admission")

    def ask(self, path: str, token: str, body: bytes = b"") -> tuple[float, bytes]:
        """Milliseconds, and the answer."""
        done = gates.read(self.port, [gates.request(self.port, path, body, token)], at_once=1)
        return done.seconds[0] * 1000, done.answers[0]


# --- Online -----------------------------------------------------------------------------------------------------------
def live(device: Device, code: str) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "kind": "read", "code": code, "list": device.check_in_list.number,
        "gate": device.gate_id, "scanned_at": ticks(), "sent_at": ticks(),
    }  # fmt: skip


def online(door: Door) -> None:
    """Every ticket is read four times, in any order: once "admit", then "back"."""
    for at_once in AT_ONCE:
        door.empty()
        codes = [badge.code for badge in door.badges for _ in range(READINGS)]
        random.Random(at_once).shuffle(codes)
        done = read_codes(door, codes, at_once)
        admitted = sum(b'"admit"' in answer for answer in done.answers)
        assert admitted == len(door.badges), f"{admitted} admitted of {len(door.badges)}"
        say(f"online, {len(codes)} readings of {admitted} tickets, {at_once} at once", done, limits(at_once))
    door.empty()
    say("  first arrivals alone, 16 at once", read_codes(door, [badge.code for badge in door.badges], 16), limits(16))


def limits(at_once: int) -> str:
    return "≥ 700/s, aim 1,000; p99 ≤ 50 ms" if at_once == 16 else ""


def read_codes(door: Door, codes: Sequence[str], at_once: int) -> gates.Reading:
    requests = []
    for number, code in enumerate(codes):
        device, token = door.devices[number % GATES]
        requests.append(gates.request(door.port, "/door/api/scan", json.dumps(live(device, code)).encode(), token))
    return gates.read(door.port, requests, at_once=at_once)


def statements(door: Door) -> None:
    """SQL of a reading, on its usual paths."""
    door.empty()
    device, token = door.devices[0]
    for what in ("first arrival", "coming back"):
        count = queries(lambda: checkin.check_in(token, live(device, door.badges[0].code)))
        say(f"SQL of a reading, {what}", count, "≤ 3")


def queries(work: Callable[[], object]) -> int:
    """How many statements it needs when the device has been heard of just now."""
    Device.objects.update(last_contact_at=clock.now())
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


# --- Offline ----------------------------------------------------------------------------------------------------------
def offline(door: Door) -> None:
    """A device's whole morning in one request, then a second device's with many of the same people."""
    first, second = [], []
    for run in range(RUNS):
        door.empty()
        people = random.Random(run).sample(door.badges, SCANS)
        for device, took in zip(door.devices[:2], (first, second), strict=True):
            milliseconds, answer = door.ask("/door/api/scans", device[1], morning(device[0], people, run))
            results = json.loads(answer)["results"]
            assert len(results) == SCANS
            assert {result["status"] for result in results} == {"kept"}
            took.append(milliseconds)
    limit = "≤ 120 ms, aim 60"
    say(f"{SCANS} offline scans in one request", f"{statistics.median(first):.0f} ms", limit)
    found = Conflict.objects.count()
    say(f"  of a second device, {found} conflicts by then", f"{statistics.median(second):.0f} ms", limit)


def morning(device: Device, people: Sequence[Badge], run: int) -> bytes:
    """800 arrivals, 150 who come back, 30 taken back, 20 strangers let in by hand; by a clock ten minutes slow."""
    slow, now = 600_000, ticks()
    chance = random.Random(f"{device.pk}-{run}")

    def scan(code: str, reason: str, **given: Any) -> dict[str, Any]:
        return {
            "id": str(uuid.uuid4()), "kind": "read", "code": code, "list": device.check_in_list.number,
            "gate": device.gate_id, "scanned_at": now - slow - chance.randrange(7_200_000), "tone": "go",
            "reason": reason, **given,
        }  # fmt: skip

    codes = [badge.code for badge in chance.sample(people, 800)]
    items = [scan(code, "admit") for code in codes] + [scan(code, "back") for code in codes[:150]]
    items += [scan("I24-" + "".join(chance.choices("ABCDEFGH", k=26)), "let_in", kind="let_in") for _ in range(20)]
    items += [scan("", "", kind="undo", undoes=row["id"], scanned_at=row["scanned_at"] + 60_000) for row in items[:30]]
    return json.dumps({"sent_at": now - slow, "device": {"unsent": SCANS, "version": "1"}, "scans": items}).encode()


# --- Roster -----------------------------------------------------------------------------------------------------------
def whole_roster(door: Door) -> None:
    """Everybody, then what has changed after one change."""
    _, token = door.devices[0]
    times, answers = zip(*(door.ask("/door/api/roster", token) for _ in range(RUNS)), strict=True)
    people = header(answers[0])["tickets"]
    say(f"roster of {people} people", f"{len(answers[0]) / 1000:.1f} kB", "≤ 130 kB, aim 100")
    say("  made and sent", f"{statistics.median(times):.0f} ms")
    took, size = [], 0
    for run in range(RUNS):
        cursor = header(door.ask("/door/api/roster", token)[1])["cursor"]
        Registration.objects.filter(pk=door.badges[run].registration_id).update(badge_name=f"Maija {run}")
        milliseconds, answer = door.ask(f"/door/api/roster?since={cursor}", token)
        took.append(milliseconds)
        size = len(answer)
        assert header(answer)["tickets"] == 1, header(answer)["tickets"]
    say("roster after one change", f"{statistics.median(took):.1f} ms, {size / 1000:.1f} kB")
    cursor = header(door.ask("/door/api/roster", token)[1])["cursor"]
    say("  SQL of it", queries(lambda: roster.roster(checkin.authenticate(token), int(cursor))))
    say("  SQL of it after a change", queries(lambda: roster.roster(checkin.authenticate(token), int(cursor) - 1)))


def header(answer: bytes) -> dict[str, Any]:
    length = int.from_bytes(answer[:4], "big")
    return json.loads(answer[4 : 4 + length])


def arrived_roster(door: Door) -> None:
    """The same when everybody is inside."""
    read_codes(door, [badge.code for badge in door.badges], 4)
    _, answer = door.ask("/door/api/roster", door.devices[0][1])
    say(f"roster of {header(answer)['arrivals']} arrivals", f"{len(answer) / 1000:.1f} kB", "≤ 130 kB, aim 100")


def main() -> None:
    """Print all figures."""
    door = Door(int(sys.argv[1]))
    door.badges = many(door.event, PEOPLE - 1)  # and the one they are copies of
    whole_roster(door)
    arrived_roster(door)
    door.badges += many(door.event, TICKETS - len(door.badges))
    online(door)
    statements(door)
    offline(door)


if __name__ == "__main__":
    main()
