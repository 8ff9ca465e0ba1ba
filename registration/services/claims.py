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


@transaction.atomic
def reserve(
    event: Event,
    role: Role,
    days: Sequence[Day],
    *,
    by: User | None,
    note: str = "",
    email: str = "",
    language: str = "fi",
) -> Claim:
    """Keep a place for somebody who registers on it by a link; the link is mailed if an address is given."""
    at = clock.now()
    pools = rules.lock_pools(event.pk)
    rules.settle_lapsed(event, pools, at=at)
    if {role.event_id, *(day.event_id for day in days)} != {event.pk}:
        raise rules.NotPossible
    needed = pools_of(days, pools) if role.needs_place else []
    if not places.fits(needed, 1):
        raise places.NoPlaces
    claim = Claim.objects.create(
        event=event, role=role, note=note, given_by=by, given_at=at, status=Place.Status.RESERVED
    )
    claim.pools.add(*needed)
    claim.days.add(*days)
    places.recount(needed, Registration, Claim)
    LogEntry.objects.record(claim, "place reserved", by=by, role=role.slug)
    if email:
        emails.claim_link(claim, to=email, language=language)
    return claim


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
