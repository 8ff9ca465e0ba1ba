"""Forty booths in two halls: what the list with the plan and the page of a booth ask of the database, and how long.

`python -m benchmarks.booths` measures pages drawn anew; `benchmarks.run booths` also those from the cache.
"""

import statistics
import time

import django

django.setup()

from django.core.cache import cache  # noqa: E402 - needs Django to be set up, as do the next
from django.test import Client  # noqa: E402

from benchmarks.queries import count  # noqa: E402
from booths.models import Booth, BoothPlace, Hall  # noqa: E402
from events import clock  # noqa: E402
from events.models import Event  # noqa: E402
from events.pagecache import raise_public_version  # noqa: E402

BOOTHS, HALLS, RUNS = 40, 2, 50
WORDS = "Esittelemme toimintaamme ja hyvää käytäntöä, jota voi kokeilla pisteellä. " * 12


def main() -> None:
    event = Event.objects.current().get()
    if not event.halls.exists():
        make_exhibition(event)
    client = Client(HTTP_HOST="localhost")
    for name, path in ((f"{BOOTHS} booths with the floor plan", "/fi/booths/"), ("a booth", "/fi/booths/booth-5/")):
        took = []
        for _ in range(RUNS):
            cache.clear()
            began = time.perf_counter()
            asked = count(lambda: client.get(path))  # noqa: B023 - called at once
            took.append(time.perf_counter() - began)
        print(f"{name} on a miss: {asked} SQL  [≤ 6], {statistics.median(took) * 1000:.1f} ms")


def make_exhibition(event: Event) -> None:
    """Two halls with twenty places each, and a public booth in every place."""
    at = clock.now()
    themes = list(event.themes.all())
    for hall_number in range(HALLS):
        hall = Hall.objects.create(
            event=event, slug=f"hall-{hall_number}", name_fi="Halli", name_sv="Hall", width=40, depth=20
        )
        for number in range(BOOTHS // HALLS):
            place = BoothPlace.objects.create(
                hall=hall, number=f"A{number}", x=number % 10 * 4, y=number // 10 * 5, width=3, depth=2
            )
            key = hall_number * BOOTHS // HALLS + number
            booth = Booth.objects.create(
                event=event, slug=f"booth-{key}", organisation=f"Järjestö {key}", email="a@b.example", place=place,
                title_fi="Toimintamme", title_sv="Vår verksamhet", description_fi=WORDS, description_sv=WORDS,
                languages=["fi", "sv"], added_at=at, confirmed_at=at, published_at=at,
            )  # fmt: skip
            booth.themes.set(themes[key % 3 : key % 3 + 2])
    raise_public_version([event.pk])


if __name__ == "__main__":
    main()
