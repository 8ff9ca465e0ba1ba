"""F13: a hundred thousand codes that no badge has, requests that no device sends: nobody walks in, nothing breaks."""

import base64
import json
import logging
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

import pytest
from django.test import Client

from benchmarks.installation import Installation
from benchmarks.visitor import Visitor
from events import clock
from events.models import Event
from registration.models import Admission, CheckInList, Conflict, Registration, Scan
from registration.roster import milliseconds
from registration.verdict import code_in
from tests.door import EVENT_MORNING, batch, code_of, item, live_scan, make_device, make_list
from tests.factories import at, make_event, register
from tests.faults.conftest import size

CODES = size(small=2_000, full=100_000)
REQUESTS = size(small=300, full=30_000)  # whose form is wrong
OVER_HTTP = size(small=100, full=5_000)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LOOK_ALIKES = str.maketrans("AEIKOSX2", "\u0410\u0415\u0406\u212a\u041e\u0405\u0425\uff12")  # Cyrillic, Kelvin, wide
ANSWERS = {("stop", "not_a_badge"), ("stop", "unknown"), ("stop", "other_event")}
DEPTHS = (10, 200, 900, 950, 980, 990, 1000, 1100, 100_000)


def random_code(chance: random.Random) -> str:
    return "I24-" + "".join(chance.choices(LETTERS, k=26))


def bad_codes(good: str, other_event: str, chance: random.Random) -> Iterator[str]:
    """Without end: what a camera, a wedge or a joker may say, none of it a badge of this event."""
    makers: Sequence[Callable[[], str]] = [
        lambda: random_code(chance),
        lambda: other_event,
        lambda: good[: chance.randrange(30)],
        lambda: good + chance.choice(LETTERS),
        lambda: good[:-1] + chance.choice("018-_=!Ä"),
        lambda: swapped(good, chance),
        lambda: good.translate(LOOK_ALIKES) if good.translate(LOOK_ALIKES) != good else "\u0406" + good[1:],
        lambda: good.replace(
            "I24-", chance.choice(["124-", "l24-", "\u013124-", "I20-", "I24\u2013", "I24\u2010", ""])
        ),
        lambda: f"https://integration2024.example/{good}",
        lambda: f"WIFI:T:WPA;S:Logomo;P:{good};;",
        lambda: f"BEGIN:VCARD\nVERSION:3.0\nFN:Maija Meikäläinen\nNOTE:{good}\nEND:VCARD",
        lambda: chance.choice(
            ["javascript:alert(1)", "tel:+358290000000", "upi://pay?pa=x", "{{ 7*7 }}", "' OR 1=1 --"]
        ),
        lambda: "😀" * chance.randrange(1, 40),
        lambda: good[:10] + "\x00" + good[10:],
        lambda: good + "\x00",
        lambda: good[:5] + chr(chance.randrange(0xD800, 0xE000)) + good[6:],
        lambda: good + "\u200b",
        lambda: "\u202e" + good,
        lambda: good * 140,
        lambda: chance.choice(LETTERS) * 4096,
        lambda: "".join(chr(chance.randrange(256)) for _ in range(chance.randrange(60))),
        lambda: base64.b64encode(chance.randbytes(22)).decode(),
        lambda: good + " " * 60,
    ]
    while True:
        code = chance.choice(makers)()
        if code_in(code) != good:
            yield code


def swapped(good: str, chance: random.Random) -> str:
    """One letter is another one: a forged code of the right form."""
    place = chance.randrange(4, 30)
    return good[:place] + chance.choice(LETTERS.replace(good[place], "")) + good[place + 1 :]


