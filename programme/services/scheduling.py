"""Rooms and times: placing, swapping, taking out, cancelling. The speakers' times are written with the session's.

The database refuses that a room or a speaker is in two places. Its rules are deferred while a step writes and asked at
its end, so that two sessions can change places at once; a breach is told with what stands in the way.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import clock, dates
from events.models import Event, LogEntry, User
from events.transitions import Refusal
from programme.models import Room, Session, SpeakerSlot

STEP = 5  # minutes: all times of the schedule are multiples of it
CONSTRAINTS = ("session_room_is_free", "speaker_is_in_one_place")
Result = TypeVar("Result")


class RoomIsTaken(Refusal):
    """Another session is in the room at that time; the message names both."""

    def __init__(self, room: Room, other: Session) -> None:
        super().__init__(room, other)
        self.other = other
        self.message = gettext("%(room)s is taken: “%(session)s” is there %(when)s.") % {
            "room": room, "session": other, "when": span(other),
        }  # fmt: skip


class SpeakerIsElsewhere(Refusal):
    """A speaker would be in two sessions at once; the message names speaker and session."""

    def __init__(self, name: str, other: Session) -> None:
        super().__init__(name, other)
        self.other = other
        self.message = gettext("%(name)s is in another session then: “%(session)s”, %(when)s.") % {
            "name": name, "session": other, "when": span(other),
        }  # fmt: skip


class OutsideTheEvent(Refusal):
    """A slot begins and ends on one and the same day of the event."""

    message = _("A session begins and ends on one day of the event. Choose a time on one of its days.")


class AcrossTheClockChange(Refusal):
    """Clocks are changed while the session would go on: its times would mean two things."""

    message = _("Clocks are changed that night: choose a time that does not touch the hour of the change.")


class NotInSteps(Refusal):
    """The schedule has a grid."""

    message = _("Times of the schedule are multiples of five minutes.")


class EndsBeforeItBegins(Refusal):
    """A slot has a length."""

    message = _("A session ends after it begins.")


class OtherEvent(Refusal):
    """A room, or the other session, of another event."""

    message = _("This belongs to another event.")


class MovedMeanwhile(Refusal):
    """The slot is not the one that was shown."""

    message = _("Somebody else has moved this session meanwhile. Look at the schedule again.")


class NothingToSwap(Refusal):
    """Two sessions without a time, or one and the same."""

    message = _("Only two different sessions can change places, and one of them must have a time.")


class Cancelled(Refusal):
    """What is cancelled keeps its place in the programme, as cancelled."""

    message = _("The session is cancelled. Take it up again before you move it.")


class Slot(NamedTuple):
    """Where and when; nowhere and never is Slot(None, None, None)."""

    room_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None


NO_SLOT = Slot(None, None, None)


def slot_of(session: Session) -> Slot:
    """Its present slot."""
    return Slot(session.room_id, session.starts_at, session.ends_at)


def span(session: Session) -> str:
    """9.00–9.45, in the language's own form."""
    return dates.time_range(session.starts_at, session.ends_at) if session.starts_at else ""


# --- The steps --------------------------------------------------------------------------------------------------------
def place(
    session_id: int, room: Room | None, starts_at: datetime, ends_at: datetime, *, by: User | None,
    seen: Slot | None = None,
) -> Session:  # fmt: skip
    """Give a session a room and a time, with its speakers; `seen` is the slot it had when that was decided."""

    def step() -> Session:
        session = _locked(session_id, seen)
        _check(session.event, room, starts_at, ends_at)
        _write(session, Slot(room.pk if room else None, starts_at, ends_at), by=by)
        return session

    return _checked([session_id], step)


def unplace(session_id: int, *, by: User | None, seen: Slot | None = None) -> Session:
    """Take it out of the schedule: it waits for a slot again."""

    def step() -> Session:
        session = _locked(session_id, seen)
        _write(session, NO_SLOT, by=by)
        return session

    return _checked([session_id], step)


def swap(session_a: int, session_b: int, *, by: User | None, seen: tuple[Slot, Slot] | None = None) -> None:
    """Two sessions change rooms and beginnings in one step; each keeps its length.

    One of them may be without a slot: then it takes the other's, for as long as that lasted.
    """

    def step() -> None:
        if session_a == session_b:
            raise NothingToSwap
        first, second = _locked_pair(session_a, session_b, seen)
        if first.event_id != second.event_id:
            raise OtherEvent
        if first.starts_at is None and second.starts_at is None:
            raise NothingToSwap
        slots = _in_place_of(second, first), _in_place_of(first, second)
        for session, slot in zip((first, second), slots, strict=True):
            if slot.starts_at and slot.ends_at:
                _check(session.event, None, slot.starts_at, slot.ends_at)
            _write(session, slot, by=by)

    _checked([session_a, session_b], step)


def cancel(session_id: int, *, by: User | None) -> Session:
    """It stays visible in its slot, as cancelled; room and speakers are free."""

    def step() -> Session:
        session = _locked(session_id, None, may_be_cancelled=True)
        if session.cancelled_at is None:
            session.cancelled_at = clock.now()
            session.save(update_fields=["cancelled_at", "updated_at"])
            _follow(session)
            LogEntry.objects.record(session, "session cancelled", by=by)
        return session

    return _checked([session_id], step)


def take_up_again(session_id: int, *, by: User | None) -> Session:
    """It takes place after all, if room and speakers are still free."""

    def step() -> Session:
        session = _locked(session_id, None, may_be_cancelled=True)
        if session.cancelled_at is not None:
            session.cancelled_at = None
            session.save(update_fields=["cancelled_at", "updated_at"])
            _follow(session)
            LogEntry.objects.record(session, "session taken up again", by=by)
        return session

    return _checked([session_id], step)


