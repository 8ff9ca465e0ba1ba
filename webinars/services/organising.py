"""What organisers do with a webinar: move it, cancel it, thank those who signed up, copy it to the next month."""

from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from events import clock
from events.clock import HELSINKI
from events.models import LogEntry, Mail, Place, User
from events.pagecache import raise_public_version
from events.transitions import Refusal
from webinars import emails
from webinars.models import SignUp, Webinar
from webinars.services import rules
from webinars.services.signing_up import end

COPIED = [
    "event", "series", "languages", "interpreted_into", "has_captions", "reminders",
    *(f"{name}_{code}" for name in ("title", "abstract", "speakers") for code in ("fi", "sv", "en")),
]  # fmt: skip
WEEKS = timedelta(weeks=4)


class BeingSent(Refusal):
    """A mail with the old time is in the hands of the mail server."""

    message = _("Mail about this webinar is being sent at this moment. Nothing was changed: try again in a minute.")


class NotOver(Refusal):
    """One thanks afterwards."""

    message = _("Thanks are sent when the webinar is over.")


@transaction.atomic
def move(webinar_id: int, *, starts_at: datetime, ends_at: datetime, by: User | None) -> Webinar:
    """Another time: everybody who has signed up is told, with an update for the calendar.

    Nobody gets the old time afterwards. Mails hold a placeholder for it, which is filled in when they leave; those that
    leave at this moment are waited for; reminders of the old time that have not left are taken back.
    """
    webinar = rules.lock_webinar(webinar_id)
    if webinar.is_cancelled or webinar.is_over(clock.now()):
        raise rules.NotPossible
    if (webinar.starts_at, webinar.ends_at) == (starts_at, ends_at):
        return webinar
    _take_back_reminders(webinar)
    webinar.starts_at, webinar.ends_at = starts_at, ends_at
    webinar.sequence += 1
    webinar.save(update_fields=["starts_at", "ends_at", "sequence", "updated_at"])
    told = SignUp.objects.filter(webinar=webinar).live()
    told.update(told_at=clock.now())
    told.filter(offer_ends_at__gt=starts_at).update(offer_ends_at=starts_at)
    LogEntry.objects.record(webinar, "webinar moved", by=by, count=told.count())
    emails.moved(webinar, told.order_by("pk"))
    raise_public_version([webinar.event_id])
    return webinar


def _take_back_reminders(webinar: Webinar) -> None:
    """Wait for what is just being sent to these people, and delete the reminders among the rest."""
    people = SignUp.objects.filter(webinar=webinar)
    queued = Mail.objects.open().filter(event=webinar.event_id, about_type=SignUp._meta.label_lower)
    theirs = queued.filter(to_email__in=people.values("email"))
    try:
        locked = list(theirs.order_by("pk").select_for_update().values_list("pk", flat=True))
    except OperationalError as error:  # a slow mail server holds one of them
        raise BeingSent from error
    reminders = Mail.objects.filter(pk__in=locked, message=emails.REMINDER, about_id__in=people.values("pk"))
    reminders.delete()


@transaction.atomic
def call_off(webinar_id: int, *, by: User | None) -> Webinar:
    """It does not take place: everybody who has signed up is told, and it leaves their calendars."""
    webinar = rules.lock_webinar(webinar_id)
    at = clock.now()
    if webinar.is_cancelled:
        return webinar
    if webinar.is_over(at):
        raise rules.NotPossible
    pools = rules.pools_of(webinar)
    _take_back_reminders(webinar)
    webinar.cancelled_at = at
    webinar.sequence += 1
    webinar.save(update_fields=["cancelled_at", "sequence", "updated_at"])
    rows = list(SignUp.objects.filter(webinar=webinar).live().select_for_update(no_key=True).order_by("pk"))
    for row in rows:
        end(row, Place.Status.CANCELLED, at=at)
    rules.settle(webinar, pools, at=at)
    LogEntry.objects.record(webinar, "webinar cancelled", by=by, count=len(rows))
    emails.called_off(webinar, rows)
    raise_public_version([webinar.event_id])
    return webinar


@transaction.atomic
def thank(webinar_id: int, *, by: User | None) -> int:
    """Recording, materials and the way to give feedback, to everybody once; how many are told this time."""
    webinar = rules.lock_webinar(webinar_id)
    at = clock.now()
    if webinar.is_cancelled or not webinar.is_over(at):
        raise NotOver
    due = to_thank(webinar).select_for_update(no_key=True).order_by("pk")
    rows = list(due)
    SignUp.objects.filter(pk__in=[row.pk for row in rows], thanked_at=None).update(thanked_at=at)
    LogEntry.objects.record(webinar, "thanks sent", by=by, count=len(rows))
    emails.thanks(webinar, rows)
    return len(rows)


def to_thank(webinar: Webinar) -> Any:
    """Those who had a place and have not been thanked."""
    return SignUp.objects.filter(webinar=webinar, thanked_at=None).confirmed()


@transaction.atomic
def copy(webinar_id: int, *, by: User | None) -> Webinar:
    """The same on that weekday of the next month, four or five weeks later; not public, and without a meeting."""
    source = Webinar.objects.select_related("event").get(pk=webinar_id)
    starts = source.starts_at.astimezone(HELSINKI) + WEEKS
    if (starts.year, starts.month) == _month(source):
        starts += timedelta(weeks=1)
    length = source.ends_at - source.starts_at
    fresh = Webinar(
        **{name: getattr(source, name) for name in COPIED}, slug=_free_slug(source, starts), starts_at=starts,
        ends_at=starts + length,
    )  # fmt: skip
    fresh.save(force_insert=True)
    LogEntry.objects.record(fresh, "webinar copied", by=by, number=source.pk)
    return fresh


def _month(webinar: Webinar) -> tuple[int, int]:
    local = webinar.starts_at.astimezone(HELSINKI)
    return local.year, local.month


def _free_slug(source: Webinar, starts: datetime) -> str:
    """The month of the copy, with a number when that is taken."""
    stem, number = f"{starts:%Y-%m}", 1
    slug = stem
    while Webinar.objects.filter(event=source.event_id, slug=slug).exists():
        number += 1
        slug = f"{stem}-{number}"
    return slug
