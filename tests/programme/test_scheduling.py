"""Placing, swapping, cancelling: the database refuses clashes, the service says with what; days and clocks count."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from events.models import Event, LogEntry
from events.transitions import Refusal
from programme.models import Session, SpeakerSlot
from programme.services import scheduling
from programme.services.scheduling import Slot, place, slot_of, swap, unplace
from tests.factories import at, make_event
from tests.sessions import make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
NINE, TEN, ELEVEN = at("2024-11-14 09:00"), at("2024-11-14 10:00"), at("2024-11-14 11:00")


@pytest.fixture
def event() -> Event:
    return make_event()


def fresh(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


def times(session: Session) -> list[Any]:
    return list(session.speaker_slots.values_list("starts_at", "ends_at"))


def test_a_slot_and_the_times_of_its_speakers_are_written_together(event: Event):
    session = make_session(event, speakers=[make_speaker(event), make_speaker(event)])
    room = make_room(event)
    place(session.pk, room, NINE, TEN, by=None)
    assert slot_of(fresh(session)) == Slot(room.pk, NINE, TEN)
    assert times(session) == [(NINE, TEN), (NINE, TEN)]
    entry = LogEntry.objects.about(session).get()
    assert entry.details == {"before": "–", "after": "2024-11-14 09:00–10:00"}


def test_a_taken_room_is_refused_with_the_room_and_the_session_that_has_it(event: Event):
    room = make_room(event)
    first = make_session(event, room=room, starts="2024-11-14 09:30")
    second = make_session(event)
    with pytest.raises(scheduling.RoomIsTaken) as refused:
        place(second.pk, room, NINE, TEN, by=None)
    assert str(room) in refused.value.message
    assert str(first) in refused.value.message
    assert "9.30–10.15" in refused.value.message
    assert fresh(second).starts_at is None


def test_sessions_may_follow_each_other_without_a_pause(event: Event):
    room = make_room(event)
    first, second = make_session(event), make_session(event)
    place(first.pk, room, NINE, TEN, by=None)
    place(second.pk, room, TEN, ELEVEN, by=None)
    assert fresh(second).starts_at == TEN


def test_a_speaker_in_two_rooms_is_refused_by_name(event: Event):
    speaker = make_speaker(event, name="Pia Puhuja")
    first = make_session(event, speakers=[speaker], room=make_room(event), starts="2024-11-14 09:30")
    second = make_session(event, speakers=[speaker])
    with pytest.raises(scheduling.SpeakerIsElsewhere) as refused:
        place(second.pk, make_room(event, "studio"), NINE, TEN, by=None)
    assert "Pia Puhuja" in refused.value.message
    assert str(first) in refused.value.message
    assert times(second) == [(None, None)]


def test_without_the_service_the_database_itself_refuses_both_clashes(event: Event):
    speaker, room = make_speaker(event), make_room(event)
    make_session(event, speakers=[speaker], room=room, starts="2024-11-14 09:00")
    for where in ({"room": room}, {"speakers": [speaker]}):
        with pytest.raises(IntegrityError):
            _written_at_once(event, **where)


@transaction.atomic
def _written_at_once(event: Event, **where: Any) -> None:
    """Past the service; the rules are asked as at the end of a transaction."""
    make_session(event, starts="2024-11-14 09:30", **where)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_two_sessions_change_places_in_one_step_and_keep_their_lengths(event: Event):
    hall, studio = make_room(event), make_room(event, "studio")
    speaker = make_speaker(event)
    first = make_session(event, room=hall, starts="2024-11-14 09:00", minutes=60, speakers=[speaker])
    second = make_session(event, room=studio, starts="2024-11-14 10:00", minutes=30)
    swap(first.pk, second.pk, by=None)
    assert slot_of(fresh(first)) == Slot(studio.pk, TEN, ELEVEN)
    assert slot_of(fresh(second)) == Slot(hall.pk, NINE, NINE + timedelta(minutes=30))
    assert times(first) == [(TEN, ELEVEN)]


def test_the_same_time_with_the_same_speaker_can_be_swapped_because_rules_are_asked_at_the_end(event: Event):
    hall, studio, speaker = make_room(event), make_room(event, "studio"), make_speaker(event)
    first = make_session(event, room=hall, starts="2024-11-14 09:00", minutes=60, speakers=[speaker])
    second = make_session(event, room=studio, starts="2024-11-14 10:00", minutes=60, speakers=[speaker])
    swap(first.pk, second.pk, by=None)
    assert (times(first), times(second)) == ([(TEN, ELEVEN)], [(NINE, TEN)])


def test_a_session_without_a_slot_takes_the_place_of_another(event: Event):
    room = make_room(event)
    placed, waiting = make_session(event, room=room, starts="2024-11-14 09:00", minutes=60), make_session(event)
    swap(waiting.pk, placed.pk, by=None)
    assert slot_of(fresh(waiting)) == Slot(room.pk, NINE, TEN)
    assert slot_of(fresh(placed)) == scheduling.NO_SLOT


def test_a_swap_that_does_not_fit_is_refused_and_changes_nothing(event: Event):
    hall, studio = make_room(event), make_room(event, "studio")
    long = make_session(event, room=hall, starts="2024-11-14 09:00", minutes=90)
    short = make_session(event, room=studio, starts="2024-11-14 10:00", minutes=30)
    behind = make_session(event, room=studio, starts="2024-11-14 10:30", minutes=30)
    with pytest.raises(scheduling.RoomIsTaken) as refused:
        swap(long.pk, short.pk, by=None)
    assert refused.value.other == behind
    assert fresh(long).room == hall
    assert fresh(short).room == studio


def test_nothing_is_swapped_with_itself_or_without_any_slot(event: Event):
    session, other = make_session(event, starts="2024-11-14 09:00"), make_session(event)
    with pytest.raises(scheduling.NothingToSwap):
        swap(session.pk, session.pk, by=None)
    with pytest.raises(scheduling.NothingToSwap):
        swap(other.pk, make_session(event).pk, by=None)


@pytest.mark.parametrize(
    ("starts", "ends", "why"),
    [
        ("2024-11-13 09:00", "2024-11-13 10:00", scheduling.OutsideTheEvent),
        ("2024-11-16 09:00", "2024-11-16 10:00", scheduling.OutsideTheEvent),
        ("2024-11-14 23:30", "2024-11-15 00:30", scheduling.OutsideTheEvent),
        ("2024-11-14 10:00", "2024-11-14 10:00", scheduling.EndsBeforeItBegins),
        ("2024-11-14 10:00", "2024-11-14 09:00", scheduling.EndsBeforeItBegins),
        ("2024-11-14 10:02", "2024-11-14 10:30", scheduling.NotInSteps),
    ],
)
def test_a_slot_is_on_one_day_of_the_event_and_on_the_grid(event: Event, starts: str, ends: str, why: type[Refusal]):
    session = make_session(event)
    with pytest.raises(why) as refused:
        place(session.pk, None, at(starts), at(ends), by=None)
    assert str(refused.value.message)
    assert fresh(session).starts_at is None


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        ("2024-10-27", "2024-10-27 02:30", "2024-10-27 04:30"),  # 3 o'clock comes twice
        ("2024-10-27", "2024-10-27 03:15", "2024-10-27 03:45"),
        ("2025-03-30", "2025-03-30 02:30", "2025-03-30 04:30"),  # 3 o'clock never comes
    ],
)
def test_a_slot_across_the_night_in_which_clocks_change_is_refused(event: Event, day: str, starts: str, ends: str):
    event.days.create(date=day)
    session = make_session(event)
    with pytest.raises(scheduling.AcrossTheClockChange):
        place(session.pk, None, at(starts), at(ends), by=None)
    place(session.pk, None, at(f"{day} 09:00"), at(f"{day} 10:00"), by=None)


def test_a_room_of_another_event_is_refused(event: Event):
    session, room = make_session(event), make_room(make_event(slug="2020", is_current=False))
    with pytest.raises(scheduling.OtherEvent):
        place(session.pk, room, NINE, TEN, by=None)


def test_what_somebody_else_has_moved_meanwhile_is_not_moved_unseen(event: Event):
    session = make_session(event, starts="2024-11-14 09:00")
    seen = slot_of(session)
    place(session.pk, None, TEN, ELEVEN, by=None)
    with pytest.raises(scheduling.MovedMeanwhile):
        unplace(session.pk, by=None, seen=seen)
    assert fresh(session).starts_at == TEN


def test_what_is_taken_out_frees_room_and_speakers(event: Event):
    room, speaker = make_room(event), make_speaker(event)
    session = make_session(event, room=room, starts="2024-11-14 09:00", speakers=[speaker])
    unplace(session.pk, by=None)
    assert (slot_of(fresh(session)), times(session)) == (scheduling.NO_SLOT, [(None, None)])
    other = make_session(event, speakers=[speaker])
    place(other.pk, room, NINE, TEN, by=None)


def test_all_day_items_share_room_and_speakers_with_sessions(event: Event):
    room, speaker = make_room(event), make_speaker(event)
    films = make_session(event, is_all_day=True, speakers=[speaker])
    place(films.pk, room, NINE, at("2024-11-14 16:00"), by=None)
    assert times(films) == [(None, None)]
    session = make_session(event, speakers=[speaker])
    place(session.pk, room, NINE, TEN, by=None)


def test_a_cancelled_session_keeps_its_slot_but_nobody_in_it(event: Event):
    room, speaker = make_room(event), make_speaker(event)
    session = make_session(event, room=room, starts="2024-11-14 09:00", speakers=[speaker])
    scheduling.cancel(session.pk, by=None)
    cancelled = fresh(session)
    assert (cancelled.is_cancelled, cancelled.starts_at, times(session)) == (True, NINE, [(None, None)])
    with pytest.raises(scheduling.Cancelled):
        place(session.pk, room, TEN, ELEVEN, by=None)
    other = make_session(event, speakers=[speaker])
    place(other.pk, room, NINE, TEN, by=None)
    with pytest.raises(scheduling.RoomIsTaken):
        scheduling.take_up_again(session.pk, by=None)
    unplace(other.pk, by=None)
    scheduling.take_up_again(session.pk, by=None)
    assert times(session) == [(NINE, at("2024-11-14 09:45"))]


def test_a_speaker_who_is_added_later_is_held_by_the_slot_too(event: Event):
    speaker = make_speaker(event)
    make_session(event, starts="2024-11-14 09:00", speakers=[speaker])
    other = make_session(event, starts="2024-11-14 09:30")
    SpeakerSlot.objects.create(session=other, speaker=speaker)
    with pytest.raises(scheduling.SpeakerIsElsewhere):
        scheduling.follow(other.pk)
    assert times(other) == [(None, None)]
