"""Who stands where: one booth in a place, kept by the database; swapping in one step; telling exhibitors."""

import threading
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from booths.models import Booth, BoothPlace
from booths.plan import Grid
from booths.services import keeping, placing
from events.models import Event, LogEntry, Mail
from events.pagecache import raise_public_version
from events.transitions import Refusal
from tests.exhibition import make_booth, make_hall, make_place
from tests.factories import make_event


def fresh(booth: Booth) -> Booth:
    return Booth.objects.get(pk=booth.pk)


@pytest.fixture
def event(db) -> Event:
    return make_event()


def test_a_booth_gets_a_place_and_the_public_plan_is_drawn_anew(event: Event):
    booth, place = make_booth(event), make_place(make_hall(event))
    version = event.public_version
    placing.place(booth.pk, place.pk, by=None)
    assert fresh(booth).place == place
    assert Event.objects.get(pk=event.pk).public_version == version + 1
    entry = LogEntry.objects.about(booth).get()
    assert (entry.action, entry.details) == ("put on the plan", {"before": "–", "after": "A1"})


def test_a_taken_place_is_refused_with_the_booth_that_stands_there(event: Event):
    place = make_place(make_hall(event))
    first, second = make_booth(event, place), make_booth(event)
    with pytest.raises(placing.PlaceIsTaken) as refused:
        placing.place(second.pk, place.pk, by=None)
    assert str(first) in refused.value.message
    assert "A1" in refused.value.message
    assert fresh(second).place is None


def test_without_the_service_the_database_itself_refuses_two_booths_in_a_place(event: Event):
    place = make_place(make_hall(event))
    make_booth(event, place)
    with pytest.raises(IntegrityError):
        at_once(lambda: make_booth(event, place))


@transaction.atomic
def at_once(write: Callable[[], object]) -> None:
    """Past the service; the rules are asked as at the end of a transaction."""
    write()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_two_booths_change_places_in_one_step(event: Event):
    hall = make_hall(event)
    one, two = make_place(hall), make_place(hall)
    first, second = make_booth(event, one), make_booth(event, two)
    placing.swap(first.pk, second.pk, by=None)
    assert (fresh(first).place, fresh(second).place) == (two, one)


def test_a_booth_without_a_place_takes_the_place_of_another(event: Event):
    place = make_place(make_hall(event))
    placed, waiting = make_booth(event, place), make_booth(event)
    placing.swap(waiting.pk, placed.pk, by=None)
    assert (fresh(waiting).place, fresh(placed).place) == (place, None)


def test_two_booths_without_places_or_one_and_the_same_cannot_change_places(event: Event):
    first, second = make_booth(event), make_booth(event)
    for other in (second, first):
        with pytest.raises(placing.NothingToSwap):
            placing.swap(first.pk, other.pk, by=None)


def test_a_place_is_freed(event: Event):
    booth = make_booth(event, make_place(make_hall(event)))
    placing.free(booth.pk, by=None)
    assert fresh(booth).place is None


def test_who_has_seen_something_else_is_told_and_nothing_moves(event: Event):
    hall = make_hall(event)
    one, two = make_place(hall), make_place(hall)
    booth, other = make_booth(event, one), make_booth(event, two)
    for step in (
        lambda: placing.place(booth.pk, two.pk, by=None, seen=None),
        lambda: placing.free(booth.pk, by=None, seen=two.pk),
        lambda: placing.swap(booth.pk, other.pk, by=None, seen=(one.pk, one.pk)),
    ):
        with pytest.raises(placing.MovedMeanwhile):
            step()
    assert (fresh(booth).place, fresh(other).place) == (one, two)


def test_a_place_of_another_event_and_a_cancelled_booth_are_refused(event: Event):
    elsewhere = make_place(make_hall(make_event(slug="2020", is_current=False)))
    booth = make_booth(event)
    with pytest.raises(placing.OtherEvent):
        placing.place(booth.pk, elsewhere.pk, by=None)
    gone = make_booth(event, cancelled_at=booth.added_at)
    with pytest.raises(placing.Cancelled):
        placing.place(gone.pk, make_place(make_hall(event)).pk, by=None)


def test_exhibitors_are_told_their_places_once_and_again_when_they_are_moved(event: Event):
    hall = make_hall(event)
    one, two = make_place(hall), make_place(hall)
    booth, unconfirmed = make_booth(event, one), make_booth(event, two, confirmed_at=None, published_at=None)
    assert [placing.tell_places(event, by=None) for _time in range(2)] == [1, 0]
    mail = Mail.objects.get()
    assert (mail.to_email, mail.subject) == (booth.email, "Integration 2024: paikkasi on A1")
    placing.free(unconfirmed.pk, by=None)
    placing.place(booth.pk, two.pk, by=None)
    assert placing.tell_places(event, by=None) == 1
    assert "A2" in Mail.objects.order_by("-pk")[0].subject


