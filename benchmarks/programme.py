"""Publishes 150 sessions in ten rooms, counts what the programme page asks of the database and times it.

`python -m benchmarks.programme` measures freezing and pages drawn anew; `benchmarks.run programme` also pages from the
cache.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import django

django.setup()

from django.core.cache import cache  # noqa: E402 - needs Django to be set up, as do the next
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.queries import count  # noqa: E402
from benchmarks.sessions import SESSIONS, make_programme  # noqa: E402
from events import clock  # noqa: E402
from events.models import Event  # noqa: E402
from programme import releases  # noqa: E402
from programme.models import Release, Session  # noqa: E402
from programme.services import releasing  # noqa: E402

RUNS = 50
FREEZES = 15


def main() -> None:
    event = Event.objects.current().get()
    if not event.releases.exists():
        make_programme(event)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as autovacuum does within a minute
        freezing(event, "the first release")
        releasing.publish(event, notes={}, missing_reason="A benchmark", by=None)
        freezing(event, "a release without a change")
        freezing(event, "a release in which every text has changed", is_changed=True)
    pages()


def freezing(event: Event, what: str, *, is_changed: bool = False) -> None:
    """Again and again, and each time taken back."""
    took = []
    for _ in range(FREEZES):
        with transaction.atomic():
            if is_changed:
                Session.objects.for_event(event).update(abstract_en="Other words")
            last = releases.current(event)
            number = last.number + 1 if last else 1
            release = Release.objects.create(event=event, number=number, released_at=clock.now())
            began = time.perf_counter()
            releases.freeze(release)
            took.append(time.perf_counter() - began)
            transaction.set_rollback(True)
    print(f"freezing {SESSIONS} sessions, {what}: {statistics.median(took) * 1000:.0f} ms  [≤ 40 ms]")


def pages() -> None:
    """The programme made anew, each time in another minute: what pages keep holds for one."""
    client = Client(HTTP_HOST="localhost")
    client.get("/fi/programme/")  # fills what a process keeps
    kept, filtered = "/fi/programme/", "/fi/programme/?language=sv"
    anew(client, f"programme page of {SESSIONS} sessions on a miss", kept, limit="  [≤ 8 SQL, ≤ 20 ms]")
    anew(client, "  in a minute in which another page was made", kept, before=lambda: client.get("/fi/privacy/"))
    anew(client, "  with nothing kept at all", kept, before=cache.clear)
    anew(client, "  filtered", filtered)


def anew(client: Client, name: str, path: str, *, before: Callable[[], object] = lambda: None, limit: str = "") -> None:
    took, start = [], clock.now()
    for number in range(1, RUNS + 1):
        with patch.object(clock, "now", lambda: start + timedelta(minutes=number)):  # noqa: B023 - called at once
            before()
            began = time.perf_counter()
            asked = count(lambda: client.get(path))
            took.append(time.perf_counter() - began)
    print(f"{name}: {asked} SQL, {statistics.median(took) * 1000:.1f} ms{limit}")
    cache.clear()


if __name__ == "__main__":
    main()
