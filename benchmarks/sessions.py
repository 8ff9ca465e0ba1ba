"""A programme of 150 sessions in ten rooms, with texts of the usual length, and 1,000 people who keep some of it."""

import random
from datetime import datetime, timedelta
from datetime import time as clock_time

from benchmarks import people
from events import clock
from events.clock import HELSINKI
from events.models import Event
from programme.models import Favourite, Format, Room, Session, Speaker, SpeakerSlot

SESSIONS, ROOMS, PEOPLE, MARKED = 150, 10, 1000, 3
WORDS = """
    kotoutuminen kunnat järjestöt työnantajat yhdessä osallisuus hyvinvointi vastaanottavuus koulutus mentorointi
    integration kommuner föreningar arbetsgivare tillsammans delaktighet utbildning handledning samhället praxis
    municipalities employers inclusion wellbeing receptiveness guidance learning language networks practice
"""


def text(seed: int, count: int) -> str:
    """So many words, others for each number."""
    return " ".join(random.Random(seed).choices(WORDS.split(), k=count)).capitalize() + "."


def make_programme(event: Event) -> None:
    """Two days, seven or eight slots a room and day; every session in three languages with a speaker of its own."""
    names = {"name_fi": "Luento", "name_sv": "Föreläsning", "name_en": "Lecture"}
    kind = Format.objects.get_or_create(event=event, slug="lecture", defaults=names)[0]
    rooms = [
        Room.objects.create(event=event, slug=f"r{n}", order=n, name_fi=f"Sali {n}", name_sv=f"Sal {n}")
        for n in range(ROOMS)
    ]
    for number in range(SESSIONS):
        make_session(event, number, rooms[number % ROOMS], kind)


def make_session(event: Event, number: int, room: Room, kind: Format) -> None:
    """The next free slot of its room."""
    turn = number // ROOMS
    day = event.starts_on + timedelta(days=turn % 2)
    starts = datetime.combine(day, clock_time(9), HELSINKI) + timedelta(minutes=45 * (turn // 2))
    texts = {f"title_{code}": f"Kaksisuuntainen kotoutuminen kunnissa {number}" for code in ("fi", "sv", "en")}
    texts |= {f"abstract_{code}": text(10 * number + n, 110) for n, code in enumerate(("fi", "sv", "en"))}
    session = Session.objects.create(
        event=event, slug=f"session-{number}", room=room, format=kind, starts_at=starts,
        ends_at=starts + timedelta(minutes=40), is_ready=True, languages=["fi", "sv"][: 1 + number % 2], **texts,
    )  # fmt: skip
    session.themes.set(event.themes.all()[number % 3 : number % 3 + 1])
    speaker = Speaker.objects.create(
        event=event, name=f"Pia Puhuja {number}", email=f"pia.{number}@jarjesto.example", organisation="Järjestö",
        biography_fi=text(10 * number + 5, 60),
    )  # fmt: skip
    slot = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    SpeakerSlot.objects.create(session=session, speaker=speaker, **slot)


def make_listeners(event: Event) -> None:
    """Registered people who have marked three sessions each."""
    sessions = list(Session.objects.for_event(event).values_list("pk", flat=True))
    at = clock.now()
    Favourite.objects.bulk_create(
        Favourite(registration_id=badge.registration_id, session_id=sessions[(number + 7 * n) % len(sessions)],
                  added_at=at)
        for number, badge in enumerate(people.many(event, PEOPLE)) for n in range(MARKED)
    )  # fmt: skip


def move_everything(event: Event) -> None:
    """Each session five minutes later, so that everybody is concerned."""
    for session in Session.objects.for_event(event).with_slot():
        assert session.starts_at
        assert session.ends_at
        session.starts_at += timedelta(minutes=5)
        session.ends_at += timedelta(minutes=5)
        session.save(update_fields=["starts_at", "ends_at"])
