"""Badges for the printer: asked for here, made by the worker."""

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import get_language

from events import documents
from events.models import Document, Event, LogEntry, User
from events.models.log import about
from registration.models import Registration

LAYOUTS = ("one", "four")


@transaction.atomic
def ask_for_badges(
    event: Event, registrations: QuerySet[Registration], *, layout: str, by: User | None
) -> Document | None:
    """The document to wait for; None when none of these people has a badge. Every time of asking is a new document."""
    chosen = Registration.objects.for_event(event).with_badge().filter(pk__in=registrations.order_by().values("pk"))
    keys = sorted(chosen.values_list("pk", flat=True))
    if not keys:
        return None
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)  # two who ask at once get two numbers
    earlier = Document.objects.filter(kind="badges", **about(event)).aggregate(last=Max("version"))
    version, language = (earlier["last"] or 0) + 1, get_language() or "fi"
    options = {"registrations": keys, "layout": layout if layout in LAYOUTS else "one"}
    documents.ask("badges", event, version=version, language=language, by=by, options=options)
    LogEntry.objects.record(event, "badges asked for", by=by, count=len(keys))
    return documents.find("badges", event, version=version, language=language)
