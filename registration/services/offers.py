"""Offers from the waiting list: accepted, declined, lapsed, or made by an organiser."""

from django.db import transaction

from events import clock, places
from events.models import Event, LogEntry, Place, Pool, User
from events.transitions import move
from registration import emails
from registration.models import Registration
from registration.services import rules
from registration.services.details import ask_for_badge


@transaction.atomic
def accept_offer(registration_id: int, *, by: User | None) -> Registration:
    """The place is theirs. Accepted twice is accepted once; too late is OfferEnded."""
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    if registration.has_badge:
        return registration
    places.accept(registration, at=at)
    registration.remote_meanwhile = False
    registration.version += 1
    registration.save(update_fields=["status", "remote_meanwhile", "version"])
    ask_for_badge(registration)
    rules.settle(registration.event, pools, at=at)
    LogEntry.objects.record(registration, "offer accepted", by=by)
    emails.registered(registration)
    return registration


@transaction.atomic
def decline_offer(registration_id: int, *, by: User | None) -> Registration:
    """The place goes to the next; who follows remotely meanwhile goes on doing so."""
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    if registration.status != Place.Status.OFFERED:
        return registration
    move(registration, Place.Status.DECLINED)
    registration.ended_at = at
    registration.save(update_fields=["status", "ended_at"])
    rules.end_of_offer(registration, "offer declined", at=at)
    rules.settle(registration.event, pools, at=at)
    return registration


@transaction.atomic
def offer_place(registration_id: int, *, by: User) -> Registration:
    """An organiser offers a free place to one who waits, out of turn."""
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    held = set(registration.pools.values_list("pk", flat=True))
    needed = [pool for pool in pools if pool.pk in held]
    places.offer_now(registration, needed, terms=rules.terms(registration.event), at=at)
    LogEntry.objects.record(registration, "place offered", by=by)
    emails.place_offered(registration)
    return registration


def lapse_offers() -> int:
    """Settle every event in which an offer has died or people wait beside a free place; the number of events."""
    at = clock.now()
    events = Event.objects.filter(
        pk__in=Registration.objects.filter(
            status__in=[Place.Status.WAITING, Place.Status.OFFERED], event__ends_on__gte=clock.day_of(at)
        ).values("event")
    )
    for event in events:
        with transaction.atomic():
            rules.settle(event, rules.lock_pools(event.pk), at=at)
    return len(events)


@transaction.atomic
def set_capacity(pool_id: int, capacity: int, *, by: User | None) -> Pool:
    """Change how many places there are; new ones are offered to the queue in the same moment."""
    event = Event.objects.get(pools=pool_id)
    pools = places.lock(Pool.objects.of_days(event.pk) | Pool.objects.filter(pk=pool_id))  # no day may use it yet
    pool = next(pool for pool in pools if pool.pk == pool_id)
    rules.settle_lapsed(event, pools, at=clock.now())
    if not Pool.objects.of_registrations().filter(pk=pool_id).exists():
        raise rules.NotPossible  # other rows than registrations hold its places, and are not counted here
    before = pool.capacity
    places.set_capacity(pool, capacity)
    rules.settle(event, pools, at=clock.now())
    LogEntry.objects.record(pool, "capacity changed", by=by, before=before, after=capacity)
    return pool
