"""The programme as visitors see it: rows of a release by day and time, in room columns, filtered, now and next.

Nothing here knows a request. A page reads the words of its own language alone, without the long texts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import F, Func, JSONField
from django.db.models.fields.json import KeyTransform
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events.clock import day_of
from events.dates import short_day, time_range
from programme.models import Release, ReleasedSession, Session

SOON = timedelta(hours=3)  # what begins later is not "next"
MOST_ROWS, MOST_COLUMNS = 120, 20  # as many classes of places as css/programme.css has
HEAD = 1  # the row of the rooms' names, and the column of the times
FILTERS = ("day", "theme", "format", "language", "streamed")
FEEDBACK_FOR = timedelta(days=14)
LANGUAGES = {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}
INTERPRETED = {**LANGUAGES, "fse": _("Finnish sign language")}
ONLY_IN = {"fi": _("Only in Finnish"), "sv": _("Only in Swedish"), "en": _("Only in English")}


class _Shown(Func):
    """What a list shows of a document. It is unpacked once: with its long texts it lies compressed in the table."""

    template = (
        "(SELECT jsonb_build_array(d->'title', d->'title_language', d->'format', d->'themes', d->'room',"
        " jsonb_path_query_array(d->'speakers', '$[*].name'), d->'interpreted_into', d->'has_captions')"
        " FROM (SELECT %(expressions)s AS d OFFSET 0) once)"
    )
    output_field = JSONField()


@dataclass(slots=True)
class Item:
    """A session or a break, in the language of the page."""

    session: int
    slug: str
    kind: str
    format: str
    themes: list[str]
    languages: list[str]
    is_streamed: bool
    is_all_day: bool
    is_cancelled: bool
    starts_at: datetime | None
    ends_at: datetime | None
    sequence: int
    room_id: int | None
    room_order: int | None
    title: str
    title_language: str
    format_name: str
    theme_names: list[str]
    room: str
    speakers: list[str]
    interpreted_into: list[str]
    has_captions: bool
    day: date | None = field(init=False)  # in Helsinki

    def __post_init__(self) -> None:
        """A page asks for the day again and again."""
        self.day = day_of(self.starts_at) if self.starts_at else None

    @property
    def is_break(self) -> bool:
        """It has no page of its own."""
        return self.kind == Session.Kind.BREAK

    @property
    def time(self) -> str:
        """klo 9.00–9.45"""
        return time_range(self.starts_at, self.ends_at) if self.starts_at else ""

    @property
    def clock(self) -> str:
        """9.00–9.45, in no language."""
        return time_range(self.starts_at, self.ends_at, "en") if self.starts_at else ""

    @property
    def facts(self) -> list[str]:
        """What kind of session in which languages."""
        spoken = [str(LANGUAGES[code]) for code in self.languages if code in LANGUAGES]
        return [self.format_name, *spoken] if self.format_name else spoken

    @property
    def interpreted(self) -> list[str]:
        """Into which languages, by their names."""
        return [str(INTERPRETED[code]) for code in self.interpreted_into if code in INTERPRETED]

    @property
    def line(self) -> str:
        """klo 9.00–9.45 · Auditorio · luento · suomi"""
        return " · ".join(part for part in (self.time, self.room, *self.facts) if part)

    @property
    def only_in(self) -> str:
        """Said where the words are another language's than the page's."""
        return str(ONLY_IN.get(self.title_language, ""))

    @property
    def day_words(self) -> str:
        """to 14.11.2024"""
        return short_day(self.day) if self.day else ""

    @property
    def starts(self) -> datetime:
        """Of what has a slot."""
        assert self.starts_at is not None
        return self.starts_at

    @property
    def ends(self) -> datetime:
        """Of what has a slot."""
        assert self.ends_at is not None
        return self.ends_at


def items(release: Release, language: str | None = None, sessions: Iterable[int] | None = None) -> list[Item]:
    """All that a release shows, or these sessions of it, in the order of time and rooms; one query."""
    code = (language or get_language() or "fi")[:2]
    rows = ReleasedSession.objects.filter(release=release)
    if sessions is not None:
        rows = rows.filter(session__in=sessions)
    found = rows.order_by(F("starts_at").asc(nulls_last=True), "room__order", "session").values_list(
        "session", "slug", "kind", "format", "themes", "languages", "is_streamed", "is_all_day", "is_cancelled",
        "starts_at", "ends_at", "sequence", "room", "room__order", _Shown(KeyTransform(code, "documents")),
    )  # fmt: skip
    return [Item(*columns, *shown) for *columns, shown in found]


# --- Filters ----------------------------------------------------------------------------------------------------------
class Choices(NamedTuple):
    """What can be chosen in each filter: (word in the address, words on the page), without "all"."""

    days: list[date]
    themes: list[tuple[str, str]]
    formats: list[tuple[str, str]]
    languages: list[str]
    has_streams: bool


def choices(found: Sequence[Item]) -> Choices:
    """Only what leads somewhere."""
    themes = {slug: name for item in found for slug, name in zip(item.themes, item.theme_names, strict=False)}
    formats = {item.format: item.format_name for item in found if item.format}
    return Choices(
        days=sorted({item.day for item in found if item.day}),
        themes=sorted(themes.items(), key=lambda pair: pair[1].casefold()),
        formats=sorted(formats.items(), key=lambda pair: pair[1].casefold()),
        languages=[code for code in ("fi", "sv", "en") if any(code in item.languages for item in found)],
        has_streams=any(item.is_streamed for item in found),
    )


def theme_marks(themes: Iterable[Sequence[str]]) -> dict[str, int]:
    """A number for each theme of a release, which gives it its colour: the same in every language and on every page."""
    return {slug: number for number, slug in enumerate(sorted({slug for some in themes for slug in some}), 1)}


def narrowed(found: Sequence[Item], wanted: dict[str, Any]) -> list[Item]:
    """What fits all that is wanted. Breaks are shown with a whole day only; what has no slot belongs to every day."""
    about = {name: value for name, value in wanted.items() if value and name != "day"}
    tests: dict[str, Callable[[Item, str], bool]] = {
        "theme": lambda item, value: value in item.themes,
        "format": lambda item, value: value == item.format,
        "language": lambda item, value: value in item.languages,
        "streamed": lambda item, value: item.is_streamed,
    }
    on = wanted.get("day")
    return [
        item
        for item in found
        if (not on or item.day is None or item.day.isoformat() == on)
        and not (about and item.is_break)
        and all(tests[name](item, value) for name, value in about.items())
    ]


# --- Now and next -----------------------------------------------------------------------------------------------------
class Moment(NamedTuple):
    """What goes on, and what begins next."""

    now: list[Item]
    next: list[Item]


def now_and_next(found: Sequence[Item], at: datetime) -> Moment:
    """Of what has a slot and takes place; next is all that begins together, within some hours."""
    timed = [item for item in found if item.starts_at and not item.is_cancelled and not item.is_all_day]
    now = [item for item in timed if item.starts <= at < item.ends]
    coming = [item for item in timed if at < item.starts <= at + SOON and item.day == day_of(at)]
    first = min((item.starts for item in coming), default=None)
    return Moment(now, [item for item in coming if item.starts == first])


def feedback_is_open(starts_at: datetime | None, ends_at: datetime | None, at: datetime) -> bool:
    """From its beginning until two weeks after its end."""
    return starts_at is not None and starts_at <= at <= (ends_at or starts_at) + FEEDBACK_FOR


# --- Days, times, columns ---------------------------------------------------------------------------------------------
class Slot(NamedTuple):
    """An item and the classes that give it its place in the grid."""

    item: Item
    place: str


class Group(NamedTuple):
    """What begins at the same time."""

    starts_at: datetime
    row: int
    slots: list[Slot]


class Column(NamedTuple):
    """A room, or one more column for what has none."""

    name: str
    number: int


@dataclass(slots=True)
class Day:
    """One day, as a list of times and as a grid; `columns` is empty when it is a list only."""

    date: date
    all_day: list[Item] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    last_column: int = HEAD

    @property
    def key(self) -> str:
        """2024-11-14"""
        return self.date.isoformat()

    @property
    def width(self) -> str:
        """A class: how wide a screen the columns need."""
        return "few" if self.last_column - HEAD <= 4 else "many"


class Shown(NamedTuple):
    """The programme, ready to be drawn."""

    days: list[Day]
    always: list[Item]  # all day, every day
    later: list[Item]  # the time is not known yet


def arranged(found: Sequence[Item]) -> Shown:
    """By day, then time, then room."""
    dates = sorted({item.day for item in found if item.day})
    unslotted = [item for item in found if item.day is None]
    return Shown(
        days=[_day(on, [item for item in found if item.day == on]) for on in dates],
        always=[item for item in unslotted if item.is_all_day],
        later=[item for item in unslotted if not item.is_all_day],
    )


def _day(on: date, found: Sequence[Item]) -> Day:
    day = Day(on, all_day=[item for item in found if item.is_all_day])
    timed = [item for item in found if not item.is_all_day]
    rows = _rows(timed)
    places, day.columns = _columns(timed)
    day.last_column = HEAD + len(day.columns)
    if len(rows) > MOST_ROWS or len(day.columns) > MOST_COLUMNS:
        day.columns = []
    for starts_at in sorted({item.starts for item in timed}):
        together = [item for item in timed if item.starts == starts_at]
        slots = [Slot(item, _place(item, rows, places, day.last_column)) for item in together]
        day.groups.append(Group(starts_at, rows[starts_at], slots))
    return day


def _rows(timed: Iterable[Item]) -> dict[datetime, int]:
    """The row in which a moment begins: one for each moment at which something begins or ends."""
    moments = sorted({moment for item in timed for moment in (item.starts, item.ends)})
    return {moment: HEAD + 1 + number for number, moment in enumerate(moments)}


def _place(item: Item, rows: dict[datetime, int], places: dict[int, int], last: int) -> str:
    column = places[item.session]
    across = f"c{HEAD + 1} x{last + 1}" if column == 0 else f"c{column}"
    return f"r{rows[item.starts]} e{rows[item.ends]} {across}"


def _columns(timed: Sequence[Item]) -> tuple[dict[int, int], list[Column]]:
    """For each session its column, 0 for one that reaches across all; nothing lies upon something else.

    A room has a column. What has no room, or clashes there because one of the two is cancelled, comes into further
    ones; a break without a room reaches across all when nothing else goes on.
    """
    roomed = sorted((item for item in timed if item.room_id), key=attrgetter("room_order"))
    rooms = {item.room_id: item for item in roomed}
    lanes: list[list[Item]] = [[] for _room in rooms]
    number = {room_id: place for place, room_id in enumerate(rooms)}
    places: dict[int, int] = {}
    for item in sorted(timed, key=lambda item: (item.is_cancelled, item.starts)):
        if item.is_break and not item.room_id and _is_alone(item, timed):
            places[item.session] = 0
            continue
        own = [number[item.room_id]] if item.room_id else []
        free = (lane for lane in (*own, *range(len(rooms), len(lanes))) if not _clashes(item, lanes[lane]))
        lane = next(free, len(lanes))
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(item)
        places[item.session] = HEAD + 1 + lane
    names = [item.room for item in rooms.values()] + [""] * (len(lanes) - len(rooms))
    return places, [Column(name, HEAD + 1 + place) for place, name in enumerate(names)]


def _is_alone(item: Item, others: Iterable[Item]) -> bool:
    return not _clashes(item, (other for other in others if other is not item))


def _clashes(item: Item, others: Iterable[Item]) -> bool:
    return any(item.starts < other.ends and other.starts < item.ends for other in others)
