"""A series of ten webinars: what its pages ask of the database, and how long reminders for 1,000 people take to queue.

`python -m benchmarks.webinars` measures pages drawn anew; `benchmarks.run webinars` also those from the cache.
"""

import statistics
import time
from datetime import timedelta

import django

django.setup()

from django.core.cache import cache  # noqa: E402 - needs Django to be set up, as do the next
from django.test import Client  # noqa: E402

from benchmarks.queries import count  # noqa: E402
from events import clock  # noqa: E402
from events.models import Event, Mail  # noqa: E402
from events.pagecache import raise_public_version  # noqa: E402
from webinars import services  # noqa: E402
from webinars.models import Series, SignUp, Webinar  # noqa: E402

WEBINARS, PEOPLE, RUNS = 10, 1000, 50
WORDS = "Kotoutuminen onnistuu, kun kunnat, järjestöt ja työnantajat toimivat yhdessä. " * 6


def main() -> None:
    event = Event.objects.current().get()
    webinars = make_series(event)
    client = Client(HTTP_HOST="localhost")
    for name, path in (("list of webinars", "/fi/webinars/"), ("a webinar", "/fi/webinars/webinar-5/")):
        took = []
        for _ in range(RUNS):
            cache.clear()
            began = time.perf_counter()
            asked = count(lambda: client.get(path))  # noqa: B023 - called at once
            took.append(time.perf_counter() - began)
        print(f"{name} on a miss: {asked} SQL  [≤ 6], {statistics.median(took) * 1000:.1f} ms")
    sign_up(event, webinars[5])
    began = time.perf_counter()
    reminded = services.send_reminders()
    assert reminded == PEOPLE == Mail.objects.filter(message="webinars/reminder").count()
    print(f"reminders for {PEOPLE} sign-ups queued: {time.perf_counter() - began:.2f} s  [≤ 5 s]")


def make_series(event: Event) -> list[Webinar]:
    """Five past ones, one that begins in half an hour, and four to come."""
    titles = {f"title_{code}": "Integration 2024 tutuksi" for code in ("fi", "sv", "en")}
    series = Series.objects.get_or_create(event=event, slug="tutuksi", defaults=titles)[0]
    if event.webinars.exists():
        return list(event.webinars.order_by("pk"))
    rows = []
    for number in range(WEBINARS):
        starts = clock.now() + timedelta(days=30 * (number - 5), minutes=30)
        texts = {f"title_{code}": f"Kaksisuuntainen kotoutuminen {number}" for code in ("fi", "sv", "en")}
        texts |= {f"abstract_{code}": WORDS for code in ("fi", "sv", "en")}
        rows.append(
            Webinar.objects.create(
                event=event,
                series=series,
                slug=f"webinar-{number}",
                is_public=True,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                join_url="https://meeting.example/1",
                languages=["fi"],
                **texts,
            )  # fmt: skip
        )
    raise_public_version([event.pk])
    return rows


def sign_up(event: Event, webinar: Webinar) -> None:
    """A thousand people, two days ago."""
    kind, at = event.organisation_types.first(), clock.now() - timedelta(days=2)
    assert kind is not None
    SignUp.objects.bulk_create(
        SignUp(
            event=event, webinar=webinar, language=("fi", "sv", "en")[number % 3], name=f"Maija {number}",
            email=f"w{number}@kunta.example", organisation="Auranlaakson kunta", organisation_type=kind,
            status=SignUp.Status.CONFIRMED, signed_up_at=at, told_at=at,
        )
        for number in range(PEOPLE)
    )  # fmt: skip


if __name__ == "__main__":
    main()
