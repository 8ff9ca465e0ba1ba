"""A small server to docs/door.md, written without a look at the real one: what the engine's tests talk to."""

import hashlib
import json
import os
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import BrowserContext, Request, Route

STATES = {"revoked": 0, "ended": 1, "waiting": 2, "offered": 3, "confirmed": 4}
DAY, DINNER = 1, 2
MAIN, HALL = 11, 12
NONCE = os.urandom(12)
DAYS = 24 * 60 * 60 * 1000
TOKEN, LINK = "device-token", "link"


def code_of(number: int) -> str:
    """A badge code, made of its number."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    return "I24-" + "".join(letters[(number >> (5 * place)) % 32] for place in range(26))


def digest(code: str) -> tuple[bytes, bytes]:
    """A ticket's id, and the key to what is sealed in it."""
    whole = hashlib.sha256(b"i24-door-1:" + code.encode()).digest()
    return whole[:8], whole[16:32]


@dataclass
class Ticket:
    """A person's badge."""

    code: str
    name: str = "Anna Ek"
    registration: int = 1
    state: str = "confirmed"
    is_remote: bool = False
    is_assistant: bool = False
    lists: list[int] = field(default_factory=lambda: [DAY, DINNER])

    @property
    def told(self) -> list[Any]:
        return [self.registration, self.name, "Aurådalens kommun", 5, "sv", 1, "E-H"]

    def packed(self) -> bytes:
        identity, key = digest(self.code)
        text = json.dumps(self.told, ensure_ascii=False).encode()
        sealed = b"" if self.state == "revoked" else AESGCM(key).encrypt(NONCE, text, identity)
        flags = STATES[self.state] | 8 * self.is_remote | 16 * self.is_assistant
        head = identity + bytes([flags, len(self.lists), *self.lists])
        return head + struct.pack(">H", len(sealed)) + sealed


def header(**more: Any) -> dict[str, Any]:
    """As the first roster has it."""
    lists = [{"number": DAY, "is_return_normal": True}, {"number": DINNER, "is_return_normal": False}]
    names = {"fi": "x", "sv": "x", "en": "x"}
    times = {"name": names, "opens_at": None, "closes_at": None, "expected": 7}
    return {
        "format": 2,
        "cursor": "1",
        "nonce": NONCE.hex(),
        "is_full": True,
        "event": {"slug": "2024", "name": names, "ends_at": int(time.time() * 1000) + 30 * DAYS},
        "lists": [{**each, **times} for each in lists],
        "gates": [{"id": MAIN, "name": names}, {"id": HALL, "name": names}],
        "roles": [],
        "device": device(),
        "organisation_types": [],
        "rehearsal": [],
        **more,
    }


def device(**more: Any) -> dict[str, Any]:
    """What a device is told of itself."""
    return {
        "id": 3, "event": "2024", "name": "Ovi 1", "gate": MAIN, "list": DAY, "is_help_desk": False, "language": "fi",
        **more,
    }  # fmt: skip


def packed(head: dict[str, Any], tickets: list[Ticket], arrivals: list[tuple[str, int, int, int]]) -> bytes:
    """A roster; arrivals are (code, list, gate, seconds)."""
    head = {**head, "tickets": len(tickets), "arrivals": len(arrivals)}
    text = json.dumps(head, ensure_ascii=False).encode()
    rows = [digest(code)[0] + struct.pack(">BII", *numbers) for code, *numbers in arrivals]
    return b"".join([struct.pack(">I", len(text)), text, *(ticket.packed() for ticket in tickets), *rows])