# --- Requests ---------------------------------------------------------------------------------------------------------
VALUES: Sequence[Any] = [
    None, True, False, 0, 1, -1, 2**31, 2**63 - 1, 2**63, 10**300, 1.5, -0.0, float("inf"), float("nan"), "", " ", "1",
    "\x00", "\ud800", "😀", "é" * 5000, [], [[]], ["x"], {}, {"id": 1}, {"$ne": 1}, str(uuid.UUID(int=0)), "٣" * 32,
    "1-1.\ud800", "I24-", "read", "undo", "walk_in", "test", "go", "maija@kunta.example", "9" * 4000,
]  # fmt: skip
PERSON = {
    "registration_key": str(uuid.UUID(int=7)), "first_name": "Maija", "last_name": "Meikäläinen",
    "email": "maija@kunta.example", "organisation": "Kunta", "organisation_type": 1, "language": "fi", "photo": "",
}  # fmt: skip


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def no_json(chance: random.Random) -> bytes:
    """Bodies that are no JSON, or JSON only just."""
    return chance.choice(
        [
            b"", b"{", b"null", b"[]", b'"I24-"', b"\xff\xfe", b"\x00", b"{'id': 1}", b'{"id": 1,}', b"9" * 5000,
            b'{"scans": ' + b"9" * 5000 + b"}", b"1e400", b"NaN", "{}".encode("utf-16"), b"\xef\xbb\xbf{}",
            chance.randbytes(chance.randrange(200)), b"id=1&code=2", b"\xed\xa0\x80", b'{"id": "\\ud800"}',
        ]
    )  # fmt: skip


def spoilt(body: dict[str, Any], chance: random.Random) -> bytes:
    """The right body with one to three values that are wrong, missing, or too many."""
    told = json.loads(json.dumps(body))
    for _ in range(chance.randint(1, 3)):
        place = told
        if isinstance(scans := told.get("scans"), list) and scans and chance.random() < 0.8:
            place = chance.choice(scans)
        if isinstance(place, dict) and isinstance(place.get("person"), dict) and chance.random() < 0.8:
            place = place["person"]
        if not isinstance(place, dict) or not place:
            continue
        name = chance.choice(sorted(place))
        if chance.random() < 0.15:
            del place[name]
        else:
            place[name] = chance.choice(VALUES)
    return json.dumps(told).encode()


class Door:
    """A device at a door, and what it may be asked to send."""

    def __init__(self) -> None:
        self.event = make_event()
        self.list: CheckInList = make_list(self.event)
        self.device, self.token = make_device(self.event, self.list, is_help_desk=True)
        self.person = register(self.event)
        self.good = code_of(self.person)
        last = make_event(slug="2020", is_current=False)
        self.other = code_of(register(last))

    def bodies(self, chance: random.Random) -> dict[str, Any]:
        """For each address, a body that is right but for what it reads."""
        bad = random_code(chance)
        walk_in = item(self.device, kind="walk_in", reason="let_in", person=dict(PERSON))
        seen = item(self.device, bad, tone="look", reason="unknown")
        undone = item(self.device, kind="undo", undoes=str(uuid.UUID(int=5)))
        name = {"kind": "name", "registration": 2**40, "is_assistant": False, "tone": "stop", "reason": "unknown"}
        return {
            "scan": live_scan(self.device, bad),
            "scans": {
                **batch(seen, walk_in, undone, item(self.device, **name)),
                "device": {"unsent": 4, "battery": 7, "version": "1"},
            },
            "pair": {"token": "1-1-x", "name": "Puhelin", "language": "fi", "version": "1"},
            "on-site": {"registration": 2**40},
        }

    def requests(self, chance: random.Random) -> Iterator[tuple[str, str, bytes]]:
        """Without end: method, address under /door/api/, body."""
        while True:
            path, body = chance.choice(sorted(self.bodies(chance).items()))
            kind = chance.random()
            if kind < 0.65:
                yield "POST", path, spoilt(body, chance)
            elif kind < 0.8:
                yield "POST", path, no_json(chance)
            else:
                yield "GET", self.address(chance), b""

    def address(self, chance: random.Random) -> str:
        """With a cursor or a key that is none."""
        value = chance.choice(
            ["", "-1", "9" * 18, "9" * 30, "²", "%00", "%ff", "1e3", "0x1", "\u0663", "a" * 4000, "1;2"]
        )
        return chance.choice(["roster?since=", "card?is_assistant=2&registration=", "people?", "scan?", "x/"]) + value


