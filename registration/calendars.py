"""The days of a registration as calendar entries."""

from datetime import datetime, time

from django.utils import translation
from django.utils.translation import gettext as _

from events import ics, outbox
from events.addresses import event_url
from events.clock import HELSINKI
from events.models import Day
from registration.models import Registration

OPENS, CLOSES = time(9), time(16)


def calendar(registration: Registration) -> outbox.Attachment | None:
    """The days on which the person takes part; nothing when none holds."""
    return _file(registration, _days(registration, is_taking_part=True), is_cancelled=False)


def calendar_removed(registration: Registration) -> outbox.Attachment | None:
    """What is to vanish from the person's calendar: all days after a cancellation, else days no longer taken part in.

    Only what may have been sent before is removed: the first version of a registration removes nothing.
    """
    if registration.version == 0:
        return None
    return _file(registration, _days(registration, is_taking_part=False), is_cancelled=True)


def _days(registration: Registration, *, is_taking_part: bool) -> list[Day]:
    """Remote participants take part on all days; who waits on none yet, unless remotely meanwhile."""
    days = list(registration.event.days.all())
    if registration.is_confirmed and registration.is_on_site:
        chosen = set(registration.days.values_list("pk", flat=True))
    else:
        chosen = {day.pk for day in days} if registration.follows_remotely else set()
    return [day for day in days if (day.pk in chosen) == is_taking_part]


def _file(registration: Registration, days: list[Day], *, is_cancelled: bool) -> outbox.Attachment | None:
    if not days:
        return None
    event = registration.event
    with translation.override(registration.language):
        content = ics.calendar(
            [_entry(registration, day) for day in days],
            organiser=(event.contact_name, event.contact_email),
            attendee=(registration.full_name, registration.email),
            is_cancelled=is_cancelled,
        )
    method = "CANCEL" if is_cancelled else "REQUEST"
    name = f"{event.slug}-removed.ics" if is_cancelled else f"{event.slug}.ics"
    return outbox.Attachment(name, content, ics.MEDIA_TYPE.format(method=method))


def _entry(registration: Registration, day: Day) -> ics.Entry:
    event = registration.event
    place = ", ".join(part for part in (event.venue_name, event.venue_address) if part)
    return ics.Entry(
        key=f"registration-{registration.pk}-{day.date:%Y%m%d}",
        sequence=registration.version,
        starts=datetime.combine(day.date, day.starts_at or OPENS, HELSINKI),
        ends=datetime.combine(day.date, day.ends_at or CLOSES, HELSINKI),
        summary=event.name,
        location=place if registration.is_on_site else _("Remote participation"),
        url=event_url(event, "home", is_lasting=True),
    )
