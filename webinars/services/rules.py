"""What every step shares: the refusals, the locks, and settling the places afterwards.

Locks are taken in one order: webinars by their keys, their pools by theirs, then sign-ups. Whoever holds a webinar's
lock is alone with its time, its places and its people: nobody signs up, is reminded or is told while it is moved.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from events import clock, places
from events.models import LogEntry, Pool
from events.transitions import InvalidTransition
from events.transitions import Refusal as Refusal  # services.Refusal for every edge
from webinars import emails
from webinars.models import SignUp, Webinar

NEVER = datetime.min.replace(tzinfo=clock.HELSINKI)


class Closed(Refusal):
    """It has ended, is cancelled or is not public."""

    message = _("You can no longer sign up for this webinar.")


class NotPossible(Refusal):
    """This step does not fit how things stand."""

    message = InvalidTransition.message


def lock_webinars(keys: Iterable[int]) -> list[Webinar]:
    """The fresh rows, locked until the transaction ends, in the order of their keys; with event and series at hand."""
    rows = Webinar.objects.select_related("event", "series").filter(pk__in=list(keys)).order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))


def lock_webinar(pk: int) -> Webinar:
    """One of them."""
    return lock_webinars([pk])[0]


def lock_pools(webinars: Iterable[Webinar]) -> dict[int, Pool]:
    """The pools of locked webinars by the webinars' keys; one without a pool takes everybody."""
    by_pool = {webinar.pool_id: webinar.pk for webinar in webinars if webinar.pool_id}
    return {by_pool[pool.pk]: pool for pool in places.lock(Pool.objects.filter(pk__in=by_pool))} if by_pool else {}


def pools_of(webinar: Webinar) -> list[Pool]:
    """The locked pool of one locked webinar, if there is one."""
    return list(lock_pools([webinar]).values())


def lock(sign_up_id: int) -> tuple[Webinar, list[Pool], SignUp]:
    """Webinar, pool, then the row; offers that have died unnoticed lapse in between, this row's own among them."""
    webinar = lock_webinar(SignUp.objects.values_list("webinar", flat=True).get(pk=sign_up_id))
    pools = pools_of(webinar)
    settle_lapsed(webinar, pools, at=clock.now())
    rows = SignUp.objects.select_related("event").select_for_update(of=("self",), no_key=True)
    sign_up = rows.get(pk=sign_up_id)
    sign_up.webinar = webinar
    return webinar, pools, sign_up


def terms(webinar: Webinar) -> places.Terms:
    """How places are offered: never after it has begun, and not of what is cancelled."""
    return places.Terms(webinar.event.offer_hours, NEVER if webinar.is_cancelled else webinar.starts_at)


def settle(webinar: Webinar, pools: Sequence[Pool], *, at: datetime) -> None:
    """Recount, let dead offers lapse, offer what is free; log and tell the people concerned."""
    if not pools:
        return
    changes = places.settle(pools, SignUp, terms=terms(webinar), at=at)
    for sign_up in changes.lapsed:
        _raise(sign_up)
        LogEntry.objects.record(sign_up, "offer lapsed", by=None)
        emails.offer_ended(sign_up)
    for sign_up in changes.offered:
        _raise(sign_up)
        LogEntry.objects.record(sign_up, "place offered", by=None)
        emails.place_offered(sign_up)
    if webinar.starts_at <= at and webinar.takes_sign_ups(at):
        _give(pools, at=at)


def _give(pools: Sequence[Pool], *, at: datetime) -> None:
    """While it goes on nobody has the time to answer an offer: who waits gets what is free at once."""
    for sign_up in places.give_to_next(pools, SignUp, seats=sum(pool.free for pool in pools)):
        sign_up.version += 1
        sign_up.told_at = at
        sign_up.save(update_fields=["version", "told_at"])
        LogEntry.objects.record(sign_up, "place given", by=None)
        emails.signed_up([sign_up])


def settle_lapsed(webinar: Webinar, pools: Sequence[Pool], *, at: datetime) -> None:
    """Settle only if an offer has died unnoticed: then its place belongs to the queue before anyone else."""
    if pools and SignUp.objects.lapsed(at).filter(pools__in=pools).exists():
        settle(webinar, pools, at=at)


def _raise(sign_up: SignUp) -> None:
    """Each mail about a sign-up has a version of its own."""
    sign_up.version += 1
    sign_up.save(update_fields=["version"])