@pytest.fixture
def door(db, moment, caplog: pytest.LogCaptureFixture) -> Door:
    caplog.set_level(logging.ERROR, "django.request")  # every refusal is a warning
    made = Door()
    moment.move_to(at(EVENT_MORNING))
    return made


class Asker:
    """The device as a client of Django's: an exception in the server is one here."""

    def __init__(self, token: str) -> None:
        self.client, self.token = Client(), f"Device {token}"

    def __call__(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        ask = {"GET": self.client.get, "POST": self.client.post}[method]
        given = {} if method == "GET" else {"data": body, "content_type": "application/json"}
        answer = ask(f"/door/api/{path}", **given, HTTP_AUTHORIZATION=self.token)
        is_json = answer["Content-Type"] == "application/json"
        return answer.status_code, json.loads(answer.content) if is_json else None


Ask = Callable[[str, str, bytes], tuple[int, Any]]


def read_all(door: Door, ask: Ask, count: int, chance: random.Random) -> Counter[tuple[str, str]]:
    """What the server says to so many bad codes; each has a clear answer."""
    told: Counter[tuple[str, str]] = Counter()
    for code in islice(bad_codes(door.good, door.other, chance), count):
        status, answer = ask("POST", "scan", json.dumps(live_scan(door.device, code)).encode())
        assert status == 200, (code, status, answer)
        told[answer["tone"], answer["reason"]] += 1
        assert answer["person"] is None, code
    return told


def test_no_bad_code_lets_anybody_in(door: Door, figure):
    ask = Asker(door.token)
    told = read_all(door, ask, CODES, random.Random(13))
    figure("admissions", f"{Admission.objects.count()} of {CODES} codes", "0")
    figure("answers", ", ".join(f"{'/'.join(answer)} {count}" for answer, count in sorted(told.items())))
    assert set(told) == ANSWERS
    assert not Admission.objects.exists()
    assert not Scan.objects.filter(is_admitting=True).exists()
    assert Scan.objects.count() == CODES
    assert not any("http" in code or len(code) > 30 for code in Scan.objects.values_list("code", flat=True).distinct())

    status, answer = ask("POST", "scan", json.dumps(live_scan(door.device, door.good)).encode())  # the control
    assert (status, answer["tone"], answer["reason"]) == (200, "go", "admit")
    assert Admission.objects.count() == 1


def test_what_devices_report_of_bad_codes_lets_nobody_in(door: Door, figure):
    """A device alone cannot call a code forged: it looks, and a person may let in by hand, which is looked into."""
    ask, chance = Asker(door.token), random.Random(14)
    codes, by_hand = islice(bad_codes(door.good, door.other, chance), CODES), 0
    while some := list(islice(codes, 200)):
        items = []
        for code in some:
            look = ("look", "unknown") if code_in(code) else ("stop", "not_a_badge")
            is_let_in = chance.random() < 0.02
            answer = (
                {"kind": "let_in", "tone": "go", "reason": "let_in"}
                if is_let_in
                else dict(zip(("tone", "reason"), look, strict=True))
            )
            by_hand += is_let_in
            items.append(item(door.device, code, **answer))
        status, answer = ask("POST", "scans", json.dumps(batch(*items)).encode())
        assert status == 200
        assert {result["status"] for result in answer["results"]} == {"kept"}
    assert Scan.objects.count() == CODES
    assert not Admission.objects.exists()
    assert Conflict.objects.filter(kind="unknown", closed_at=None).count() == by_hand > 0
    figure("admissions of codes reported later", f"0 of {CODES}; let in by hand and listed: {by_hand}")


def test_no_bad_request_breaks_anything(door: Door, figure):
    ask, chance = Asker(door.token), random.Random(15)
    statuses: Counter[int] = Counter()
    for method, path, body in islice(door.requests(chance), REQUESTS):
        status, _ = ask(method, path, body)
        assert status < 500, (method, path, body[:2000], status)
        statuses[status] += 1
    figure("answers to bad requests", ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items())))
    assert {200, 400, 404, 405, 409, 410} <= set(statuses)
    known = Registration.objects.filter(email="maija@kunta.example", event=door.event)  # whose walk-in was right
    assert not Admission.objects.exclude(registration__in=known).filter(admitted_at__isnull=False).exists()


