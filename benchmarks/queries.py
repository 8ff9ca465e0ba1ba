"""Counts what a registration and the home page ask of the database, and times the home page without the cache."""

import statistics
import time
import uuid

import django

django.setup()

from django.core.cache import cache  # noqa: E402 - needs Django to be set up, as do the next
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from events.models import Event  # noqa: E402

SAVEPOINTS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
RUNS = 50


def main() -> None:
    event = Event.objects.current().get()
    client = Client(HTTP_HOST="localhost")
    person = {
        "first_name": "Maija",
        "last_name": "Meikäläinen",
        "organisation": "Auranlaakson kunta",
        "organisation_type": event.organisation_types.all()[0].pk,
        "attendance": "on_site",
        "days": [day.pk for day in event.days.all()],
        "privacy": "on",
    }
    for number in range(3):  # the first ones fill what a process keeps
        fields = {**person, "email": f"sql.{number}@kunta.example", "form_key": str(uuid.uuid4())}
        counts = [
            count(lambda: client.get("/fi/register/")),
            count(lambda: client.post("/fi/register/", fields)),  # noqa: B023 - called at once
            count(lambda: client.get("/fi/register/sent/")),
        ]
    print(f"SQL of a registration's POST with its mail row: {counts[1]}  [≤ 20]")
    print(f"SQL of the form and of the page after it: {counts[0]} and {counts[2]}")

    took = []
    for _ in range(RUNS):
        cache.clear()
        began = time.perf_counter()
        asked = count(lambda: client.get("/fi/"))
        took.append(time.perf_counter() - began)
    print(f"home page on a miss: {asked} SQL  [≤ 6], {statistics.median(took) * 1000:.1f} ms  [≤ 15 ms]")


def count(step) -> int:
    """The statements of one request; savepoints are told apart."""
    with CaptureQueriesContext(connection) as queries:
        response = step()
    assert response.status_code in {200, 303}, response.status_code
    return sum(not query["sql"].startswith(SAVEPOINTS) for query in queries)


if __name__ == "__main__":
    main()
