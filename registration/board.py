"""The figures of the live board, and how the state of a device is told.

What is asked of the database is asked once, however many people, lists, gates and devices there are; the rest is
computed from those rows. Arrivals are people; their assistants are counted beside them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.clock import HELSINKI, day_of
from events.dates import long_day, moment, time_range
from events.models import Event
from registration import roster
from registration.models import Admission, CheckInList, Conflict, Device, Scan

STEP = timedelta(minutes=5)
FEWEST_BARS = 12  # an hour: the first arrivals do not fill the whole width
SILENT_AFTER = timedelta(minutes=5)
CLOCK_TOLERANCE_MS = 60_000
LOW_BATTERY = 20

# For each list: how many people it admits, how many of these have not arrived; how many people and assistants have.
HEADCOUNTS = f"""
WITH inside AS (
    SELECT check_in_list_id, count(*) FILTER (WHERE NOT is_assistant) AS arrived,
           count(*) FILTER (WHERE is_assistant) AS assistants
    FROM registration_admission WHERE event_id = %s AND admitted_at IS NOT NULL GROUP BY check_in_list_id
)
SELECT l.id, count(r.id), count(r.id) FILTER (WHERE a.id IS NULL),
       COALESCE(max(inside.arrived), 0), COALESCE(max(inside.assistants), 0)
FROM registration_checkinlist l LEFT JOIN inside ON inside.check_in_list_id = l.id
LEFT JOIN registration_registration r ON r.event_id = l.event_id AND {roster.ADMITS}
LEFT JOIN registration_admission a ON a.check_in_list_id = l.id AND a.registration_id = r.id
     AND NOT a.is_assistant AND a.admitted_at IS NOT NULL
WHERE l.event_id = %s GROUP BY l.id"""


class Headcount(NamedTuple):
    """Where a list stands. Arrived may be more than expected minus missing: some are let in by a person's decision."""

    expected: int
    missing: int
    arrived: int = 0
    assistants: int = 0


class Bar(NamedTuple):
    """Five minutes: from when, how many arrived, how many had arrived at their end."""

    begins_at: datetime
    arrived: int
    so_far: int


class Chart(NamedTuple):
    """The arrivals of one day, five minutes a bar without a gap; `most` is the tallest."""

    bars: list[Bar]
    most: int

    @property
    def peak(self) -> Bar | None:
        """The five minutes in which most arrived."""
        return max(self.bars, key=lambda bar: bar.arrived, default=None)

    @property
    def filled(self) -> list[Bar]:
        """Those in which somebody arrived, newest first, for the table."""
        return [bar for bar in reversed(self.bars) if bar.arrived]


class Drawn(NamedTuple):
    """A chart as a template draws it: a bar is ten wide, a person one high; all numbers are plain text."""

    width: str
    height: str
    bars: list[dict[str, str]]
    times: list[str]
    lines: list[dict[str, Any]]
    day: str
    peak_at: str


class GateLine(NamedTuple):
    """A gate and how many people arrived there."""

    name: str
    arrived: int


class ListLine(NamedTuple):
    """A list with its numbers."""

    check_in_list: CheckInList
    numbers: Headcount


class Happenings(NamedTuple):
    """What besides first arrivals happened on a list."""

    returns: int
    walk_ins: int
    let_in: int


class Board(NamedTuple):
    """Everything that the page tells."""

    check_in_list: CheckInList | None
    numbers: Headcount
    chart: Chart
    gates: list[GateLine]
    lists: list[ListLine]
    happenings: Happenings
    conflicts: int
    devices: list["DeviceLine"]


class DeviceLine(NamedTuple):
    """A device in words."""

    device: Device
    contact: str
    is_silent: bool
    clock: str
    is_low: bool


