"""Reminders: who has not been told the time since a moment of reminding is told it once, however many beats ring."""

from datetime import datetime, timedelta

from django.db import transaction

from events import clock
from webinars import emails
from webinars.models import SignUp, Webinar
from webinars.models.webinar import LONGEST_BEFORE
from webinars.services import rules

LONGEST = timedelta(minutes=LONGEST_BEFORE)


def send_reminders() -> int:
    """Remind everybody who is due, webinar by webinar; how many are reminded."""
    at = clock.now()
    begin_soon = Webinar.objects.public().filter(cancelled_at=None, starts_at__gt=at)
    keys = [row.pk for row in begin_soon.filter(starts_at__lte=at + LONGEST) if row.last_reminder(at)]
    return sum(_remind(key, at=at) for key in sorted(keys))


@transaction.atomic
def _remind(webinar_id: int, *, at: datetime) -> int:
    """Claim and mail in one step, under the lock that moving the webinar takes too."""
    webinar = rules.lock_webinar(webinar_id)
    moment = None if webinar.is_cancelled else webinar.last_reminder(at)
    if moment is None:
        return 0
    due = SignUp.objects.filter(webinar=webinar).confirmed().told_before(moment)
    rows = list(due.select_for_update(no_key=True).order_by("pk"))
    due.filter(pk__in=[row.pk for row in rows]).update(told_at=at)
    emails.reminders(webinar, rows, moment=moment)
    return len(rows)
