"""Numbers and lists of webinars, for organisers; and what still has to be done with one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.clock import day_of
from events.dates import moment
from events.models import OrganisationType, Place
from webinars.models import Feedback, SignUp, Webinar

SOON = timedelta(days=7)
STANDINGS = {
    "confirmed": Q(sign_ups__status=Place.Status.CONFIRMED),
    "waiting": Q(sign_ups__status__in=[Place.Status.WAITING, Place.Status.OFFERED]),
    "attended": Q(sign_ups__attended_at__isnull=False),
}


def numbers(webinar: Webinar) -> dict[str, Any]:
    """Where a webinar stands: people by standing and by type of organisation, and what they thought; four queries."""
    rows = SignUp.objects.filter(webinar=webinar)
    counts = rows.aggregate(
        confirmed=Count("pk", filter=Q(status=Place.Status.CONFIRMED)),
        waiting=Count("pk", filter=Q(status=Place.Status.WAITING)),
        offered=Count("pk", filter=Q(status=Place.Status.OFFERED)),
        ended=Count("pk", filter=~Q(status__in=Place.LIVE)),
        attended=Count("pk", filter=Q(attended_at__isnull=False)),
        several=Count("pk", filter=Q(networks__len__gt=1)),
    )
    feedback = Feedback.objects.filter(webinar=webinar).aggregate(given=Count("pk"), usefulness=Avg("usefulness"))
    return {**counts, **feedback, "types": _types(rows)}


def _types(rows: QuerySet[SignUp]) -> list[tuple[str, int, int]]:
    """(type of organisation in the reader's language, signed up, came), for the funder."""
    counts = rows.order_by().values("organisation_type").annotate(
        people=Count("pk", filter=Q(status=Place.Status.CONFIRMED)),
        came=Count("pk", filter=Q(attended_at__isnull=False)),
    )  # fmt: skip
    found = {row["organisation_type"]: (row["people"], row["came"]) for row in counts}
    return [(kind.name, *found[kind.pk]) for kind in OrganisationType.objects.filter(pk__in=found)]


def state(webinar: Webinar, at: datetime) -> list[Any]:
    """Whether it is public, or why not; and what is missing before people come."""
    if webinar.is_cancelled:
        return [_("cancelled")]
    if not webinar.is_public:
        return [_("no"), *(webinar.why_not_public() or [_("not marked as public")])]
    is_near = not webinar.is_over(at) and webinar.starts_at - at <= SOON
    return [_("yes"), *([_("⚠ the address of the meeting is missing")] if is_near and not webinar.join_url else [])]


def recording(webinar: Webinar, at: datetime) -> str:
    """Whether there is one, and how long it may be shown without captions."""
    if not webinar.recording_url:
        return "–"
    due = webinar.captions_due_on
    if due is None:
        return _("with captions")
    left = (due - day_of(at)).days
    if left < 0:
        return _("⚠ hidden: captions are overdue")
    text = ngettext("captions within %(count)d day", "captions within %(count)d days", left)
    return text % {"count": left}


def export_header() -> list[str]:
    """The titles of the columns."""
    return [
        _("Webinar"), _("Time"), _("Name"), _("E-mail"), _("Organisation"), _("Type of organisation"), _("Status"),
        _("Language of mail"), _("Signed up"), _("Came"),
    ]  # fmt: skip


def export_rows(rows: QuerySet[SignUp]) -> Iterator[list[str]]:
    """A line a sign-up."""
    for row in rows.select_related("webinar", "organisation_type"):
        yield [
            row.webinar.title, moment(row.webinar.starts_at), row.name, row.email, row.organisation,
            row.organisation_type.name, str(row.get_status_display()), row.language, moment(row.signed_up_at),
            moment(row.attended_at) if row.attended_at else "",
        ]  # fmt: skip
