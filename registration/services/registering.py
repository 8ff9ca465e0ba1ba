"""Registering: by the person, by an organiser, or on a reserved place."""

import uuid
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
    """The registration, and whether this call made it."""

    registration: Registration
    is_new: bool


def register(
    event: Event,
    details: Details,
    *,
    form_key: uuid.UUID,
    by: User | None,
    role: Role | None = None,
    source: Source | None = None,
) -> Outcome:
    """Register a person; the same form sent again is the same registration.

    A known address gets a mail with the way to its registration, and nothing is made. An organiser (`by`) is not bound
    by the windows and is told about a known address by AlreadyRegistered; so is one who takes over a locked `source`:
    a reserved place or a colleague's.
    """
    try:
        with transaction.atomic():
            return Outcome(_register(event, details, form_key=form_key, by=by, role=role, source=source), True)
    except IntegrityError as clash:
        known = _find_known(event, details.email, form_key)
        if known is None:
            raise
        if known.form_key == form_key:
            return Outcome(known, False)
        if by or source:
            raise rules.AlreadyRegistered(known) from clash
        with transaction.atomic():
            emails.already_registered(known)
        return Outcome(known, False)


def register_on(source: Source, details: Details, *, form_key: uuid.UUID) -> Registration:
    """Register on a locked place; a form that has already made another registration cannot take it too.

    Nobody waits for a place that was passed on: with an assistant, a second seat must be free.
    """
    outcome = register(source.event, details, form_key=form_key, by=None, source=source)
    if not outcome.is_new:
        raise rules.NotPossible
    if outcome.registration.is_waiting:
        raise places.NoPlaces
    return outcome.registration


def _find_known(event: Event, email: str, form_key: uuid.UUID) -> Registration | None:
    by_key = Registration.objects.filter(form_key=form_key).first()
    return by_key or Registration.objects.for_event(event).live().by_email(email).first()


def _register(
    event: Event, details: Details, *, form_key: uuid.UUID, by: User | None, role: Role | None, source: Source | None
) -> Registration:
    arrived_at = clock.now()  # in time is in time, however long the wait for the lock
    pools = rules.lock_pools(event.pk) if details.is_on_site else []
    at = clock.now()  # the order of the queue is the order of the lock: a place once told in a mail stays true
    rules.settle_lapsed(event, pools, at=at)
    check_window(event, details, at=arrived_at, is_invited=bool(by or source))
    role = role or (source.role if source else participant_role(event))
    registration = Registration(event=event, role=role, form_key=form_key, registered_at=at, registered_by=by)
    registration.attendance, registration.seats = details.attendance, details.seats
    registration.privacy_version = details.privacy_version
    registration.email = details.email
    details.write_to(registration)
    needed = _needed_pools(registration, details, source, pools)
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
    """The role of one who simply registers."""
    return event.roles.get(slug="participant")


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
        Needs.objects.create(registration=registration, **details.needs)
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
