"""Those who follow remotely hear on the eve of the event how to get to the streams."""

from datetime import datetime, time, timedelta

from django.db.models import Q

from events import clock
from events.clock import HELSINKI
from events.models import Event, Mail, Place
from programme import emails
from programme.models import LivePage
from registration.models import Registration

FROM, UNTIL = time(9), time(18)  # of the eve


def remind_of_streams() -> int:
    """The link to the streams, to everybody who takes part remotely; the number of mails.

    Whoever registers on the eve has it in their confirmation. The post's key sees to it that two beats at once remind
    once.
    """
    local = clock.now().astimezone(HELSINKI)
    if not FROM <= local.time() < UNTIL:
        return 0
    tomorrow = local.date() + timedelta(days=1)
    return sum(_remind(event, local) for event in Event.objects.filter(starts_on=tomorrow))


def _remind(event: Event, local: datetime) -> int:
    told = Mail.objects.filter(event=event, message=emails.STREAMS).values("about_id")
    follow = Q(attendance=Registration.Attendance.REMOTE, status=Place.Status.CONFIRMED) | Q(remote_meanwhile=True)
    rows = Registration.objects.for_event(event).live().filter(follow, registered_at__lt=_midnight(local))
    due = rows.exclude(pk__in=told).select_related("event")
    page = LivePage.objects.filter(event=event).first()
    for registration in due:
        emails.streams_tomorrow(registration, support_phone=page.support_phone if page else "")
    return len(due)


def _midnight(local: datetime) -> datetime:
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
