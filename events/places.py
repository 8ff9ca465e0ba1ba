"""Limited places: the one mechanism that never oversells and leaves nobody waiting beside a free place.

Every change goes the same way, inside one transaction: lock the pools in the order of their keys, let dead offers
lapse, write, recount from the rows, offer what is free to the queue. The mechanism locks, moves and returns the rows
it changed; the app's own service logs and mails.

`tables` are the tables whose rows hold places in these pools; the first of them has the waiting list.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from events import office_hours
from events.models import Place, Pool
from events.transitions import InvalidTransition, Refusal, move

OFFER_FIELDS = ["status", "offered_at", "offer_ends_at"]


class NoPlaces(Refusal):
    """There is no free place for this, and it may not wait."""

    message = _("There are no free places left.")


class OfferEnded(Refusal):
    """The offer was answered too late."""

    message = _("The time to answer this offer has ended.")


class PlacesTaken(Refusal):
    """A capacity cannot go below what is taken."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} places are taken")
        self.message = ngettext_lazy(
            "%(taken)d place is taken: the capacity cannot be lower than that.",
            "%(taken)d places are taken: the capacity cannot be lower than that.",
            taken,
        ) % {"taken": taken}


class Terms(NamedTuple):
    """How offers are made: working hours to answer, and a last moment after which nothing is offered."""

    hours: int
    until: datetime | None


class Changes(NamedTuple):
    """What settling did, for the service to log and mail."""

    lapsed: list[Any]
    offered: list[Any]


def lock(pools: QuerySet[Pool]) -> list[Pool]:
    """Lock pools until the transaction ends. Always before the rows that hold places, always in the same order."""
    return list(pools.order_by("pk").select_for_update(no_key=True))


def fits(pools: Iterable[Pool], seats: int) -> bool:
    """Whether so many seats are free in every one of these locked pools."""
    return all(pool.free >= seats for pool in pools)


def take(place: Place, pools: Iterable[Pool], *, at: datetime) -> None:
    """Confirm a new or returning place if it fits, else put it at the end of the queue; saving is the caller's."""
    if fits(pools, place.seats):
        place.status, place.queued_at = Place.Status.CONFIRMED, None
    else:
        place.status, place.queued_at = Place.Status.WAITING, at
    place.offered_at = place.offer_ends_at = None


def accept(place: Place, *, at: datetime) -> None:
    """The offer becomes a place, unless its end has come. Who waits has no offer, and nothing to accept."""
    if place.status not in {Place.Status.OFFERED, Place.Status.LAPSED}:
        raise InvalidTransition(f"{place!r} has no offer")
    if not place.is_offered(at):
        raise OfferEnded
    move(place, Place.Status.CONFIRMED)


def let_lapse(pools: Sequence[Pool], table: type[Place], *, at: datetime) -> list[Any]:
    """End the offers whose time has come. The places are free after the recount, which follows in `settle`."""
    rows: Any = table._default_manager  # every table of places has PlaceQuerySet's questions
    dead = rows.lapsed(at).filter(pools__in=pools)
    lapsed = list(rows.filter(pk__in=dead.values("pk")).order_by("pk").select_for_update(no_key=True))
    for row in lapsed:
        move(row, Place.Status.LAPSED)
        row.ended_at = at
        row.save(update_fields=["status", "ended_at"])
    return lapsed


def settle(pools: Sequence[Pool], *tables: type[Place], terms: Terms, at: datetime) -> Changes:
    """Bring locked pools in order after a write: lapse, recount, and offer every free place to the queue.

    The queue is walked in order and whoever fits is offered a place: somebody who needs two seats, or two days of
    which one is full, is passed over until both are free, because a place must not stay empty while others wait.
    """
    lapsed = let_lapse(pools, tables[0], at=at)
    recount(pools, *tables)
    _refresh(pools)
    return Changes(lapsed, _offer(pools, tables[0], terms=terms, at=at))


def recount(pools: Sequence[Pool], *tables: type[Place]) -> None:
    """Store what is taken, counted from live rows in one statement; the database refuses more than the capacity."""
    if pools:
        taken: Any = sum((_seats_taken(table) for table in tables), start=Value(0))
        Pool.objects.filter(pk__in=[pool.pk for pool in pools]).update(taken=taken)


def _refresh(pools: Sequence[Pool]) -> None:
    """Read what the recount has stored."""
    taken = dict(Pool.objects.filter(pk__in=[pool.pk for pool in pools]).values_list("pk", "taken"))
    for pool in pools:
        pool.taken = taken[pool.pk]