# --- Reading ----------------------------------------------------------------------------------------------------------
def board(event: Event, *, number: int | None, at: datetime) -> Board:
    """The figures of the list with this number, or of the one that is open; seven queries at most."""
    lists = list(event.check_in_lists.all())
    counts = headcounts(event)
    chosen = next((row for row in lists if row.number == number), None) or open_list(lists, at)
    arrivals = _arrivals(chosen) if chosen else []
    return Board(
        check_in_list=chosen,
        numbers=counts[chosen.pk] if chosen else Headcount(0, 0),
        chart=chart([when for when, _gate in arrivals]),
        gates=_per_gate(event, arrivals),
        lists=[ListLine(row, counts[row.pk]) for row in lists],
        happenings=_happenings(chosen) if chosen else Happenings(0, 0, 0),
        conflicts=Conflict.objects.filter(event=event, closed_at=None).count(),
        devices=[line_of(device, event, at) for device in _devices_in_use(event, at)],
    )


def headcounts(event: Event) -> dict[int, Headcount]:
    """Every list of the event by its key; one query."""
    with connection.cursor() as cursor:
        cursor.execute(HEADCOUNTS, [event.pk, event.pk])
        return {pk: Headcount(*numbers) for pk, *numbers in cursor.fetchall()}


def _arrivals(check_in_list: CheckInList) -> list[tuple[datetime, int]]:
    inside = Admission.objects.filter(check_in_list=check_in_list, admitted_at__isnull=False, is_assistant=False)
    return list(inside.order_by("admitted_at").values_list("admitted_at", "gate"))  # type: ignore[arg-type]


def _per_gate(event: Event, arrivals: Iterable[tuple[datetime, int]]) -> list[GateLine]:
    counted = Counter(gate for _when, gate in arrivals)
    return [GateLine(gate.name, counted[gate.pk]) for gate in event.gates.all()]


def not_undone() -> Q:
    """Scans that nobody took back in time."""
    in_time = OuterRef("corrected_at") + Scan.UNDO_WITHIN
    return Q(~Exists(Scan.objects.filter(undoes=OuterRef("pk"), event=OuterRef("event"), corrected_at__lte=in_time)))


def _happenings(check_in_list: CheckInList) -> Happenings:
    scans = Scan.objects.filter(not_undone(), check_in_list=check_in_list, is_admitting=True).exclude(kind="test")
    return Happenings(
        **scans.order_by().aggregate(
            returns=Count("pk", filter=Q(reason="back", is_assistant=False)),
            walk_ins=Count("pk", filter=Q(kind=Scan.Kind.WALK_IN, registration__isnull=False)),
            let_in=Count("pk", filter=Q(kind=Scan.Kind.LET_IN)),
        )
    )


def _devices_in_use(event: Event, at: datetime) -> list[Device]:
    rows = event.devices.paired().select_related("gate", "check_in_list")
    return [] if _is_over(event, at) else list(rows.order_by(F("last_contact_at").asc(nulls_first=True), "pk"))


# --- Computing --------------------------------------------------------------------------------------------------------
def open_list(lists: Sequence[CheckInList], at: datetime) -> CheckInList | None:
    """The list that is open: the one opened last; else the next to open; else the one closed last; else the first."""

    def rank(row: CheckInList) -> tuple[int, float]:
        if row.closes_at and row.closes_at <= at:
            return 3, -row.closes_at.timestamp()
        if row.opens_at is None:
            return (0, 0.0) if row.closes_at else (2, 0.0)
        return (0, -row.opens_at.timestamp()) if row.opens_at <= at else (1, row.opens_at.timestamp())

    return min(lists, key=rank, default=None)


def chart(arrivals: Sequence[datetime]) -> Chart:
    """The arrivals of the latest day on which somebody came; who came before stands in the first `so_far`."""
    if not arrivals:
        return Chart([], 0)
    last_day = max(map(day_of, arrivals))
    steps = Counter(_step(when) for when in arrivals if day_of(when) == last_day)
    so_far = sum(1 for when in arrivals if day_of(when) != last_day)
    first, last = min(steps), max(steps)
    bars = []
    for step in range(first, max(last + 1, first + FEWEST_BARS)):
        so_far += steps[step]
        bars.append(Bar(datetime.fromtimestamp(step * STEP.seconds, HELSINKI), steps[step], so_far))
    return Chart(bars, max(steps.values()))


