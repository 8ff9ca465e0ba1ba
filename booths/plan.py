"""The floor plan as it is drawn: what stands where in each hall, what does not fit its place. Nothing here writes.

A drawing has whole units, twenty to half a metre, so that the template only copies numbers.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from booths.models import Booth, BoothPlace, Hall, Landmark
from booths.models.plan import plain
from events.models import Event

UNITS = 40  # of a metre
LETTER, LINE = Decimal("7.2"), 17  # the width of a letter and the height of a line of a name, in units
MOST_LINES = 3


class Clash(NamedTuple):
    """What does not fit; a hint is worth a look, no more."""

    kind: str
    words: str
    is_hint: bool = False


class Box(NamedTuple):
    """A rectangle of the drawing."""

    x: int
    y: int
    width: int
    depth: int

    @property
    def middle(self) -> int:
        """From the left."""
        return self.x + self.width // 2

    @property
    def centre(self) -> int:
        """From the top."""
        return self.y + self.depth // 2

    @property
    def end(self) -> int:
        """The right side."""
        return self.x + self.width

    @property
    def foot(self) -> int:
        """The lower side."""
        return self.y + self.depth

    @property
    def steps(self) -> list["Box"]:
        """Lines of stairs, across the shorter way."""
        is_wide = self.width >= self.depth
        count = max((self.width if is_wide else self.depth) // 14, 2)
        if is_wide:
            return [Box(self.x + self.width * n // count, self.y, 0, self.depth) for n in range(1, count)]
        return [Box(self.x, self.y + self.depth * n // count, self.width, 0) for n in range(1, count)]


class NameLine(NamedTuple):
    """A line of a name in a place, and how far from the top it stands."""

    y: int
    words: str


class Spot(NamedTuple):
    """A place with the booth that stands there, if one does."""

    place: BoothPlace
    box: Box
    booth: Booth | None
    clashes: list[Clash]
    lines: list[NameLine]

    @property
    def size(self) -> str:
        """3 × 2 m"""
        return size_words(self.place)


class Mark(NamedTuple):
    """A landmark."""

    landmark: Landmark
    box: Box


class Drawing(NamedTuple):
    """A hall."""

    hall: Hall
    width: int
    depth: int
    percent: int  # of the width of the widest hall, so that all are drawn to one scale
    spots: list[Spot]
    marks: list[Mark]


# --- What is where ----------------------------------------------------------------------------------------------------
class Floor(NamedTuple):
    """A hall with what stands in it."""

    hall: Hall
    places: list[BoothPlace]
    landmarks: list[Landmark]


MEASURES = ("x", "y", "width", "depth")
PLACE = ("id", "number", "has_power", "has_network", "has_wall")
LANDMARK = ("id", "kind", "label_fi", "label_sv", "label_en", "page")


def floors_of(event: Event) -> list[Floor]:
    """The halls of an event; one query."""
    places = BoothPlace.objects.filter(hall=OuterRef("pk")).order_by("pk")
    landmarks: QuerySet[Landmark] = (
        QuerySet(Landmark).filter(hall=OuterRef("pk")).order_by("pk")
    )  # all languages, which a manager hides
    halls = event.halls.annotate(
        place_rows=ArraySubquery(places.values(row=_as_json(PLACE))),
        landmark_rows=ArraySubquery(landmarks.values(row=_as_json(LANDMARK))),
    )
    return [
        Floor(
            hall,
            sorted((_row(BoothPlace, hall, given) for given in hall.place_rows), key=natural),
            [_row(Landmark, hall, given) for given in hall.landmark_rows],
        )
        for hall in halls
    ]


def _as_json(names: Sequence[str]) -> JSONObject:
    return JSONObject(**{name: F(name) for name in (*names, *MEASURES)})


def _row(table: Any, hall: Hall, given: dict[str, Any]) -> Any:
    return table(hall=hall, **{**given, **{name: Decimal(str(given[name])) for name in MEASURES}})


def drawings(floors: Iterable[Floor], booths: Iterable[Booth], *, with_clashes: bool = False) -> list[Drawing]:
    """The halls with these booths in their places; `booths` are read with their themes."""
    by_place: dict[int | None, Booth] = {booth.place_id: booth for booth in booths if booth.place_id}
    found = list(floors)
    widest = max((floor.hall.width for floor in found), default=Decimal(1))
    return [_drawing(floor, by_place, widest, with_clashes=with_clashes) for floor in found]


def _drawing(floor: Floor, by_place: dict[int | None, Booth], widest: Decimal, *, with_clashes: bool) -> Drawing:
    spots = [_spot(place, floor.places, by_place, with_clashes=with_clashes) for place in floor.places]
    marks = [Mark(landmark, box_of(landmark)) for landmark in floor.landmarks]
    hall = floor.hall
    percent = round(100 * hall.width / widest)
    return Drawing(hall, _units(hall.width), _units(hall.depth), percent, spots, marks)


def _spot(
    place: BoothPlace, places: Sequence[BoothPlace], by_place: dict[int | None, Booth], *, with_clashes: bool
) -> Spot:
    booth, box = by_place.get(place.pk), box_of(place)
    found = []
    if booth and with_clashes:
        beside = [by_place[one.pk] for one in place.neighbours(places) if one.pk in by_place]
        found = clashes(booth, place, beside)
    return Spot(place, box, booth, found, name_lines(booth.organisation if booth else "", box))


def box_of(row: Any) -> Box:
    """Its rectangle in units."""
    return Box(_units(row.x), _units(row.y), _units(row.width), _units(row.depth))


def _units(metres: Decimal) -> int:
    return int(metres * UNITS)


def natural(place: BoothPlace) -> list[Any]:
    """A2 before A10."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", place.number)]