def _seats_taken(table: type[Place]) -> Any:
    """An expression: the seats that rows of this table take in the pool of the outer query."""
    seats = (
        table._default_manager.filter(status__in=Place.TAKING, pools=OuterRef("pk"))
        .order_by()
        .values("pools")
        .annotate(taken=Sum("seats"))
        .values("taken")
    )
    return Coalesce(Subquery(seats, output_field=models.IntegerField()), 0)


def _offer(pools: Sequence[Pool], table: type[Place], *, terms: Terms, at: datetime) -> list[Any]:
    if not any(pool.free for pool in pools) or (terms.until and at >= terms.until):
        return []
    ends_at = office_hours.later(at, terms.hours)
    if terms.until:
        ends_at = min(ends_at, terms.until)
    offered = []
    for place, needed in _whom_it_fits(pools, table):
        _make_offer(place, needed, at=at, ends_at=ends_at)
        offered.append(place)
    return offered


def give_to_next(pools: Sequence[Pool], table: type[Place], *, seats: int) -> list[Any]:
    """Confirm the next in the queue without an offer, for so many seats of locked pools; the rows that were confirmed.

    For the day of the event, when nobody has the time to wait for an answer.
    """
    given = []
    for place, needed in _whom_it_fits(pools, table):
        if place.seats > seats:
            continue
        move(place, Place.Status.CONFIRMED)
        place.queued_at = None
        place.save(update_fields=["status", "queued_at"])
        _count_in(place, needed)
        given.append(place)
        seats -= place.seats
        if seats == 0:
            break
    return given


def _whom_it_fits(pools: Sequence[Pool], table: type[Place]) -> Iterator[tuple[Any, list[Pool]]]:
    """Along the queue: who fits into what is free at that moment, with their pools; the caller counts them in."""
    by_pk = {pool.pk: pool for pool in pools}
    for place in waiting(pools, table):
        if not any(pool.free for pool in pools):
            break
        needed = [by_pk[pk] for pk in place.pool_pks if pk in by_pk]
        if len(needed) == len(place.pool_pks) and fits(needed, place.seats):
            yield place, needed


def _make_offer(place: Any, pools: Iterable[Pool], *, at: datetime, ends_at: datetime) -> None:
    move(place, Place.Status.OFFERED)
    place.offered_at, place.offer_ends_at = at, ends_at
    place.save(update_fields=OFFER_FIELDS)
    _count_in(place, pools)


def _count_in(place: Any, pools: Iterable[Pool]) -> None:
    for pool in pools:
        pool.taken += place.seats
        pool.save(update_fields=["taken"])


def offer_now(place: Any, pools: Sequence[Pool], *, terms: Terms, at: datetime) -> None:
    """Offer a place to one who waits, out of turn, as an organiser decides; refused when it does not fit."""
    if place.status != Place.Status.WAITING or (terms.until and at >= terms.until):
        raise InvalidTransition(f"{place!r} cannot be offered a place now")
    if not fits(pools, place.seats):
        raise NoPlaces
    ends_at = office_hours.later(at, terms.hours)
    _make_offer(place, pools, at=at, ends_at=min(ends_at, terms.until) if terms.until else ends_at)


def waiting(pools: Sequence[Pool], table: type[Place]) -> Iterable[Any]:
    """The queue for any of these pools, in order, each row with `pool_pks`: the keys of all the pools it needs."""
    rows = table._default_manager.filter(status=Place.Status.WAITING, pools__in=pools)
    return (
        table._default_manager.filter(pk__in=rows.values("pk"))
        .annotate(pool_pks=ArrayAgg("pools"))
        .order_by("queued_at", "pk")
        .iterator(chunk_size=50)
    )


def set_capacity(pool: Pool, capacity: int) -> None:
    """Change a locked pool's capacity; not below what is taken. The caller settles, which offers the new places."""
    if capacity < pool.taken:
        raise PlacesTaken(pool.taken)
    pool.capacity = capacity
    pool.save(update_fields=["capacity"])


def position(place: Any) -> int:
    """The number in the queue, from 1, among all who wait for any of the same pools."""
    ahead = type(place)._default_manager.filter(status=Place.Status.WAITING, pools__in=place.pools.all())
    earlier = models.Q(queued_at__lt=place.queued_at) | models.Q(queued_at=place.queued_at, pk__lt=place.pk)
    return ahead.filter(earlier).distinct().count() + 1
