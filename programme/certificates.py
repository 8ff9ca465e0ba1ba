"""The certificate of attendance of those who have followed the streams, with the minutes they have followed."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from events import documents
from events.certificates import Certificate, draw
from events.dates import day_range
from events.models import Document
from programme import live
from registration.models import Registration

KIND = "live_certificate"


def is_due(registration: Registration, at: datetime) -> bool:
    """For whoever has followed for a minute or more, when nothing more is streamed."""
    return live.minutes_of(registration) > 0 and live.is_over(registration.event, at)


def ask(registration: Registration) -> Document | None:
    """Have it made, unless that is done already; made, or being made."""
    language = registration.language
    version = registration.version + live.minutes_of(registration)  # another one when either has grown
    documents.ask(KIND, registration, language=language, version=version)
    return documents.find(KIND, registration, language=language, version=version)


def make(document: Document) -> bytes:
    """Who took part in what, when and how long."""
    row = Registration.objects.select_related("event").filter(pk=document.about_id).first()
    minutes = live.minutes_of(row) if row else 0
    if row is None or not minutes:
        raise documents.NotNeeded
    event = row.event
    with translation.override(document.language):
        when = day_range(event.starts_on, event.ends_on)
        took_part = _("took part remotely in the event")
        return draw(document, Certificate(row.full_name, row.organisation, took_part, event.name, when, minutes))