@pytest.mark.parametrize("path", ["scan", "scans", "pair", "on-site"])
@pytest.mark.parametrize("depth", DEPTHS)
def test_brackets_in_brackets(door: Door, path, depth):
    ask = Asker(door.token)
    body = {**door.bodies(random.Random(1))[path]}
    for text in (nested(depth), json.dumps({**body, "id": "?", "token": "?"}).replace('"?"', nested(depth)),
                 json.dumps({**body, "scans": ["?"]}).replace('"?"', nested(depth))):  # fmt: skip
        status, _ = ask("POST", path, text.encode())
        assert status < 500, (status, text[:100])


@pytest.mark.parametrize("word", ["\ud800", "\x00", "1.\ud800", "\u202e", "x" * 5000, "😀"])
def test_strange_words_where_words_are_kept(door: Door, word):
    ask, bodies = Asker(door.token), door.bodies(random.Random(1))
    for name in ("token", "name", "language", "version"):
        assert ask("POST", "pair", json.dumps({**bodies["pair"], name: word}).encode())[0] == 410
    assert ask("POST", "scans", json.dumps({**bodies["scans"], "device": {"version": word}}).encode())[0] == 200
    for name in PERSON:
        newcomer = item(door.device, kind="walk_in", reason="let_in", person={**PERSON, name: word})
        status, answer = ask("POST", "scans", json.dumps(batch(newcomer)).encode())
        assert status == 200
        assert answer["results"][0]["status"] == "kept"
    broken = {**item(door.device), "kind": word, word: word}
    status, answer = ask("POST", "scans", json.dumps(batch(broken)).encode())
    assert (status, answer["results"][0]["status"]) == (200, "broken")
    assert Conflict.objects.filter(kind="broken").count() == 1


def test_a_forged_code_beside_somebodys_key_is_still_forged(door: Door):
    body = live_scan(door.device, random_code(random.Random(1)), registration=door.person.pk)
    status, answer = Asker(door.token)("POST", "scan", json.dumps(body).encode())
    assert (status, answer["tone"], answer["reason"], answer["person"]) == (200, "stop", "unknown", None)
    assert not Admission.objects.exists()


# --- Over HTTP --------------------------------------------------------------------------------------------------------
def test_nothing_breaks_over_http(open_event: Callable[..., Event], installation: Installation, figure):
    server = installation.start_web()
    event = open_event()
    row = make_list(event)
    device, token = make_device(event, row, is_help_desk=True)
    good, other = code_of(register(event)), code_of(register(open_event(slug="2-other", is_current=False)))
    visitor, chance = Visitor(installation.port), random.Random(16)

    def ask(path: str, body: bytes) -> tuple[int, Any]:
        answer = visitor.post_json(f"/door/api/{path}", body, Authorization=f"Device {token}")
        return answer.status, json.loads(answer.body)

    for code in islice(bad_codes(good, other, chance), OVER_HTTP):
        status, answer = ask("scan", json.dumps(live_scan(device, code)).encode())
        assert status == 200, (code, status)
        assert (answer["tone"], answer["reason"]) in ANSWERS
        assert ask(chance.choice(["scan", "scans", "pair", "on-site"]), no_json(chance))[0] in {400, 410}
    assert ask("scans", b"x" * 1_000_001)[0] == 413
    visitor.close()  # what was too long is not read to its end: the server hangs up
    assert not Admission.objects.exists()
    now = milliseconds(clock.now())
    assert ask("scan", json.dumps(live_scan(device, good, sent_at=now)).encode())[1]["reason"] == "admit"  # the control
    visitor.close()
    assert "Traceback" not in server.log.read_text()
    figure("tracebacks over HTTP", f"0 in {2 * OVER_HTTP} requests")
