"""Gates that read badges: so many connections at once from one thread, which leaves the processor to the server."""

import selectors
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks.visitor import LONGEST_WAIT_SECONDS


class Reading(NamedTuple):
    """What a load of requests showed: how many a second, how long each took, and what was answered."""

    per_second: float
    seconds: list[float]
    answers: list[bytes]

    def __str__(self) -> str:
        percent = statistics.quantiles(self.seconds, n=100)
        return f"{self.per_second:.0f}/s, p50 {percent[49] * 1000:.1f} ms, p99 {percent[98] * 1000:.1f} ms"


def request(port: int, path: str, body: bytes, token: str, *, scheme: str = "Device") -> bytes:
    """The bytes of one request, made before the clock runs."""
    lines = [
        f"{'POST' if body else 'GET'} {path} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Authorization: {scheme} {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class _Connection:
    """One gate: a request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), LONGEST_WAIT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received, self.sent_at = b"", 0.0

    def send(self, whole: bytes) -> None:
        self.received, self.sent_at = b"", time.perf_counter()
        self.socket.sendall(whole)

    def answer(self) -> bytes | None:
        """The body when all of it has come; anything but 200 ends the benchmark."""
        self.received += self.socket.recv(1 << 20)
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return None
        assert head.startswith(b"HTTP/1.1 200"), self.received[:2000]
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        return body if len(body) >= length else None


def read(port: int, requests: Sequence[bytes], *, at_once: int) -> Reading:
    """All of them, so many at once; each gate sends its next one when it has its answer."""
    gates = [_Connection(port) for _ in range(at_once)]
    waiting = iter(requests)
    began = time.perf_counter()
    seconds, answers = [], []
    for took, body in _answers(gates, waiting):
        seconds.append(took)
        answers.append(body)
    whole = time.perf_counter() - began
    for gate in gates:
        gate.socket.close()
    return Reading(len(answers) / whole, seconds, answers)


def _answers(gates: Sequence[_Connection], waiting: Iterator[bytes]) -> Iterator[tuple[float, bytes]]:
    open_requests = 0
    with selectors.DefaultSelector() as selector:
        for gate, first in zip(gates, waiting, strict=False):
            selector.register(gate.socket, selectors.EVENT_READ, gate)
            gate.send(first)
            open_requests += 1
        while open_requests:
            for key, _ in selector.select(LONGEST_WAIT_SECONDS):
                gate = key.data
                if (body := gate.answer()) is None:
                    continue
                yield time.perf_counter() - gate.sent_at, body
                if (following := next(waiting, None)) is None:
                    open_requests -= 1
                else:
                    gate.send(following)