def name_lines(words: str, box: Box) -> list[NameLine]:
    """A name in as many lines as fit below the number; what does not fit ends in an ellipsis."""
    letters = max(int((box.width - 8) / LETTER), 4)
    most = max(min((box.depth - 34) // LINE, MOST_LINES), 0)
    if not words or not most:
        return []
    words = " ".join(_divided(word, letters) for word in words.split())
    lines = textwrap.wrap(words, letters, max_lines=most, placeholder="…", break_on_hyphens=True)
    return [NameLine(box.y + 46 + LINE * number, line) for number, line in enumerate(lines)]


def seen(booth: Booth) -> str:
    """Where a booth is shown, as a form carries it: 7:12, or 7:- without a place."""
    return f"{booth.pk}:{booth.place_id or '-'}"


def _divided(word: str, letters: int) -> str:
    """A word that is longer than a line, with hyphens where it is broken."""
    parts = textwrap.wrap(word, letters - 1) if len(word) > letters else [word]
    return "- ".join(part.rstrip("-") for part in parts)


def size_words(place: BoothPlace) -> str:
    """3 × 2 m"""
    return f"{plain(place.width)} × {plain(place.depth)} m"


# --- What does not fit ------------------------------------------------------------------------------------------------
def clashes(booth: Booth, place: BoothPlace, beside: Iterable[Booth] = ()) -> list[Clash]:
    """What the booth needs and the place has not; then hints about its neighbours."""
    needs = [
        ("power", booth.needs_power and not place.has_power, _("asks for power, and there is none")),
        ("network", booth.needs_network and not place.has_network, _("asks for a network, and there is none")),
        ("wall", booth.needs_wall and not place.has_wall, _("asks for a wall, and there is none")),
        ("size", not fits(booth, place), _("asks for %(size)s, and the place is smaller")),
    ]
    words = {"size": booth.get_size_display()}
    return [
        *(Clash(kind, text % words) for kind, is_so, text in needs if is_so),
        *(hint for other in beside for hint in _hints(booth, other)),
    ]


def fits(booth: Booth, place: BoothPlace) -> bool:
    """Whether the place is large enough, turned if need be."""
    wanted, there = sorted(booth.metres), sorted((place.width, place.depth))
    return all(need <= have for need, have in zip(wanted, there, strict=True))


def _hints(booth: Booth, other: Booth) -> list[Clash]:
    """The same organisation, or one with all the same themes, stands beside it."""
    words = {"booth": other.organisation}
    if booth.organisation.casefold() == other.organisation.casefold():
        return [Clash("same", _("beside another booth of the same organisation"), is_hint=True)]
    own = {theme["slug"] for theme in booth.theme_rows}
    if len(own) > 1 and own == {theme["slug"] for theme in other.theme_rows}:
        return [Clash("themes", _("beside %(booth)s, which has the same themes") % words, is_hint=True)]
    return []


# --- Many places at once ----------------------------------------------------------------------------------------------
class Grid(NamedTuple):
    """Rows of places with aisles between them; measures in metres."""

    letter: str
    first: int
    rows: int
    in_row: int
    x: Decimal
    y: Decimal
    width: Decimal
    depth: Decimal
    aisle: Decimal
    back_to_back: bool
    has_power: bool
    has_network: bool

    def places(self, hall: Hall) -> list[BoothPlace]:
        """Numbered along the rows; every second aisle falls away where rows stand back to back."""
        made, y = [], self.y
        for row in range(self.rows):
            for column in range(self.in_row):
                number = self.first + row * self.in_row + column
                made.append(
                    BoothPlace(
                        hall=hall, number=f"{self.letter}{number}", x=self.x + self.width * column, y=y,
                        width=self.width, depth=self.depth, has_power=self.has_power, has_network=self.has_network,
                    )
                )  # fmt: skip
            is_pair = self.back_to_back and row % 2 == 0
            y += self.depth + (Decimal(0) if is_pair else self.aisle)
        return made
