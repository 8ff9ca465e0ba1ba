"""Publishes 150 sessions in ten rooms, counts what the programme page asks of the database and times it.

`python -m benchmarks.programme` measures pages drawn anew; `benchmarks.run programme` also those from the cache.
"""

import statistics
import time
from datetime import datetime, timedelta
from datetime import time as clock_time

import django

django.setup()

from django.core.cache import cache  # noqa: E402 - needs Django to be set up, as do the next
from django.db.models import F  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.queries import count  # noqa: E402
from events import clock  # noqa: E402
from events.clock import HELSINKI  # noqa: E402
from events.models import Event  # noqa: E402
from programme import releases  # noqa: E402
from programme.models import Format, Release, Room, Session, Speaker, SpeakerSlot  # noqa: E402

SESSIONS, ROOMS, RUNS = 150, 10, 50
WORDS = "Kotoutuminen onnistuu, kun kunnat, järjestöt ja työnantajat toimivat yhdessä. " * 12


def main() -> None:
    event = Event.objects.current().get()
    if not event.releases.exists():
        publish(event)
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


def publish(event: Event) -> None:
    """Two days, four or five slots a room and day; every session in three languages with a speaker of its own."""
    names = {"name_fi": "Luento", "name_sv": "Föreläsning", "name_en": "Lecture"}
    kind = Format.objects.get_or_create(event=event, slug="lecture", defaults=names)[0]
    rooms = [
        Room.objects.create(event=event, slug=f"r{n}", order=n, name_fi=f"Sali {n}", name_sv=f"Sal {n}")
        for n in range(ROOMS)
    ]
    for number in range(SESSIONS):
        make_session(event, number, rooms[number % ROOMS], kind)
    release = Release.objects.create(event=event, number=1, released_at=clock.now())
    began = time.perf_counter()
    releases.freeze(release)
    print(f"freezing {SESSIONS} sessions: {(time.perf_counter() - began) * 1000:.0f} ms  [≤ 40 ms]")
    Event.objects.filter(pk=event.pk).update(public_version=F("public_version") + 1)


def make_session(event: Event, number: int, room: Room, kind: Format) -> None:
    """The next free slot of its room."""
    turn = number // ROOMS
    day = event.starts_on + timedelta(days=turn % 2)
    starts = datetime.combine(day, clock_time(9), HELSINKI) + timedelta(minutes=45 * (turn // 2))
    texts = {f"title_{code}": f"Kaksisuuntainen kotoutuminen kunnissa {number}" for code in ("fi", "sv", "en")}
    texts |= {f"abstract_{code}": WORDS for code in ("fi", "sv", "en")}
    session = Session.objects.create(
        event=event, slug=f"session-{number}", room=room, format=kind, starts_at=starts,
        ends_at=starts + timedelta(minutes=40), is_ready=True, languages=["fi", "sv"][: 1 + number % 2], **texts,
    )  # fmt: skip
    session.themes.set(event.themes.all()[number % 3 : number % 3 + 1])
    speaker = Speaker.objects.create(
        event=event, name=f"Pia Puhuja {number}", email=f"pia.{number}@jarjesto.example", organisation="Järjestö",
        biography_fi=WORDS,
    )  # fmt: skip
    slot = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    SpeakerSlot.objects.create(session=session, speaker=speaker, **slot)


if __name__ == "__main__":
    main()
