"""Papers of the door, asked for by an organiser or the door lead; the worker makes them."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from events import documents
from events.models import Document, Event, LogEntry, User
from events.models.log import about


@transaction.atomic
def ask_for_paper(event: Event, kind: str, *, language: str, options: dict[str, Any], by: User | None) -> Document:
    """The document to wait for. Every time of asking is a new one: people and lists have changed since."""
    Event.objects.select_for_update(no_key=True).get(pk=event.pk)  # two who ask at once get two numbers
    earlier = Document.objects.filter(kind=kind, **about(event)).aggregate(last=Max("version"))
    version = (earlier["last"] or 0) + 1
    documents.ask(kind, event, version=version, language=language, by=by, options=options)
    LogEntry.objects.record(event, "paper of the door asked for", by=by, name=kind, languages=[language])
    found = documents.find(kind, event, language=language, version=version)
    assert found is not None
    return found
