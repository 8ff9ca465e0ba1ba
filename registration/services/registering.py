"""Registering: by the person, by an organiser, or on a reserved place."""

import uuid
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction

from events import clock, places
from events.models import Event, LogEntry, Place, Pool, Role, User
from events.transitions import move
from registration import emails
from registration.models import Claim, Needs, Registration
from registration.services import rules
from registration.services.details import Details, add_badges, ask_for_badge, pools_of

Source = Claim | Registration


class Outcome(NamedTuple):
    """The registration; whether this call made it; whether this form has made it, now or when it was sent before."""

    registration: Registration
    is_new: bool
    is_own: bool


def register(
    event: Event,
    details: Details,
    *,
    form_key: uuid.UUID,
    by: User | None,
    role: Role | None = None,
    source: Source | None = None,
    is_corrected: bool = False,
    is_at_door: bool = False,
) -> Outcome:
    """Register a person; the same form sent again for the same address is the same registration.

    A known address gets a mail with the way to its registration, and nothing is made. An organiser (`by`) is not bound
    by the windows and is told about a known address by AlreadyRegistered; so is one who takes over a locked `source`:
    a reserved place or a colleague's; so is a newcomer at the door, who takes no place of the pools. `is_corrected`
    makes a registration whose first address was a known one look like one whose address was corrected, so that nobody
    can tell the difference.
    """
    key = key_of(event, details, form_key)
    try:
        with transaction.atomic():
            registration = _register(
                event,
                details,
                key=key,
                by=by,
                role=role,
                source=source,
                version=1 if is_corrected else 0,
                is_at_door=is_at_door,
            )
            return Outcome(registration, is_new=True, is_own=True)
    except IntegrityError as clash:
        known = _find_known(event, details.email, key)
        if known is None:
            raise
        if known.form_key == key:
            return Outcome(known, is_new=False, is_own=True)
        if by or source or is_at_door:
            raise rules.AlreadyRegistered(known) from clash
        with transaction.atomic():
            emails.already_registered(known)
        return Outcome(known, is_new=False, is_own=False)


def key_of(event: Event, details: Details, form_key: uuid.UUID) -> uuid.UUID:
    """A form that comes back with another person's address is another registration."""
    return uuid.uuid5(form_key, f"{event.pk}:{details.email.lower()}")


def register_on(source: Source, details: Details, *, form_key: uuid.UUID) -> Registration:
    """Register on a locked place, with its days and its role, until the event is over.

    A form that has already made another registration cannot take it too.
    """
    if clock.day_of(clock.now()) > source.event.ends_on:
        raise rules.LinkUsed
    attendance = Registration.Attendance.REMOTE if source.event.is_virtual else Registration.Attendance.ON_SITE
    details = replace(details, attendance=attendance, days=list(source.days.all()))
    outcome = register(source.event, details, form_key=form_key, by=None, source=source)
    if not outcome.is_new:
        raise rules.NotPossible
    if outcome.registration.is_waiting:  # with an assistant it needs a second seat, and there is none
        raise places.NoPlaces
    return outcome.registration


def _find_known(event: Event, email: str, key: uuid.UUID) -> Registration | None:
    by_key = Registration.objects.filter(form_key=key).first()
    return by_key or Registration.objects.for_event(event).live().by_email(email).first()


def _register(
    event: Event,
    details: Details,
    *,
    key: uuid.UUID,
    by: User | None,
    role: Role | None,
    source: Source | None,
    version: int,
    is_at_door: bool,
) -> Registration:
    arrived_at = clock.now()  # in time is in time, however long the wait for the lock
    pools = rules.lock_pools(event.pk) if details.is_on_site else []
    at = clock.now()  # the order of the queue is the order of the lock: a place once told in a mail stays true
    rules.settle_lapsed(event, pools, at=at)
    check_window(event, details, at=arrived_at, is_invited=bool(by or source or is_at_door))
    role = role or (source.role if source else participant_role(event))
    registration = Registration(event=event, role=role, form_key=key, registered_at=at, registered_by=by)
    registration.attendance, registration.seats = details.attendance, details.seats
    registration.privacy_version = details.privacy_version
    registration.email, registration.language, registration.version = details.email, details.language, version
    details.write_to(registration)
    needed = [] if is_at_door else _needed_pools(registration, details, source, pools)
    if source:
        _step_aside(source, needed)
    places.take(registration, needed, at=at)
    registration.remote_meanwhile = details.remote_meanwhile and registration.is_waiting
    _save(registration, details, needed)
    if source:
        _pass_on(source, registration, at=at)
    places.recount(needed, Registration, Claim)
    LogEntry.objects.record(registration, "registered", by=by, status=registration.status)
    emails.registered(registration, days=details.days)
    return registration


def check_window(event: Event, details: Details, *, at: datetime, is_invited: bool) -> None:
    """Refuse outside the window of this kind of attendance, inclusive as shown; and rows of another event."""
    if not details.belongs_to(event):
        raise rules.NotPossible
    is_open = event.on_site_is_open(at) if details.is_on_site else event.remote_is_open(at)
    if not is_open and not is_invited:
        raise rules.Closed


def participant_role(event: Event) -> Role:
    """The role of one who simply registers; an event without it cannot take registrations yet."""
    role = event.roles.filter(slug="participant").first()
    if role is None:
        raise rules.Closed
    return role


def _needed_pools(registration: Registration, details: Details, source: Source | None, pools: list[Pool]) -> list[Pool]:
    """A place passed on needs the pools it had; else the pools of the days, if the role counts at all."""
    if source:
        held = set(source.pools.values_list("pk", flat=True))
        return [pool for pool in pools if pool.pk in held]
    return pools_of(details.days, pools) if registration.role.needs_place else []


def _step_aside(source: Source, needed: list[Pool]) -> None:
    """The place passed on makes room for its taker, under the lock; the recount stores the truth."""
    for pool in needed:
        pool.taken -= source.seats


def _save(registration: Registration, details: Details, needed: list[Pool]) -> None:
    """The row and all that hangs on it, one statement each."""
    registration.save(force_insert=True)
    registration.days.add(*details.days)
    registration.pools.add(*needed)
    if details.has_needs:
        words = {"dietary": details.dietary or "", "accessibility": details.accessibility or ""}
        Needs.objects.create(registration=registration, consented_at=registration.registered_at, **words)
    if registration.is_on_site:
        add_badges(registration, {False, True} if registration.has_assistant else {False})
    ask_for_badge(registration)


def _pass_on(source: Source, registration: Registration, *, at: datetime) -> None:
    move(source, Place.Status.PASSED_ON)
    source.ended_at = at
    if isinstance(source, Claim):
        source.registration = registration
        source.save(update_fields=["status", "ended_at", "registration"])
    else:
        source.version += 1
        source.save(update_fields=["status", "ended_at", "version"])
