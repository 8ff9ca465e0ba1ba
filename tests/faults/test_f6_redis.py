"""F6: Redis refuses, is frozen, forgets everything, or was never there. Everyone registers, and the mail leaves."""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
import redis

from benchmarks.installation import Installation
from benchmarks.visitor import Visitor
from events.models import Event, Mail
from tests.factories import form_data
from tests.faults.conftest import IS_FULL, size
from tests.faults.test_f4_killed_worker import wait_until
from tests.unreliable import OwnRedis

VISITS = size(small=8, full=40)
FIRST_SECONDS, MORE_SECONDS = 1.5, 0.05
MAIL_SECONDS = 60


def visits(port: int, event: Event, count: int = VISITS) -> list[float]:
    """So many people register one after the other; the seconds that each takes. Every answer is checked."""
    visitor, seconds = Visitor(port), []
    for _ in range(count):
        began = time.monotonic()
        visitor.visit(form_data(event, attendance="remote", days=None))
        seconds.append(time.monotonic() - began)
    visitor.close()
    return seconds


def all_sent() -> bool:
    return Mail.objects.exists() and not Mail.objects.exclude(status=Mail.Status.SENT).exists()


def check(what: str, healthy: list[float], ill: list[float], figure: Callable[..., None]) -> None:
    """The first waits once, the others not at all: the quickest of them shows a wait that all have, and no noise."""
    first, later = ill[0], min(ill[1:]) - min(healthy)
    figure(f"{what}: {len(ill)} of {len(ill)} registered, first visit", f"{first:.2f} s", f"≤ {FIRST_SECONDS} s")
    figure(f"{what}: a later visit takes longer by", f"{later * 1000:.0f} ms", f"≤ {MORE_SECONDS * 1000:.0f} ms")
    assert first <= FIRST_SECONDS
    assert later <= MORE_SECONDS


def test_redis_fails_while_people_register(
    installation: Installation, open_event: Callable[..., Event], redis_server: OwnRedis, figure
):
    event = open_event()
    installation.start_web(workers=1, threads=1)
    visits(installation.port, event, 2)
    healthy = visits(installation.port, event)

    redis_server.freeze()
    check("frozen", healthy, visits(installation.port, event), figure)
    redis_server.thaw()

    redis_server.stop()
    check("refusing", healthy, visits(installation.port, event), figure)


def test_redis_forgets_everything(
    installation: Installation, open_event: Callable[..., Event], redis_server: OwnRedis, figure
):
    event = open_event()
    installation.start_web()
    installation.start_worker()
    address = urlsplit(redis_server.url)
    with redis.Redis(port=address.port, password=address.password, socket_timeout=5) as client:
        for _ in range(3):
            visits(installation.port, event, VISITS // 2)
            client.flushall()
    seconds = wait_until(all_sent, MAIL_SECONDS)
    figure("emptied: all mail is out after", f"{seconds:.0f} s", f"≤ {MAIL_SECONDS} s")


@pytest.mark.parametrize("is_frozen", [False, True] if IS_FULL else [False])
def test_mail_leaves_without_redis_from_the_very_start(
    installation: Installation, open_event: Callable[..., Event], redis_server: OwnRedis, figure, is_frozen: bool
):
    """No bell, no beat, no broker to begin with: the worker's caretaker empties the outbox."""
    if is_frozen:
        redis_server.freeze()
    else:
        redis_server.stop()
    event = open_event()
    installation.start_web()
    visits(installation.port, event)
    assert not all_sent()  # the control: nobody else sends it
    worker = installation.start_worker()
    seconds = wait_until(all_sent, MAIL_SECONDS)
    state = "frozen" if is_frozen else "dead"
    figure(f"{state} from the start: all mail is out after", f"{seconds:.0f} s", f"≤ {MAIL_SECONDS} s")
    assert worker.process.poll() is None