def drawn(shown: Chart) -> Drawn | None:
    """The bars, the times below them, and the lines of the table."""
    if not shown.bars or shown.peak is None:
        return None
    first, last = shown.bars[0].begins_at, shown.bars[-1].begins_at + STEP
    middle = shown.bars[len(shown.bars) // 2].begins_at
    return Drawn(
        width=str(10 * len(shown.bars)),
        height=str(shown.most),
        bars=[
            {"x": str(10 * place + 1), "y": str(shown.most - bar.arrived), "height": str(bar.arrived)}
            for place, bar in enumerate(shown.bars)
            if bar.arrived
        ],
        times=[time_range(when) for when in (first, middle, last)],
        lines=[{"time": _minutes(bar), "arrived": bar.arrived, "so_far": bar.so_far} for bar in shown.filled],
        day=long_day(first),
        peak_at=_minutes(shown.peak),
    )


def _minutes(bar: Bar) -> str:
    """9.00–9.05 with the language's own word before it"""
    return time_range(bar.begins_at, bar.begins_at + STEP)


def _step(when: datetime) -> int:
    """Which five minutes since 1970; in Helsinki, too, they begin at whole hours."""
    return int(when.timestamp()) // STEP.seconds


def _is_over(event: Event, at: datetime) -> bool:
    return day_of(at) > Device.end_for(event.ends_on)


# --- Devices in words -------------------------------------------------------------------------------------------------
def line_of(device: Device, event: Event, at: datetime) -> DeviceLine:
    """A device as the board tells it."""
    is_low = device.battery is not None and device.battery < LOW_BATTERY
    return DeviceLine(device, ago(device.last_contact_at, at), is_silent(device, event, at), clock_of(device), is_low)


def is_silent(device: Device, event: Event, at: datetime) -> bool:
    """In use, but not heard of for five minutes, on a day on which it matters."""
    is_in_use = device.paired_at is not None and device.revoked_at is None
    is_event_day = event.starts_on - timedelta(days=1) <= day_of(at) <= event.ends_on  # the eve is one: pick-up
    return is_in_use and is_event_day and (device.last_contact_at is None or at - device.last_contact_at > SILENT_AFTER)


def ago(when: datetime | None, at: datetime) -> str:
    """just now · 2 min ago · 3 h ago · on 12 November 2024, 9.00"""
    if when is None:
        return _("never")
    minutes = int((at - when).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(count)d min ago", "%(count)d min ago", minutes) % {"count": minutes}
    if minutes < 24 * 60:
        return ngettext("%(count)d h ago", "%(count)d h ago", minutes // 60) % {"count": minutes // 60}
    return moment(when)


def clock_of(device: Device) -> str:
    """How far a device's clock is off, when that is worth a word."""
    offset = device.clock_offset_ms
    if abs(offset) <= CLOCK_TOLERANCE_MS:
        return ""
    minutes = max(1, round(abs(offset) / 60_000))
    if offset > 0:  # what is added to the device's time to get ours
        return ngettext("%(count)d min slow", "%(count)d min slow", minutes) % {"count": minutes}
    return ngettext("%(count)d min fast", "%(count)d min fast", minutes) % {"count": minutes}


class State(NamedTuple):
    """A device's state: a word of ours (its frame), and in words."""

    word: str
    text: str


def state_of(device: Device, at: datetime) -> State:
    """Waits for a phone, in use, revoked, wiped, or over with its event."""
    if device.wiped_at:
        return State("wiped", _("wiped %(at)s") % {"at": moment(device.wiped_at)})
    if device.revoked_at:
        return State("revoked", _("revoked, not wiped yet") if device.paired_at else _("revoked"))
    if device.is_expired(at):
        return State("expired", _("expired with the event"))
    if device.paired_at:
        return State("in_use", _("in use"))
    if at < device.pairing_ends_at:
        return State("waits", _("waits for a phone until %(at)s") % {"at": time_range(device.pairing_ends_at)})
    return State("link_ended", _("the link has expired"))
