"""Places in sessions: signing up with one's registration, the waiting list, offers, and the door's list of names.

The same mechanism as the places of the event (`events.places`). Locks are taken in one order: the session's pool, the
registration, then the booking; a person's own bookings are looked at under the lock of the registration, so that two
steps of one person cannot book two sessions of the same time.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events import clock, places
from events.models import Event, LogEntry, Place, Pool, User
from events.transitions import Refusal, move
from programme import emails_notices, releases
from programme.models import Booking, ReleasedSession, Session
from registration import services as registration_services
from registration.models import CheckInList, Registration

LIST_NAME = 80


class NotBookable(Refusal):
    """There is nothing to sign up for: no places, not published, cancelled, or it has begun."""

    message = gettext_lazy("You cannot sign up for this session: it has begun, is cancelled, or needs no signing up.")


class NotComing(Refusal):
    """Places in rooms are for those who have a place at the venue."""

    message = gettext_lazy("A place in a session needs a confirmed registration on site.")


class Overlap(Refusal):
    """Nobody is in two places at once."""

    def __init__(self, title: str) -> None:
        super().__init__()
        text = _("You have signed up for “%(title)s”, which takes place at the same time. Give that up first.")
        self.message = text % {"title": title}


# --- The steps --------------------------------------------------------------------------------------------------------
@transaction.atomic
def book(registration_id: int, session_id: int, *, by: User | None) -> Booking:
    """A place if one is free, else the end of the waiting list. Booked twice is booked once."""
    session, pools, registration = _lock(registration_id, session_id)
    at = clock.now()
    row = _published(session)
    if row is None or not pools or not is_open(row, at):
        raise NotBookable
    _settle(session, pools, row, at=at, only_if_lapsed=True)
    known = _live(registration, session)
    if known:
        return known
    if not registration.has_badge:
        raise NotComing
    _refuse_overlap(registration, row)
    booking = Booking(event=session.event, session=session, registration=registration, booked_at=at)
    booking.seats = registration.seats
    places.take(booking, pools, at=at)
    booking.save(force_insert=True)
    booking.pools.add(*pools)
    places.recount(pools, Booking)
    _keep_list(booking, by=by)
    LogEntry.objects.record(registration, "signed up for a session", by=by, number=session.pk, status=booking.status)
    emails_notices.booked(booking, row)
    return booking


@transaction.atomic
def cancel_booking(registration_id: int, session_id: int, *, by: User | None) -> Booking | None:
    """Give the place, or the place in the queue, up; it goes to the next. None when there is none any more."""
    session, pools, registration = _lock(registration_id, session_id)
    booking = _live(registration, session)
    if booking is None:
        return None
    _end(booking, Place.Status.CANCELLED, by=by)
    LogEntry.objects.record(registration, "place in a session given up", by=by, number=session.pk)
    emails_notices.cancelled(booking, _shown(session))
    _settle(session, pools, _published(session), at=clock.now())
    return booking


@transaction.atomic
def accept_booking(registration_id: int, session_id: int, *, by: User | None) -> Booking:
    """The offered place is theirs. Accepted twice is accepted once; too late is OfferEnded."""
    session, pools, registration = _lock(registration_id, session_id)
    at, row = clock.now(), _published(session)
    booking = _latest(registration, session)
    if booking.is_confirmed:
        return booking
    if not is_open(row, at):
        raise NotBookable
    places.accept(booking, at=at)
    booking.version += 1
    booking.save(update_fields=["status", "version"])
    _keep_list(booking, by=by)
    _settle(session, pools, row, at=at)
    LogEntry.objects.record(registration, "place in a session accepted", by=by, number=session.pk)
    emails_notices.booked(booking, _shown(session))
    return booking


@transaction.atomic
def decline_booking(registration_id: int, session_id: int, *, by: User | None) -> Booking:
    """The offered place goes to the next."""
    session, pools, registration = _lock(registration_id, session_id)
    booking = _latest(registration, session)
    if booking.status != Place.Status.OFFERED:
        return booking
    _end(booking, Place.Status.DECLINED, by=by)
    LogEntry.objects.record(registration, "place in a session declined", by=by, number=session.pk)
    emails_notices.offer_ended(booking, _shown(session))
    _settle(session, pools, _published(session), at=clock.now())
    return booking


def settle_sessions() -> int:
    """End the places of those who no longer come, let dead offers lapse, offer what is free; how many sessions."""
    at = clock.now()
    live = Booking.objects.live().filter(event__ends_on__gte=clock.day_of(at))
    gone = live.exclude(registration__status=Place.Status.CONFIRMED, registration__attendance="on_site")
    for registration_id, session_id in gone.order_by("session", "pk").values_list("registration", "session"):
        cancel_booking(registration_id, session_id, by=None)
    wanting = live.filter(status__in=[Place.Status.WAITING, Place.Status.OFFERED])
    keys = sorted(set(wanting.order_by().values_list("session", flat=True)))
    for session in Session.objects.select_related("event").filter(pk__in=keys).order_by("pk"):
        with transaction.atomic():
            _settle(session, _pools(session), _published(session), at=at)
    return len(keys)


@transaction.atomic
def set_places(session_id: int, capacity: int, *, by: User | None) -> Pool:
    """Give a session limited places, or change how many; new ones are offered to the queue in the same moment."""
    session = Session.objects.select_related("event", "pool").select_for_update(of=("self",)).get(pk=session_id)
    if session.pool is None:
        names = {f"name_{code}": getattr(session, f"title_{code}") or str(session) for code in ("fi", "sv", "en")}
        names = {name: value[:120] for name, value in names.items()}
        session.pool = Pool.objects.create(event=session.event, capacity=capacity, **names)
        session.save(update_fields=["pool"])
    pools = _pools(session)
    before = pools[0].capacity
    places.set_capacity(pools[0], capacity)
    _settle(session, pools, _published(session), at=clock.now())
    LogEntry.objects.record(pools[0], "capacity changed", by=by, before=before, after=capacity)
    return pools[0]


# --- What the steps share ---------------------------------------------------------------------------------------------
def is_open(row: ReleasedSession | None, at: datetime) -> bool:
    """Whether one may sign up: it is public, takes place, and has not begun."""
    return row is not None and not row.is_cancelled and (row.starts_at is None or at < row.starts_at)


def _lock(registration_id: int, session_id: int) -> tuple[Session, list[Pool], Registration]:
    session = Session.objects.select_related("event").get(pk=session_id)
    pools = _pools(session)
    rows = Registration.objects.select_related("event").select_for_update(of=("self",), no_key=True)
    registration = rows.get(pk=registration_id, event=session.event_id)
    return session, pools, registration


def _pools(session: Session) -> list[Pool]:
    return places.lock(Pool.objects.filter(pk=session.pool_id)) if session.pool_id else []


def _published(session: Session) -> ReleasedSession | None:
    """As everybody sees it now."""
    release = releases.current(session.event)
    rows = ReleasedSession.objects.filter(release=release, session=session).defer("words_fi", "words_sv", "words_en")
    return rows.select_related("room").first() if release else None


def _shown(session: Session) -> ReleasedSession:
    """As it was last public: one can give up a place in what has been removed."""
    rows = ReleasedSession.objects.filter(session=session).defer("words_fi", "words_sv", "words_en")
    return rows.select_related("room").latest("release__number")


def _live(registration: Registration, session: Session) -> Booking | None:
    return _rows(registration, session).filter(status__in=Place.LIVE).first()


def _latest(registration: Registration, session: Session) -> Booking:
    """What is live, else what was last."""
    booking = _live(registration, session) or _rows(registration, session).order_by("-pk").first()
    if booking is None:
        raise NotBookable
    return booking


def _rows(registration: Registration, session: Session) -> Any:
    rows = Booking.objects.of_registration(registration).filter(session=session)
    return rows.select_related("event", "session", "registration__event").select_for_update(of=("self",), no_key=True)


def _refuse_overlap(registration: Registration, row: ReleasedSession | None) -> None:
    """Against everything that the person holds or waits for, by the times that are public."""
    if row is None or row.starts_at is None or row.ends_at is None:
        return
    held = Booking.objects.of_registration(registration).live().exclude(session=row.session_id)
    rows = ReleasedSession.objects.filter(release=row.release_id, session__in=held.values("session"))
    clash = rows.filter(is_cancelled=False, starts_at__lt=row.ends_at, ends_at__gt=row.starts_at).first()
    if clash:
        raise Overlap(clash.documents[(get_language() or "fi")[:2]]["title"])


def terms(session: Session, row: ReleasedSession | None) -> places.Terms:
    """Places are offered until the session begins; nothing is offered of what is cancelled or not public."""
    end = datetime.combine(session.event.ends_on + timedelta(days=1), time(), clock.HELSINKI)
    if row is None or row.is_cancelled:
        return places.Terms(session.event.offer_hours, datetime.min.replace(tzinfo=clock.HELSINKI))
    return places.Terms(session.event.offer_hours, row.starts_at or end)


def _settle(
    session: Session, pools: list[Pool], row: ReleasedSession | None, *, at: datetime, only_if_lapsed: bool = False
) -> None:
    """Recount, let dead offers lapse, offer what is free, and tell the people concerned."""
    if not pools or (only_if_lapsed and not Booking.objects.lapsed(at).filter(pools__in=pools).exists()):
        return
    changes = places.settle(pools, Booking, terms=terms(session, row), at=at)
    for booking in changes.lapsed:
        _raise(booking)
        LogEntry.objects.record(booking.registration, "offer lapsed", by=None, number=session.pk)
        emails_notices.offer_ended(booking, _shown(session))
    for booking in changes.offered:
        _raise(booking)
        LogEntry.objects.record(booking.registration, "place in a session offered", by=None, number=session.pk)
        emails_notices.place_offered(booking, _shown(session))


def _raise(booking: Booking) -> None:
    """Each mail about a booking has a version of its own."""
    booking.version += 1
    booking.save(update_fields=["version"])


def _end(booking: Booking, status: str, *, by: User | None) -> None:
    move(booking, status)
    booking.ended_at = clock.now()
    booking.version += 1
    booking.save(update_fields=["status", "ended_at", "version"])
    _keep_list(booking, by=by)


# --- The door ---------------------------------------------------------------------------------------------------------
def _keep_list(booking: Booking, *, by: User | None) -> None:
    """The door's list of the session admits those who have a place, and nobody else."""
    if booking.is_confirmed:
        registration_services.put_on_list(_list_of(booking.session), [booking.registration_id], by=by)
    elif booking.session.check_in_list_id:
        registration_services.take_off_list(booking.session.check_in_list_id, [booking.registration_id], by=by)


def _list_of(session: Session) -> int:
    """The session's list; the first place in it makes one. The event's lock keeps the lists' numbers apart."""
    Event.objects.select_for_update(no_key=True).get(pk=session.event_id)
    session.refresh_from_db(fields=["check_in_list"])
    if session.check_in_list_id is None:
        session.check_in_list = CheckInList.objects.create(
            event=session.event, has_names_only=True,
            **{f"name_{code}": (getattr(session, f"title_{code}") or str(session))[:LIST_NAME]
               for code in ("fi", "sv", "en")},
        )  # fmt: skip
        session.save(update_fields=["check_in_list"])
    assert session.check_in_list_id
    return session.check_in_list_id
