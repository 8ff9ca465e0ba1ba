"""Rooms, speakers and sessions of the programme for tests."""

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from events import clock
from events.models import Event, Pool
from programme import releases
from programme.models import Release, Room, Session, Speaker, SpeakerSlot
from tests.factories import at, make_format, make_theme

_numbers = itertools.count(1)


def make_room(event: Event, slug: str = "hall", **fields: Any) -> Room:
    """The great hall, or another one."""
    name = slug.capitalize()
    names = {"name_fi": f"{name} fi", "name_sv": f"{name} sv", "name_en": f"{name} en"}
    room: Room = event.rooms.get_or_create(slug=slug, defaults={**names, "seats": 100, **fields})[0]
    return room


def make_speaker(event: Event, **fields: Any) -> Speaker:
    """Somebody who speaks, in Finnish."""
    number = next(_numbers)
    given = {"name": f"Pia Puhuja {number}", "email": f"pia.{number}@jarjesto.example", "organisation": "Järjestö"}
    return Speaker.objects.create(event=event, **{**given, **fields})


def make_session(
    event: Event, *, speakers: Sequence[Speaker] = (), starts: str = "", minutes: int = 45, places: int | None = None,
    **fields: Any,
) -> Session:  # fmt: skip
    """A session that is ready, in three languages; with a slot when `starts` is given, with places when they are."""
    number = next(_numbers)
    words = {code: f"{word} {number}" for code, word in (("fi", "Istunto"), ("sv", "Session"), ("en", "Session en"))}
    given: dict[str, Any] = {f"title_{code}": word for code, word in words.items()}
    given |= {f"abstract_{code}": f"{word}: kuvaus" for code, word in words.items()}
    if starts:
        begins = at(starts)
        given |= {"starts_at": begins, "ends_at": begins + timedelta(minutes=minutes)}
    if places is not None:
        given["pool"] = Pool.objects.create(event=event, capacity=places, name_fi=f"Paikat {number}")
    given |= {"slug": f"session-{number}", "is_ready": True, "languages": ["fi"], "format": make_format(event)}
    session = Session.objects.create(event=event, **{**given, **fields})
    session.themes.set([make_theme(event)])
    for order, speaker in enumerate(speakers):
        SpeakerSlot.objects.create(
            session=session, speaker=speaker, order=order, starts_at=session.starts_at, ends_at=session.ends_at
        )
    return session


def move_session(session: Session, starts: str, *, room: Room | None = None) -> None:
    """To another time, and perhaps another room."""
    length = session.ends_at - session.starts_at
    session.starts_at, session.ends_at = at(starts), at(starts) + length
    session.room = room or session.room
    session.save(update_fields=["starts_at", "ends_at", "room"])
    session.speaker_slots.update(starts_at=session.starts_at, ends_at=session.ends_at)


def make_release(event: Event, **fields: Any) -> Release:
    """Everything that is ready, frozen as the event's next release; nobody is told."""
    last = releases.current(event)
    number = last.number + 1 if last else 1
    release = Release.objects.create(event=event, number=number, released_at=clock.now(), **fields)
    releases.freeze(release)
    return release