class Server:
    """Answers routed requests. What it is asked and sent is kept; tests say what it says."""

    def __init__(self) -> None:
        self.tickets: list[Ticket] = []
        self.arrivals: list[tuple[str, int, int, int]] = []
        self.head: dict[str, Any] = {}
        self.people: list[list[Any]] = []
        self.live: dict[str, Any] = {}  # what a live scan is answered
        self.kept: dict[str, dict[str, Any]] = {}
        self.items: list[dict[str, Any]] = []  # every item of a batch that came, again and again
        self.asked: list[str] = []
        self.batches: list[dict[str, Any]] = []
        self.event = "2024"
        self.context: BrowserContext | None = None  # whose tabs lose the network
        self._is_down = self.loses_answers = self.is_revoked = self.is_unknown = False
        self.results: dict[str, dict[str, Any]] = {}  # by kind: more in the result of a batch
        self.refuses: str = ""  # what has this text in it is answered 400
        self.holds = ""  # answers of this path wait until release()
        self.held: list[Callable[[], None]] = []

    @property
    def is_down(self) -> bool:
        """Whether there is no network. Tabs learn it at once: what they ask meets the network that there is then."""
        return self._is_down

    @is_down.setter
    def is_down(self, value: bool) -> None:
        self._is_down = value
        for page in self.context.pages if self.context else []:
            page.evaluate("value => { window.isDown = value; }", value)

    @property
    def now(self) -> int:
        return int(time.time() * 1000)

    def handle(self, route: Route, request: Request) -> None:
        """The route of all requests to /door/api/."""
        address = urlsplit(request.url)
        path = address.path.removeprefix("/door/api/")
        if self.is_down:
            route.abort("internetdisconnected")
            return
        self.asked.append(path)
        body = request.post_data_json if request.method == "POST" else None
        status, answer = self.answer(path, body, parse_qs(address.query))
        if self.loses_answers:
            route.abort("connectionreset")
        elif path == self.holds:
            self.held.append(lambda: route.fulfill(status=status, json={"now": self.now, **answer}))
        elif isinstance(answer, bytes):
            route.fulfill(status=status, body=answer, content_type="application/octet-stream")
        else:
            route.fulfill(status=status, json={"now": self.now, **answer})

    def release(self) -> None:
        """The answers that were held back, and from now on all at once."""
        self.holds = ""
        while self.held:
            self.held.pop()()

    def answer(self, path: str, body: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Status and answer."""
        if path == "pair":
            is_good = body["token"] == LINK
            return (
                (200, {"token": TOKEN + self.event, "device": device(event=self.event)})
                if is_good
                else (410, {"error": "used"})
            )
        if self.is_unknown or (self.is_revoked and path != "scans"):
            return 401, {"wipe": True, "known": not self.is_unknown}
        return getattr(self, "on_" + path.replace("-", "_"))(body, query)

    def on_roster(self, body: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Tests set what it holds, and with `head` whether that is everything."""
        return 200, packed(self.header(), self.tickets, self.arrivals)

    def header(self) -> dict[str, Any]:
        """Of the roster that is answered now."""
        head = header(now=self.now, **self.head)
        return {**head, "event": {**head["event"], "slug": self.event}}

    def on_people(self, body: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        return 200, {"people": self.people}

    def on_on_site(self, body: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        return 409, {"error": "full"}

    def on_scan(self, body: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        if self.refuses and self.refuses in json.dumps(body):
            return 400, {"error": "bad_request"}
        self.kept[body["id"]] = body
        answer = {"tone": "go", "reason": "admit", "since": None, "gate": None, "person": None, "is_repeat": False}
        return 200, {"id": body["id"], **answer, **self.live}

    def on_scans(self, body: Any, query: dict[str, list[str]]) -> tuple[int, Any]:
        if self.refuses and self.refuses in json.dumps(body):
            return 400, {"error": "bad_request"}
        self.batches.append(body)
        results = []
        for item in body["scans"]:
            status = "repeat" if item["id"] in self.kept else "kept"
            self.items.append(item)
            self.kept.setdefault(item["id"], item)
            results.append({"id": item["id"], "status": status, **self.results.get(item["kind"], {})})
        return 200, {"results": results, "conflicts": 0, **({"wipe": True} if self.is_revoked else {})}