def follow(session_id: int) -> None:
    """Speakers, or whether it lasts all day, have been edited: write the speakers' times anew."""

    def step() -> None:
        _follow(_locked(session_id, None, may_be_cancelled=True))

    _checked([session_id], step)


# --- What they share --------------------------------------------------------------------------------------------------
def _locked(session_id: int, seen: Slot | None, *, may_be_cancelled: bool = False) -> Session:
    """The fresh row. The event is locked first: one hand at a time moves its schedule, so nobody waits in a circle."""
    event_id = Session.objects.values_list("event_id", flat=True).get(pk=session_id)
    event = Event.objects.select_for_update(no_key=True).get(pk=event_id)
    session = Session.objects.select_for_update(no_key=True).get(pk=session_id)
    session.event = event
    if session.cancelled_at and not may_be_cancelled:
        raise Cancelled
    if seen is not None and seen != slot_of(session):
        raise MovedMeanwhile
    return session


def _locked_pair(session_a: int, session_b: int, seen: tuple[Slot, Slot] | None) -> tuple[Session, Session]:
    seen_by_key = dict(zip((session_a, session_b), seen, strict=True)) if seen else {}
    rows = {key: _locked(key, seen_by_key.get(key)) for key in sorted((session_a, session_b))}
    return rows[session_a], rows[session_b]


def _in_place_of(other: Session, session: Session) -> Slot:
    """The other's room and beginning for as long as this one lasts; without a length of its own, as long as that."""
    if other.starts_at is None or other.ends_at is None:
        return NO_SLOT
    own = session.ends_at - session.starts_at if session.starts_at and session.ends_at else None
    return Slot(other.room_id, other.starts_at, other.starts_at + own if own else other.ends_at)


def _check(event: Event, room: Room | None, starts_at: datetime, ends_at: datetime) -> None:
    """What the database does not know: the event's days, the grid, the night in which clocks are changed."""
    if room is not None and room.event_id != event.pk:
        raise OtherEvent
    if ends_at <= starts_at:
        raise EndsBeforeItBegins
    if any(moment.minute % STEP or moment.second or moment.microsecond for moment in (starts_at, ends_at)):
        raise NotInSteps
    begin, end = starts_at.astimezone(clock.HELSINKI), ends_at.astimezone(clock.HELSINKI)
    if begin.utcoffset() != end.utcoffset() or _means_two(begin) or _means_two(end):
        raise AcrossTheClockChange
    if begin.date() != end.date() or not event.days.filter(date=begin.date()).exists():
        raise OutsideTheEvent


def _means_two(moment: datetime) -> bool:
    """Whether the wall clock shows this time twice, as in the hour that is lived twice in October."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def _write(session: Session, slot: Slot, *, by: User | None) -> None:
    before = slot_of(session)
    session.room_id, session.starts_at, session.ends_at = slot
    session.save(update_fields=["room", "starts_at", "ends_at", "updated_at"])
    _follow(session)
    if before != slot:
        action = "taken out of the schedule" if slot == NO_SLOT else "put into the schedule"
        LogEntry.objects.record(session, action, by=by, before=_told(before), after=_told(slot))


def _told(slot: Slot) -> str:
    """For the log: 2024-11-14 09:00-09:45."""
    if slot.starts_at is None or slot.ends_at is None:
        return "–"
    begin, end = slot.starts_at.astimezone(clock.HELSINKI), slot.ends_at.astimezone(clock.HELSINKI)
    return f"{begin:%Y-%m-%d %H:%M}–{end:%H:%M}"


def _follow(session: Session) -> None:
    """Speakers are where the session is; one that lasts all day or is cancelled keeps nobody."""
    is_held = session.starts_at is not None and not session.is_all_day and session.cancelled_at is None
    times = (session.starts_at, session.ends_at) if is_held else (None, None)
    session.speaker_slots.update(starts_at=times[0], ends_at=times[1])


def _checked(keys: Iterable[int], step: Callable[[], Result]) -> Result:
    """Take a step with the rules asked at its end; a breach is a refusal in words, and nothing is written."""
    with transaction.atomic():
        _ask("DEFERRED")
        result = step()
        try:
            with transaction.atomic():  # a savepoint: what was written is still there to be looked at
                _ask("IMMEDIATE")
        except IntegrityError as error:
            raise _refusal(keys) from error
        _ask("DEFERRED")
    return result


def _ask(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {', '.join(CONSTRAINTS)} {when}")


def _refusal(keys: Iterable[int]) -> Refusal:
    """What stands in the way of these sessions, as they have just been written."""
    for session in Session.objects.filter(pk__in=list(keys)).select_related("room").order_by("pk"):
        if session.starts_at is None or session.ends_at is None:
            continue
        during = {"starts_at__lt": session.ends_at, "ends_at__gt": session.starts_at}
        others = Session.objects.filter(**during, is_all_day=False, cancelled_at=None).exclude(pk=session.pk)
        if session.room and (other := others.filter(room=session.room).first()):
            return RoomIsTaken(session.room, other)
        speakers = list(session.speaker_slots.values_list("speaker", flat=True))
        slots = SpeakerSlot.objects.filter(speaker__in=speakers, **during).exclude(session=session)
        if slot := slots.select_related("speaker", "session").first():
            return SpeakerIsElsewhere(slot.speaker.name, slot.session)
    return MovedMeanwhile()
