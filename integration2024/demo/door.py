"""The door in the demo: a device for whoever wants to be door staff, and guests for the dinner."""

from datetime import datetime

from events import clock
from events.models import Event, User
from integration2024.demo import moments
from registration import services
from registration.models import CheckInList, Device, Registration

GUESTS = 60


def event_morning(event: Event) -> datetime:
    """When the doors open."""
    return event.doors_open_at or moments.morning(event.starts_on, 8)


def go_to_event(event: Event) -> None:
    """Travel to the morning of the event, unless it is going on."""
    at = clock.now()
    if not event_morning(event) <= at or clock.day_of(at) > event.ends_on:
        clock.travel(event_morning(event))


def make_device(event: Event, *, language: str, by: User) -> Device:
    """A help desk at the first gate, for the list that is open now."""
    gate, open_now = event.gates.first(), list_of(event, clock.now())
    if gate is None or open_now is None:
        raise services.NotPossible
    return services.make_device(event, gate, open_now, name="", language=language, is_help_desk=True, by=by)


def list_of(event: Event, at: datetime) -> CheckInList | None:
    """The list that is open; else the next one, else the last."""
    lists = [row for row in event.check_in_lists.all() if not row.has_names_only]
    in_order = sorted(lists, key=lambda row: (row.opens_at or at, row.pk))
    still_open = [row for row in in_order if row.closes_at is None or row.closes_at > at]
    return next(iter([*still_open, *reversed(in_order)]), None)


def invite_to_dinner(event: Event) -> int:
    """Fill the list of names up to sixty; who was taken off by hand is not put on again. How many were invited."""
    dinner = event.check_in_lists.filter(has_names_only=True, session=None).first()  # workshops have lists of names too
    if dinner is None:
        return 0
    invited = dinner.entries.order_by("registration").values_list("registration", flat=True)
    last, missing = max(invited, default=0), GUESTS - len(invited)
    if missing <= 0:
        return 0
    guests = Registration.objects.for_event(event).with_badge().filter(pk__gt=last).order_by("pk")
    return services.put_on_list(dinner.pk, list(guests.values_list("pk", flat=True)[:missing]), by=None)
