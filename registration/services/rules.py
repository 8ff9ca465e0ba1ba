"""What every step shares: the refusals, the locks, and settling the pools afterwards."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.utils.translation import gettext_lazy as _

from events import clock, places
from events.models import Event, LogEntry, Place, Pool
from events.transitions import InvalidTransition, move
from events.transitions import Refusal as Refusal  # services.Refusal for every edge
from events.transitions import TooOften as TooOften
from registration import emails
from registration.models import Badge, Claim, Needs, Registration


class Closed(Refusal):
    """The window for this is not open."""

    message = _("Registration is closed.")


class NotPossible(Refusal):
    """This step does not fit the state of the registration."""

    message = InvalidTransition.message


class AlreadyRegistered(Refusal):
    """There is a live registration with this address; only organisers are told."""

    message = _("There is already a registration with this e-mail address.")

    def __init__(self, registration: Registration) -> None:
        super().__init__()
        self.registration = registration


class LinkUsed(Refusal):
    """A link that works once has been used or withdrawn."""

    message = _("This link has already been used or withdrawn.")


def lock_pools(event_id: int) -> list[Pool]:
    """All pools of the event's on-site places, locked first in every step, so that no two steps wait crosswise."""
    return places.lock(Pool.objects.of_days(event_id))


def lock_registration(pk: int) -> Registration:
    """The fresh row, locked until the transaction ends, with its event at hand."""
    rows = Registration.objects.select_related("event", "role").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=pk)


def lock(pk: int) -> tuple[list[Pool], Registration]:
    """Pools, then the row; offers that have died unnoticed lapse in between, this row's own among them."""
    event = Event.objects.get(registrations=pk)
    pools = lock_pools(event.pk)
    settle_lapsed(event, pools, at=clock.now())
    return pools, lock_registration(pk)


def terms(event: Event) -> places.Terms:
    """How this event offers places: never after the doors have opened, or if nobody said when, after the last day."""
    end = datetime.combine(event.ends_on + timedelta(days=1), time(), clock.HELSINKI)
    return places.Terms(event.offer_hours, event.doors_open_at or end)


def settle(event: Event, pools: Sequence[Pool], *, at: datetime) -> None:
    """Recount; let dead offers lapse and offer what is free; log and tell the people concerned."""
    if not pools:
        return
    changes = places.settle(pools, Registration, Claim, terms=terms(event), at=at)
    for registration in changes.lapsed:
        end_of_offer(registration, "offer lapsed", at=at)
    for registration in changes.offered:
        LogEntry.objects.record(registration, "place offered", by=None)
        emails.place_offered(registration)


def settle_lapsed(event: Event, pools: Sequence[Pool], *, at: datetime) -> None:
    """Settle only if an offer has died unnoticed: then its place belongs to the queue before anyone else."""
    if pools and Registration.objects.lapsed(at).filter(pools__in=pools).exists():
        settle(event, pools, at=at)


def end_of_offer(registration: Registration, action: str, *, at: datetime) -> None:
    """After an offer was declined or not answered: one who follows remotely meanwhile goes on doing so."""
    LogEntry.objects.record(registration, action, by=None)
    if registration.remote_meanwhile:
        make_remote(registration)
        move(registration, Place.Status.CONFIRMED)
        registration.ended_at = None
        registration.version += 1
        registration.save(update_fields=[*REMOTE_FIELDS, "status", "ended_at", "version"])
    emails.offer_ended(registration)


def end_quietly(registration: Registration, action: str) -> None:
    """End a locked registration of somebody who has another one, and its links; the caller settles and mails."""
    move(registration, Place.Status.CANCELLED)
    registration.ended_at = clock.now()
    registration.version += 1
    registration.link_version += 1
    registration.save(update_fields=["status", "ended_at", "version", "link_version"])
    Needs.objects.filter(registration=registration).delete()
    LogEntry.objects.record(registration, action, by=None)


REMOTE_FIELDS = [
    "attendance",
    "photo",
    "has_assistant",
    "seats",
    "remote_meanwhile",
    "queued_at",
    "offered_at",
    "offer_ends_at",
]


def make_remote(registration: Registration) -> None:
    """Take away what belongs to being on site; the caller saves REMOTE_FIELDS."""
    registration.attendance = Registration.Attendance.REMOTE
    registration.photo, registration.has_assistant, registration.seats = "", False, 1
    registration.remote_meanwhile = False
    registration.queued_at = registration.offered_at = registration.offer_ends_at = None
    registration.days.clear()
    registration.pools.clear()
    Badge.objects.filter(registration=registration, is_assistant=True).valid().update(revoked_at=clock.now())
