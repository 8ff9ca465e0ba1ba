"""Publishes 150 sessions in ten rooms, counts what the programme page asks of the database and times it.

`python -m benchmarks.programme` measures freezing and pages drawn anew; `benchmarks.run programme` also pages from the
cache.
"""

import statistics
import time

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
    """The programme on a miss."""
    client = Client(HTTP_HOST="localhost")
    client.get("/fi/programme/")  # fills what a process keeps
    for name, path in (("programme page", "/fi/programme/"), ("a filtered one", "/fi/programme/?language=sv")):
        took = []
        for _ in range(RUNS):
            cache.clear()
            began = time.perf_counter()
            asked = count(lambda: client.get(path))  # noqa: B023 - called at once
            took.append(time.perf_counter() - began)
        limit = "  [≤ 8 SQL, ≤ 20 ms]" if "?" not in path else ""
        print(f"{name} of {SESSIONS} sessions on a miss: {asked} SQL, {statistics.median(took) * 1000:.1f} ms{limit}")


if __name__ == "__main__":
    main()
