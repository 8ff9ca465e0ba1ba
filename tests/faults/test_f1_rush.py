"""F1: a thousand people register within a minute and five places are left. Five get them, the rest wait in order."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from benchmarks.installation import Installation
from benchmarks.visitor import Visitor
from events import places
from events.models import Event, Mail, Place
from registration.models import Registration
from tests.factories import form_data, register
from tests.faults.conftest import IS_FULL, size, without

PEOPLE = size(small=60, full=1000)
PLACES = 5


def check(event: Event, people: int = PEOPLE) -> None:
    """Exactly the places are given, and everyone else waits in the order in which the lock was given."""
    rows = Registration.objects.for_event(event)
    assert rows.count() == people
    assert rows.filter(status=Place.Status.CONFIRMED).count() == PLACES
    queue = list(rows.queue())
    assert len(queue) == people - PLACES
    assert [row.pk for row in queue] == sorted(row.pk for row in queue)
    assert len({row.queued_at for row in queue}) == len(queue)
    assert places.position(queue[0]) == 1
    assert places.position(queue[-1]) == len(queue)
    assert event.pools.get().taken == PLACES
    assert Mail.objects.filter(event=event).count() == people


def rush(event: Event, people: int, *, threads: int) -> None:
    """So many people through the services, all threads starting at the same moment, each on its own connection."""
    start = threading.Barrier(threads)

    def work(share: int) -> None:
        try:
            start.wait()
            for _ in range(share):
                register(event)
        finally:
            connection.close()

    shares = [people // threads + (number < people % threads) for number in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, share) for share in shares]:
            done.result()


def test_nobody_is_oversold_through_the_services(open_event, figure):
    runs = size(small=3, full=100)
    for number in range(runs):
        event = open_event(capacity=PLACES, slug=f"2-{number}", is_current=False)
        rush(event, PEOPLE, threads=12)
        check(event)
    figure("oversold through the services", f"0 in {runs} runs of {PEOPLE} people")


def test_control_without_the_lock_places_are_oversold(open_event, monkeypatch, figure):
    monkeypatch.setattr(places, "lock", lambda pools: list(pools.order_by("pk")))
    with without("pool_not_oversold"):
        event = open_event(capacity=PLACES)
        rush(event, 24, threads=12)
        confirmed = Registration.objects.for_event(event).filter(status=Place.Status.CONFIRMED).count()
        figure("oversold without the lock", confirmed - PLACES)
        assert confirmed > PLACES


# --- Over HTTP --------------------------------------------------------------------------------------------------------
Forms = Sequence[tuple[Visitor, dict[str, object]]]


def fetch_forms(port: int, event: Event) -> Forms:
    """Everyone has the form open and has filled it in."""

    def fill_in(person: dict[str, object]) -> tuple[Visitor, dict[str, object]]:
        visitor = Visitor(port)
        hidden = visitor.open_form()
        visitor.close()
        return visitor, {**person, **hidden}

    people = [form_data(event) for _ in range(PEOPLE)]
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(fill_in, people))


def send_all(forms: Forms, *, within_seconds: float) -> tuple[list[int], list[float]]:
    """All press the button, spread evenly over the time; each one's status, and seconds from the press on."""
    began = time.monotonic() + 0.5
    gap = within_seconds / len(forms)

    def send(number: int) -> tuple[int, float]:
        visitor, fields = forms[number]
        pressed_at = began + number * gap
        time.sleep(max(0.0, pressed_at - time.monotonic()))
        status = visitor.send_form(fields).status
        visitor.close()
        return status, time.monotonic() - pressed_at

    threading.stack_size(256 * 1024)
    try:
        with ThreadPoolExecutor(len(forms)) as pool:
            answers = list(pool.map(send, range(len(forms))))
    finally:
        threading.stack_size(0)
    return [status for status, _ in answers], [seconds for _, seconds in answers]


def p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def test_nobody_is_oversold_over_http(open_event: Callable[..., Event], installation: Installation, figure):
    installation.start_web()
    for number, (within_seconds, limit) in enumerate([(60.0, 2.0), (10.0, 8.0)] * size(small=1, full=5)):
        Event.objects.update(is_current=False)
        event = open_event(capacity=PLACES, slug=f"2-{number}")
        forms = fetch_forms(installation.port, event)
        statuses, seconds = send_all(forms, within_seconds=within_seconds * PEOPLE / 1000)
        assert set(statuses) == {303}
        check(event)
        figure(f"{PEOPLE} people, 1,000 in {within_seconds:.0f} s, p95", f"{p95(seconds):.2f} s", f"≤ {limit:.0f} s")
        assert not IS_FULL or p95(seconds) <= limit
