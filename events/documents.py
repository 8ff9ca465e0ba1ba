"""Documents: asked for by a service in its transaction, made once by the worker, handed out to mail and download alike.

An app registers how a kind is made in its AppConfig.ready.
"""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import transaction

from events import bell, clock
from events.models import Document, Event, User
from events.models.log import about

logger = logging.getLogger(__name__)

PROGRESS_SECONDS = 3600


class NotNeeded(Exception):
    """What the document is about is no longer there: the request is forgotten, and nobody is to blame."""


class Kind(NamedTuple):
    """How a kind of document is made: a function of the row, and how the file is called and typed."""

    make: Callable[[Document], bytes]
    filename: Callable[[Document], str]
    media_type: str


KINDS: dict[str, Kind] = {}


def ask(
    kind: str, row: Any, *, language: str, version: int, by: User | None = None, options: dict[str, Any] | None = None
) -> None:
    """Have the document of this kind, version and language about a row made, unless that is done already."""
    document = Document(
        kind=kind,
        version=version,
        language=language,
        event_id=row.pk if isinstance(row, Event) else row.event_id,
        asked_at=clock.now(),
        next_attempt_at=clock.real_now(),
        asked_by=by,
        options=options or {},
        **about(row),
    )
    Document.objects.bulk_create([document], ignore_conflicts=True)
    bell.ring()


def find(kind: str, row: Any, *, language: str, version: int) -> Document | None:
    """The document, made or still to be made; None when nobody has asked for it."""
    return Document.objects.filter(kind=kind, version=version, language=language, **about(row)).first()


def content(document: Document) -> bytes:
    """The bytes, made now if the worker has not come to it; safe when two ask at once."""
    if document.content is not None:
        return bytes(document.content)
    with transaction.atomic():
        locked = Document.objects.select_for_update().get(pk=document.pk)
        if locked.content is None:
            _make(locked)
        return bytes(locked.content or b"")


def make_next() -> bool:
    """Make one document that nobody else is making; False when there is none."""
    pk = Document.objects.begin_next(clock.real_now())
    if pk is None:
        return False
    with transaction.atomic():
        document = Document.objects.hold(pk)
        if document is None:  # somebody who could not wait has made it
            return True
        try:
            with transaction.atomic():
                _make(document)
        except NotNeeded:
            document.delete()
        except Exception as error:  # one broken document must not stop the others; it is shown and tried again
            logger.exception("Document %s could not be made", document.pk)
            document.failed_at, document.last_error = clock.now(), repr(error)[:2000]
            document.postpone(clock.real_now())
            document.save(update_fields=["failed_at", "last_error", "next_attempt_at"])
    return True


def _make(document: Document) -> None:
    document.content = KINDS[document.kind].make(document)
    document.made_at, document.failed_at, document.last_error = clock.now(), None, ""
    document.save(update_fields=["content", "made_at", "failed_at", "last_error"])


def report_progress(document: Document, done: int, total: int) -> None:
    """Tell whoever waits how far a long document is; kept outside the database, where nobody could see it yet."""
    cache.set(f"document-progress-{document.pk}", round(100 * done / max(total, 1)), PROGRESS_SECONDS)


def progress(document: Document) -> int:
    """Per cent done."""
    return 100 if document.made_at else int(cache.get(f"document-progress-{document.pk}") or 0)


def filename(document: Document) -> str:
    """What the file is called when it is saved."""
    return KINDS[document.kind].filename(document)
