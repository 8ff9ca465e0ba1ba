"""Who stands where: giving a place, freeing it, changing places; then telling exhibitors.

The database refuses two booths in one place. Its rule is deferred while a step writes and asked at its end, so that two
booths can change places at once. Locks are taken in the order of all steps of a booth: booths by their keys, then the
event; who writes a booth holds the event already, so that nobody waits in a circle.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from booths import emails
from booths.models import Booth, BoothPlace, Hall
from booths.plan import Grid
from events.models import Event, LogEntry, User
from events.pagecache import raise_public_version
from events.transitions import Refusal

CONSTRAINT, LIE_APART = "booth_place_once", "booth_places_lie_apart"
UNKNOWN: Any = object()  # nobody says what they have seen
MOST_PLACES = 300
Result = TypeVar("Result")


class PlaceIsTaken(Refusal):
    """Another booth stands there; the message names it."""

    def __init__(self, place: BoothPlace, other: Booth) -> None:
        super().__init__(place, other)
        self.other = other
        self.message = gettext("Place %(place)s is taken: %(booth)s stands there.") % {"place": place, "booth": other}


class MovedMeanwhile(Refusal):
    """The booth is not where it was shown."""

    message = _("Somebody else has moved this booth meanwhile. Look at the plan again.")


class OtherEvent(Refusal):
    """A place of another event."""

    message = _("This belongs to another event.")


class NothingToSwap(Refusal):
    """Two booths without a place, or one and the same."""

    message = _("Only two different booths can change places, and one of them must have a place.")


class Cancelled(Refusal):
    """A booth that is cancelled stands nowhere."""

    message = _("The booth is cancelled. Take it up again before you give it a place.")


class PlacesOverlap(Refusal):
    """Where the new places would lie there are others, or a number is used twice."""

    message = _("Some of the places would lie on others, outside the hall, or have a number that is used already.")


class TooManyPlaces(Refusal):
    """More than any hall has."""

    message = _("At most 300 places can be made at once.")


# --- The steps --------------------------------------------------------------------------------------------------------
def place(booth_id: int, place_id: int, *, by: User | None, seen: int | None = UNKNOWN) -> Booth:
    """Give a booth a place; `seen` is the place that it had when that was decided."""

    def step() -> Booth:
        [booth] = _locked({booth_id: seen})
        wanted = BoothPlace.objects.select_related("hall").filter(pk=place_id).first()
        if wanted is None or wanted.hall.event_id != booth.event_id:
            raise OtherEvent
        _write(booth, wanted, by=by)
        return booth

    return _checked([booth_id], step)


def free(booth_id: int, *, by: User | None, seen: int | None = UNKNOWN) -> Booth:
    """Take a booth off the plan: it waits for a place again."""

    def step() -> Booth:
        [booth] = _locked({booth_id: seen})
        _write(booth, None, by=by)
        return booth

    return _checked([booth_id], step)


def swap(booth_a: int, booth_b: int, *, by: User | None, seen: tuple[int | None, int | None] | None = None) -> None:
    """Two booths change places in one step; one of them may be without."""

    def step() -> None:
        if booth_a == booth_b:
            raise NothingToSwap
        known = dict(zip((booth_a, booth_b), seen or (UNKNOWN, UNKNOWN), strict=True))
        rows = {booth.pk: booth for booth in _locked(known)}
        first, second = rows[booth_a], rows[booth_b]
        if first.event_id != second.event_id:
            raise OtherEvent
        if first.place_id is None and second.place_id is None:
            raise NothingToSwap
        there, here = second.place, first.place
        _write(first, there, by=by)
        _write(second, here, by=by)

    _checked([booth_a, booth_b], step)


@transaction.atomic
def tell_places(event: Event, *, by: User | None) -> int:
    """Mail every exhibitor whose place is new or another one; how many."""
    rows = Booth.objects.for_event(event).with_untold_place().select_related("event", "place__hall", "told_place")
    booths = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    for booth in booths:
        emails.place_given(booth)
        booth.told_place = booth.place
        booth.save(update_fields=["told_place"])
        LogEntry.objects.record(booth, "place told", by=by, after=str(booth.place))
    return len(booths)


@transaction.atomic
def make_places(hall_id: int, grid: Grid, *, by: User | None) -> list[BoothPlace]:
    """Rows of places at once; all of them or none."""
    hall = Hall.objects.select_for_update(no_key=True).get(pk=hall_id)
    if grid.rows * grid.in_row > MOST_PLACES:
        raise TooManyPlaces
    places = grid.places(hall)
    if any(one.x + one.width > hall.width or one.y + one.depth > hall.depth for one in places):
        raise PlacesOverlap
    try:
        with transaction.atomic():
            made = BoothPlace.objects.bulk_create(places)
            _ask(LIE_APART, "IMMEDIATE")
    except IntegrityError as error:
        raise PlacesOverlap from error
    _ask(LIE_APART, "DEFERRED")
    LogEntry.objects.record(hall, "places made", by=by, count=len(made))
    raise_public_version([hall.event_id])
    return made


# --- What they share --------------------------------------------------------------------------------------------------
def _locked(seen: Mapping[int, Any]) -> list[Booth]:
    """The fresh rows by their keys, and then their events: one hand at a time moves the booths of an event."""
    rows = Booth.objects.select_related("event", "place").filter(pk__in=seen).order_by("pk")
    booths = list(rows.select_for_update(no_key=True, of=("self",)))
    keys = [booth.event_id for booth in booths]
    list(Event.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
    for booth in booths:
        if booth.is_cancelled:
            raise Cancelled
        if seen[booth.pk] is not UNKNOWN and seen[booth.pk] != booth.place_id:
            raise MovedMeanwhile
    return booths


def _write(booth: Booth, place: BoothPlace | None, *, by: User | None) -> None:
    before, booth.place = booth.place, place
    if before == place:
        return
    booth.save(update_fields=["place"])
    action = "put on the plan" if place else "taken off the plan"
    LogEntry.objects.record(booth, action, by=by, before=str(before or "–"), after=str(place or "–"))
    raise_public_version([booth.event_id])


def _checked(keys: Iterable[int], step: Callable[[], Result]) -> Result:
    """Take a step with the rule asked at its end; a breach is a refusal in words, and nothing is written."""
    with transaction.atomic():
        _ask(CONSTRAINT, "DEFERRED")
        result = step()
        try:
            with transaction.atomic():  # a savepoint: what was written is still there to be looked at
                _ask(CONSTRAINT, "IMMEDIATE")
        except IntegrityError as error:
            raise _refusal(keys) from error
        _ask(CONSTRAINT, "DEFERRED")
    return result


def _ask(constraint: str, when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {constraint} {when}")


def _refusal(keys: Iterable[int]) -> Refusal:
    """Who stands where these booths have just been put."""
    for booth in Booth.objects.filter(pk__in=list(keys)).select_related("place").order_by("pk"):
        if booth.place and (other := Booth.objects.filter(place=booth.place).exclude(pk=booth.pk).first()):
            return PlaceIsTaken(booth.place, other)
    return MovedMeanwhile()