# --- Making places ----------------------------------------------------------------------------------------------------
def grid(**given: object) -> Grid:
    usual = {
        "letter": "B", "first": 1, "rows": 2, "in_row": 3, "x": Decimal(1), "y": Decimal(1), "width": Decimal(3),
        "depth": Decimal(2), "aisle": Decimal(2), "back_to_back": False, "has_power": True, "has_network": False,
    }  # fmt: skip
    return Grid(**{**usual, **given})  # type: ignore[arg-type]


def corners(places: list[BoothPlace]) -> list[tuple[str, Decimal, Decimal]]:
    return [(place.number, place.x, place.y) for place in places]


def test_rows_of_places_are_made_at_once_with_aisles_between(event: Event):
    made = placing.make_places(make_hall(event).pk, grid(), by=None)
    assert corners(made) == [("B1", 1, 1), ("B2", 4, 1), ("B3", 7, 1), ("B4", 1, 5), ("B5", 4, 5), ("B6", 7, 5)]
    assert [place.has_power for place in BoothPlace.objects.all()] == [True] * 6


def test_rows_may_stand_back_to_back(event: Event):
    made = placing.make_places(make_hall(event).pk, grid(in_row=1, rows=3, back_to_back=True), by=None)
    assert corners(made) == [("B1", 1, 1), ("B2", 1, 3), ("B3", 1, 7)]


@pytest.mark.parametrize("given", [{"in_row": 7}, {"rows": 4}, {"letter": "A"}, {"y": Decimal(0)}])
def test_places_outside_the_hall_on_others_or_with_a_known_number_are_refused_whole(event: Event, given):
    hall = make_hall(event)
    make_place(hall, "A6", x=Decimal(8), y=Decimal(0), width=Decimal(2), depth=Decimal(1))
    with pytest.raises(placing.PlacesOverlap):
        placing.make_places(hall.pk, grid(**given), by=None)
    assert BoothPlace.objects.count() == 1


def test_the_database_refuses_places_that_lie_on_each_other_and_allows_those_that_touch(event: Event):
    hall = make_hall(event)
    make_place(hall, x=0, y=0)
    make_place(hall, x=3, y=0)
    with pytest.raises(IntegrityError):
        at_once(lambda: make_place(hall, x=Decimal("5.9"), y=Decimal("1.9")))


# --- Races ------------------------------------------------------------------------------------------------------------
def race(booths: list[Booth], place: BoothPlace) -> list[str]:
    """Everybody puts a booth into the same place at the same moment."""
    barrier, outcomes = threading.Barrier(len(booths)), []

    def put(booth: Booth) -> None:
        try:
            barrier.wait()
            placing.place(booth.pk, place.pk, by=None)
            outcomes.append("placed")
        except Refusal:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=put, args=[booth]) for booth in booths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_one_booth_gets_a_place_that_many_want_at_the_same_moment():
    event = make_event()
    place = make_place(make_hall(event))
    booths = [make_booth(event) for _number in range(6)]
    assert sorted(race(booths, place)) == ["placed", *["refused"] * 5]
    assert Booth.objects.filter(place=place).count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_databases_rule_two_booths_would_stand_in_one_place():
    """The negative control: the same race with the constraint made toothless."""
    event = make_event()
    place = make_place(make_hall(event))
    booths = [make_booth(event) for _number in range(6)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE booths_booth DROP CONSTRAINT booth_place_once")
        cursor.execute("ALTER TABLE booths_booth ADD CONSTRAINT booth_place_once UNIQUE (place_id, id) DEFERRABLE")
    try:
        race(booths, place)
        assert Booth.objects.filter(place=place).count() > 1
    finally:
        Booth.objects.update(place=None)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE booths_booth DROP CONSTRAINT booth_place_once")
            cursor.execute(
                "ALTER TABLE booths_booth ADD CONSTRAINT booth_place_once UNIQUE (place_id) "
                "DEFERRABLE INITIALLY DEFERRED"
            )


def wait_until_somebody_waits_for_us() -> None:
    """Another connection asks for a lock that this one holds."""
    until = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone():
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["place", "free", "swap", "tell"])
def test_who_moves_a_booth_waits_for_who_writes_it_and_never_both_for_each_other(name: str):
    event = make_event()
    hall = make_hall(event)
    booth, other = make_booth(event, make_place(hall)), make_booth(event)
    elsewhere = make_place(hall)
    steps: dict[str, Callable[[], object]] = {
        "place": lambda: placing.place(booth.pk, elsewhere.pk, by=None),
        "free": lambda: placing.free(booth.pk, by=None),
        "swap": lambda: placing.swap(other.pk, booth.pk, by=None),
        "tell": lambda: placing.tell_places(event, by=None),
    }
    outcomes = []

    def move() -> None:
        try:
            steps[name]()
            outcomes.append("done")
        except OperationalError as error:
            outcomes.append(str(error))
        finally:
            connection.close()

    thread = threading.Thread(target=move)
    with transaction.atomic():
        keeping.locked(booth.pk)  # as every step of the exhibitor's page begins
        thread.start()
        wait_until_somebody_waits_for_us()
        raise_public_version([event.pk])  # as every step that the public sees goes on
    thread.join()
    assert outcomes == ["done"]
