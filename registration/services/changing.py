"""What people change themselves, until the event ends: answers, attendance, address; and cancelling."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from events import clock, outbox, places
from events.models import Event, LogEntry, Place, Pool, User
from events.transitions import move
from registration import emails
from registration.models import Claim, Needs, Registration
from registration.services import rules
from registration.services.details import ROW_FIELDS, Details, ask_for_badge, pools_of, save_badges, save_needs

NEEDS_KEPT = timedelta(days=14)
CORRECTIONS = 5
SWITCH_FIELDS = ["sort_key", "attendance", "seats", "remote_meanwhile", "version"]
OFFER_FIELDS = ["status", "queued_at", "offered_at", "offer_ends_at"]


@transaction.atomic
def change(registration_id: int, details: Details, *, by: User | None) -> Registration:
    """Change the answers; attendance has its own steps, the address too.

    More days or an assistant are given only if places are free for them: nobody loses a confirmed place by asking.
    """
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    _refuse_late(registration, by)
    if not details.belongs_to(registration.event) or details.attendance != registration.attendance:
        raise rules.NotPossible  # a form opened before switching must not write what only concerns the venue
    if registration.event.needs_can_change(at) or by:
        save_needs(registration, details)
    details.write_to(registration)
    if registration.is_on_site:
        _change_seats(registration, details, pools, at=at)
    registration.version += 1
    registration.save(update_fields=[*ROW_FIELDS, "sort_key", "seats", "version", *OFFER_FIELDS])
    save_badges(registration)
    ask_for_badge(registration)
    rules.settle(registration.event, pools, at=at)
    registration.refresh_from_db()  # the queue may have come to this very registration
    LogEntry.objects.record(registration, "changed", by=by)
    emails.changed(registration)
    return registration


def _change_seats(registration: Registration, details: Details, pools: list[Pool], *, at: datetime) -> None:
    """Move the place to the pools of the new days, if it fits there together with its own present seats.

    Who waited and now needs no pool has nothing to wait for.
    """
    held = set(registration.pools.values_list("pk", flat=True))
    needed = pools_of(details.days, pools) if held or not registration.is_confirmed else []
    if registration.status in Place.TAKING:
        for pool in pools:
            pool.taken -= registration.seats if pool.pk in held else 0
        if not places.fits(needed, details.seats):
            raise places.NoPlaces
    registration.seats = details.seats
    registration.days.set(details.days)
    registration.pools.set(needed)
    if not needed:
        places.take(registration, needed, at=at)


def _refuse_late(registration: Registration, by: User | None) -> None:
    if not registration.is_live or not (by or registration.can_change(clock.now())):
        raise rules.NotPossible


@transaction.atomic
def switch_to_remote(registration_id: int, *, by: User | None) -> Registration:
    """Give up the on-site place, or the place in the queue, and take part remotely."""
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    _refuse_late(registration, by)
    if not registration.is_on_site:
        raise rules.NotPossible
    rules.make_remote(registration)
    registration.handovers.filter(ended_at=None).update(ended_at=at)
    registration.status = Place.Status.CONFIRMED
    registration.version += 1
    registration.save(update_fields=[*rules.REMOTE_FIELDS, "status", "version"])
    Needs.objects.filter(registration=registration).delete()
    rules.settle(registration.event, pools, at=at)
    LogEntry.objects.record(registration, "switched to remote", by=by)
    emails.changed(registration)
    return registration


@transaction.atomic
def switch_to_on_site(
    registration_id: int, details: Details, *, by: User | None, is_at_door: bool = False
) -> Registration:
    """Come to the venue after all: a place if one is free, else the end of the queue, remote meanwhile.

    For somebody who stands in the door no window is closed.
    """
    arrived_at = clock.now()
    pools, registration = rules.lock(registration_id)
    at = clock.now()  # the order of the queue is the order of the lock
    _refuse_late(registration, by)
    if not details.belongs_to(registration.event) or registration.event.is_virtual:
        raise rules.NotPossible
    if registration.is_on_site or not (by or is_at_door or registration.event.on_site_is_open(arrived_at)):
        raise rules.Closed
    details.write_to(registration)
    registration.attendance, registration.seats = Registration.Attendance.ON_SITE, details.seats
    needed = pools_of(details.days, pools) if registration.role.needs_place else []
    places.take(registration, needed, at=at)
    registration.remote_meanwhile = registration.is_waiting
    registration.version += 1
    registration.save(update_fields=[*ROW_FIELDS, *OFFER_FIELDS, *SWITCH_FIELDS])
    registration.days.set(details.days)
    registration.pools.set(needed)
    save_needs(registration, details)
    save_badges(registration)
    ask_for_badge(registration)
    places.recount(needed, Registration, Claim)
    LogEntry.objects.record(registration, "switched to on site", by=by, status=registration.status)
    emails.changed(registration)
    return registration


@transaction.atomic
def follow_remotely(registration_id: int, *, wanted: bool, by: User | None) -> Registration:
    """Take part remotely while waiting for a place, or stop doing so."""
    _, registration = rules.lock(registration_id)
    if registration.status not in {Place.Status.WAITING, Place.Status.OFFERED}:
        raise rules.NotPossible
    registration.remote_meanwhile = wanted
    registration.version += 1
    registration.save(update_fields=["remote_meanwhile", "version"])
    LogEntry.objects.record(registration, "remote meanwhile", by=by, wanted=wanted)
    emails.changed(registration)
    return registration


@transaction.atomic
def cancel(registration_id: int, *, by: User | None) -> Registration:
    """End a registration; what it held goes to the queue in the same moment. Cancelled twice is cancelled once."""
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    if not registration.is_live:
        return registration
    _refuse_late(registration, by)
    move(registration, Place.Status.CANCELLED)
    registration.ended_at = at
    registration.version += 1
    registration.save(update_fields=["status", "ended_at", "version"])
    Needs.objects.filter(registration=registration).delete()
    registration.handovers.filter(ended_at=None).update(ended_at=at)
    rules.settle(registration.event, pools, at=at)
    LogEntry.objects.record(registration, "cancelled", by=by)
    emails.cancelled(registration)
    return registration


def correct_address(registration_id: int, email: str, *, by: User | None) -> Registration:
    """Send the confirmation to the right address; the link that went to the wrong one dies.

    If the right address is registered already, the new registration ends and its owner gets the way to the old one.
    """
    try:
        with transaction.atomic():
            return _correct_address(registration_id, email, by=by)
    except IntegrityError:
        registration = Registration.objects.select_related("event").get(pk=registration_id)
        known = Registration.objects.for_event(registration.event).live().by_email(email).first()
        if known is None or known.pk == registration_id:
            raise
        if by:
            raise rules.AlreadyRegistered(known) from None
    with transaction.atomic():
        emails.already_registered(known)
        return _end_double(registration_id)


def _correct_address(registration_id: int, email: str, *, by: User | None) -> Registration:
    _, registration = rules.lock(registration_id)
    _refuse_late(registration, by)
    if registration.email.lower() == email.lower():
        return registration
    corrections = LogEntry.objects.about(registration).filter(action="address corrected", by=None)
    if not by and corrections.count() >= CORRECTIONS:
        raise rules.TooOften
    outbox.forget_unsent(registration)
    registration.email = email
    registration.link_version += 1
    registration.version += 1
    registration.save(update_fields=["email", "link_version", "version"])
    ask_for_badge(registration)
    LogEntry.objects.record(registration, "address corrected", by=by)
    emails.registered(registration)
    return registration


def _end_double(registration_id: int) -> Registration:
    """End the second registration of one person without a mail to the mistyped address."""
    pools, registration = rules.lock(registration_id)
    outbox.forget_unsent(registration)
    rules.end_quietly(registration, "ended as a double")
    rules.settle(registration.event, pools, at=clock.now())
    return registration


@transaction.atomic
def forget_needs(registration_id: int, *, by: User | None) -> Registration:
    """Withdraw the consent: the dietary and accessibility answers are deleted at once."""
    registration = rules.lock_registration(registration_id)
    Needs.objects.filter(registration=registration).delete()
    LogEntry.objects.record(registration, "needs forgotten", by=by)
    return registration


@transaction.atomic
def forget_needs_of_past_events() -> int:
    """Delete dietary and accessibility answers 14 days after the event, as the form promises; the number deleted."""
    last_day = clock.day_of(clock.now()) - NEEDS_KEPT
    total = 0
    for event in Event.objects.filter(ends_on__lte=last_day, registrations__needs__isnull=False).distinct():
        _, deleted = Needs.objects.filter(registration__event=event).delete()
        LogEntry.objects.record(event, "needs of the event forgotten", by=None, count=sum(deleted.values()))
        total += sum(deleted.values())
    return total


@transaction.atomic
def send_link(registration: Registration, *, by: User | None) -> None:
    """Mail the personal link again, with what belongs to it."""
    LogEntry.objects.record(registration, "link sent again", by=by)
    emails.link_again(registration)
