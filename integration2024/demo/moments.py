"""The moments of an event's life that the demo travels to by name. A new one is a new line in MOMENTS."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from django.test import override_settings
from django.utils.translation import gettext_lazy as _

from events.clock import HELSINKI
from events.models import Call, Event
from programme.models import Release


class Moment(NamedTuple):
    """A moment with its name."""

    label: Any
    at: datetime


BEGINNING = datetime(2024, 10, 14, 9, tzinfo=HELSINKI)


def morning(day: date, hour: int = 9) -> datetime:
    """A full hour of a day in Helsinki."""
    return datetime.combine(day, time(hour), HELSINKI)


def _day_after_closing(event: Event) -> datetime | None:
    closes_at = event.on_site_closes_at
    return closes_at and morning(closes_at.astimezone(HELSINKI).date() + timedelta(days=1))


def _catering_day(event: Event) -> datetime | None:
    return event.needs_until and morning(event.needs_until.astimezone(HELSINKI).date())


def _call(event: Event) -> Call | None:
    """The first call for programme proposals."""
    return Call.objects.filter(event=event, kind=Call.Kind.PROGRAMME).order_by("opens_at").first()


def _last_days_of_call(event: Event) -> datetime | None:
    call = _call(event)
    return morning(call.closes_at.astimezone(HELSINKI).date() - timedelta(days=5)) if call else None


def _review(event: Event) -> datetime | None:
    call = _call(event)
    return morning(call.closes_at.astimezone(HELSINKI).date() + timedelta(days=15)) if call else None


def _programme(event: Event) -> datetime | None:
    return Release.objects.filter(event=event).order_by("number").values_list("released_at", flat=True).first()


# In the order of time; a function says None when the event has no such moment.
MOMENTS: list[tuple[Any, Callable[[Event], datetime | None]]] = [
    (_("The call for proposals is open"), _last_days_of_call),
    (_("Proposals are being reviewed"), _review),
    (_("Registration opens"), lambda event: event.on_site_opens_at or event.remote_opens_at),
    (_("The programme is published"), _programme),
    (_("The demo begins"), lambda event: BEGINNING),
    (
        _("The last hour of registration on site"),
        lambda event: event.on_site_closes_at and event.on_site_closes_at - timedelta(minutes=59),
    ),
    (_("The day after registration on site has closed"), _day_after_closing),
    (_("The last day to change dietary needs"), _catering_day),
    (_("The morning of the event"), lambda event: event.doors_open_at or morning(event.starts_on, 8)),
    (_("The last day of the event"), lambda event: morning(event.ends_on, 8)),
    (_("Two weeks after the event"), lambda event: morning(event.ends_on + timedelta(days=14))),
]


def moments(event: Event) -> list[Moment]:
    """What the bar offers for an event."""
    return [Moment(label, at) for label, find in MOMENTS if (at := find(event))]


@contextmanager
def own_clock() -> Iterator[None]:
    """Travel in time without taking along who looks at the site: the clock is a file, and this process gets its own."""
    with TemporaryDirectory() as folder, override_settings(VAR_DIR=Path(folder)):
        yield
