"""Places reserved without a person: a link that somebody opens and registers on."""

from collections.abc import Sequence

from django.db import transaction

from events import clock, places
from events.models import Day, Event, LogEntry, Place, Role, User
from events.transitions import move
from registration import emails
from registration.models import Claim, Registration
from registration.services import rules
from registration.services.details import pools_of


def reserve(event: Event, role: Role, days: Sequence[Day], *, by: User | None, **words: str) -> Claim:
    """Keep a place for somebody who registers on it by a link."""
    [claim] = reserve_several(event, role, days, 1, by=by, **words)
    return claim


@transaction.atomic
def reserve_several(
    event: Event, role: Role, days: Sequence[Day], number: int, *, by: User | None, note: str = "", email: str = "",
    language: str = "fi",
) -> list[Claim]:  # fmt: skip
    """So many places, all of them or none; each has a link of its own, which is mailed if an address is given."""
    at = clock.now()
    pools = rules.lock_pools(event.pk)
    rules.settle_lapsed(event, pools, at=at)
    if {role.event_id, *(day.event_id for day in days)} != {event.pk}:
        raise rules.NotPossible
    needed = pools_of(days, pools) if role.needs_place else []
    if not places.fits(needed, number):
        raise places.NoPlaces
    fresh = [
        Claim(event=event, role=role, note=note, given_by=by, given_at=at, status=Place.Status.RESERVED)
        for _place in range(number)
    ]
    claims = Claim.objects.bulk_create(fresh)
    Claim.pools.through._default_manager.bulk_create(
        Claim.pools.through(claim=claim, pool=pool) for claim in claims for pool in needed
    )
    Claim.days.through._default_manager.bulk_create(
        Claim.days.through(claim=claim, day=day) for claim in claims for day in days
    )
    places.recount(needed, Registration, Claim)
    LogEntry.objects.record_all(claims, "place reserved", by=by, role=role.slug)
    if email:
        for claim in claims:
            emails.claim_link(claim, to=email, language=language)
    return claims


@transaction.atomic
def revoke_claim(claim_id: int, *, by: User | None) -> Claim:
    """Take back a place that nobody has registered on; the queue gets it."""
    at = clock.now()
    pools = rules.lock_pools(Claim.objects.values_list("event_id", flat=True).get(pk=claim_id))
    claim = Claim.objects.select_related("event").select_for_update(of=("self",)).get(pk=claim_id)
    move(claim, Place.Status.CANCELLED)
    claim.ended_at = at
    claim.link_version += 1
    claim.save(update_fields=["status", "ended_at", "link_version"])
    rules.settle(claim.event, pools, at=at)
    LogEntry.objects.record(claim, "reserved place taken back", by=by)
    return claim
