"""The waiting list of a webinar: offers accepted, declined, lapsed; and how many places there are."""

from django.db import transaction

from events import clock, places
from events.models import LogEntry, Place, Pool, User
from webinars import emails
from webinars.models import SignUp, Webinar
from webinars.services import rules
from webinars.services.signing_up import end


@transaction.atomic
def accept_offer(sign_up_id: int, *, by: User | None) -> SignUp:
    """The place is theirs. Accepted twice is accepted once; too late is OfferEnded."""
    webinar, pools, row = rules.lock(sign_up_id)
    if row.is_confirmed:
        return row
    at = clock.now()
    places.accept(row, at=at)
    row.version += 1
    row.told_at = at
    row.save(update_fields=["status", "version", "told_at"])
    rules.settle(webinar, pools, at=at)
    LogEntry.objects.record(row, "offer accepted", by=by)
    emails.signed_up([row])
    return row


@transaction.atomic
def decline_offer(sign_up_id: int, *, by: User | None) -> SignUp:
    """The place goes to the next."""
    webinar, pools, row = rules.lock(sign_up_id)
    if row.status != Place.Status.OFFERED:
        return row
    at = clock.now()
    end(row, Place.Status.DECLINED, at=at)
    LogEntry.objects.record(row, "offer declined", by=by)
    emails.offer_ended(row)
    rules.settle(webinar, pools, at=at)
    return row


def lapse_offers() -> int:
    """Settle every webinar in which an offer may have died or people may wait beside a free place; how many."""
    at = clock.now()
    wanting = SignUp.objects.filter(status__in=[Place.Status.WAITING, Place.Status.OFFERED])
    keys = sorted(set(wanting.filter(webinar__ends_at__gt=at).order_by().values_list("webinar", flat=True)))
    for key in keys:
        with transaction.atomic():
            webinar = rules.lock_webinar(key)
            rules.settle(webinar, rules.pools_of(webinar), at=at)
    return len(keys)


@transaction.atomic
def set_places(webinar_id: int, capacity: int, *, by: User | None) -> Pool:
    """Limit the places of a webinar, or change how many there are; new ones are offered in the same moment.

    Who had signed up while there was no limit keeps the place: fewer places than that are refused with the number.
    """
    webinar = rules.lock_webinar(webinar_id)
    if webinar.pool_id is None:
        _begin_to_count(webinar)
    pools = rules.pools_of(webinar)
    places.recount(pools, SignUp)
    before, pools[0].taken = pools[0].capacity, SignUp.objects.taking().filter(webinar=webinar).count()
    places.set_capacity(pools[0], capacity)
    rules.settle(webinar, pools, at=clock.now())
    LogEntry.objects.record(webinar, "capacity changed", by=by, before=before, after=capacity)
    return pools[0]


def _begin_to_count(webinar: Webinar) -> None:
    """A pool that holds everybody who has a place already."""
    taken = list(SignUp.objects.live().filter(webinar=webinar).values_list("pk", flat=True))
    names = {f"name_{code}": (getattr(webinar, f"title_{code}") or str(webinar))[:120] for code in ("fi", "sv", "en")}
    webinar.pool = Pool.objects.create(event=webinar.event, capacity=len(taken), **names)
    webinar.save(update_fields=["pool"])
    links = [SignUp.pools.through(signup_id=key, pool_id=webinar.pool.pk) for key in taken]
    SignUp.pools.through._default_manager.bulk_create(links, batch_size=500)
