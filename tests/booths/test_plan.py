"""How the plan is drawn: numbers, names in lines, neighbours, what does not fit."""

from decimal import Decimal

import pytest

from booths import plan
from booths.models import Booth, Landmark
from events.models import Event
from tests.exhibition import make_booth, make_hall, make_place
from tests.factories import make_event, make_theme

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def read(event: Event) -> list[Booth]:
    return list(Booth.objects.for_event(event).with_themes())


def kinds(event: Event) -> dict[str, list[str]]:
    """Number → kinds of clashes."""
    drawings = plan.drawings(plan.floors_of(event), read(event), with_clashes=True)
    return {spot.place.number: [clash.kind for clash in spot.clashes] for one in drawings for spot in one.spots}


def test_a_hall_is_read_with_places_and_landmarks_in_one_query_whatever_there_is(
    event: Event, django_assert_num_queries
):
    hall = make_hall(event)
    for number in ("A10", "A2", "B1"):
        make_place(hall, number)
    Landmark.objects.create(hall=hall, kind="stage", label_fi="Lava", label_sv="Scen", x=1, y=8, width=3, depth=1)
    with django_assert_num_queries(1):
        [floor] = plan.floors_of(event)
    assert [place.number for place in floor.places] == ["A2", "A10", "B1"]
    assert (floor.places[0].width, floor.places[0].hall) == (Decimal(3), hall)
    assert [landmark.label_sv for landmark in floor.landmarks] == ["Scen"]


def test_a_drawing_has_forty_units_to_a_metre_and_one_scale_for_all_halls(event: Event):
    make_place(make_hall(event), x=Decimal("1.5"), y=1)
    make_hall(event, "lobby", width=10, depth=5, order=2)
    wide, narrow = plan.drawings(plan.floors_of(event), [])
    assert (wide.width, wide.depth, wide.percent, narrow.percent) == (800, 400, 100, 50)
    assert wide.spots[0].box == plan.Box(60, 40, 120, 80)


def test_a_name_stands_in_lines_that_fit_and_long_words_are_divided():
    box = plan.Box(0, 0, 120, 80)
    assert [line.words for line in plan.name_lines("Kahden suunnan silta ry", box)] == ["Kahden suunnan", "silta ry"]
    lines = [line.words for line in plan.name_lines("Servicemyndigheten", box)]
    assert lines == ["Servicemyndigh-", "eten"]
    assert plan.name_lines("x" * 400, box)[-1].words.endswith("…")
    assert plan.name_lines("Silta ry", plan.Box(0, 0, 80, 30)) == []


def test_what_a_booth_asks_for_and_the_place_has_not_is_a_clash(event: Event):
    hall = make_hall(event)
    make_booth(event, make_place(hall), needs_power=True, needs_network=True, needs_wall=True, size="4x3")
    make_booth(event, make_place(hall, has_power=True), needs_power=True, size="3x2", themes=[])
    make_place(hall)
    assert kinds(event) == {"A1": ["power", "network", "wall", "size"], "A2": [], "A3": []}


def test_a_place_may_be_turned(event: Event):
    booth = make_booth(event, make_place(make_hall(event), width=2, depth=3), size="3x2")
    assert plan.fits(booth, booth.place)


def test_neighbours_touch_along_a_side_and_not_at_a_corner(event: Event):
    hall = make_hall(event)
    middle = make_place(hall, "A1", x=4, y=4)
    beside, behind = make_place(hall, "A2", x=7, y=4), make_place(hall, "A3", x=4, y=6)
    corner, far = make_place(hall, "A4", x=7, y=6), make_place(hall, "A5", x=12, y=4)
    assert middle.neighbours([middle, beside, behind, corner, far]) == [beside, behind]


def test_the_same_organisation_and_the_same_themes_beside_each_other_are_hints(event: Event):
    hall, work, health = make_hall(event), make_theme(event, "work"), make_theme(event, "health")
    make_booth(event, make_place(hall), organisation="Silta ry", themes=[work])
    make_booth(event, make_place(hall), organisation="silta RY", themes=[work, health])
    make_booth(event, make_place(hall), themes=[health, work])
    make_booth(event, make_place(hall), themes=[work])
    assert kinds(event) == {"A1": ["same"], "A2": ["same", "themes"], "A3": ["themes"], "A4": []}
