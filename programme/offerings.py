"""What the programme gives to the calls and the post of the event."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from events import documents, outbox
from events.addresses import event_url
from events.certificates import filename
from events.kinds import KINDS
from events.models import Call
from programme import access, calendars, certificates, live, releases
from programme.documents import KINDS as DOCUMENTS
from programme.kinds import APPLICATIONS, PROPOSALS
from programme.models import Booking, CoPresenter, Speaker
from programme.services import favourites
from registration import access as registration_access
from registration import offerings as registration_offerings
from registration import personal_views
from registration.models import Registration


def register() -> None:
    """Called once, when the apps are ready."""
    KINDS.update({Call.Kind.PROGRAMME: PROPOSALS, Call.Kind.APPLICATION: APPLICATIONS})
    outbox.LINKS.update(
        co_presenter=co_presenter_link,
        speaker=speaker_link,
        my_programme=my_programme_link,
        programme=programme_link,
        live=live_link,
        speaker_claim=speaker_claim_link,
    )
    outbox.ATTACHMENTS.update(
        session=calendars.booked_one,
        session_removed=calendars.ended_one,
        sessions=calendars.booked,
        sessions_removed=calendars.ended,
    )
    documents.KINDS.update(DOCUMENTS)
    documents.KINDS[certificates.KIND] = documents.Kind(certificates.make, filename, "application/pdf")
    registration_access.BRINGING_ALONG.append(favourites.hand_over)
    personal_views.ALSO.append(on_personal_page)


def co_presenter_link(row: CoPresenter, language: str) -> str:
    """Where somebody answers whether they speak along."""
    token = access.co_presenter_token(row)
    return event_url(row.event, "co-presenter", language=language, is_lasting=True, token=token)


def speaker_link(row: Speaker, language: str) -> str:
    """The speaker's own page."""
    return event_url(row.event, "speaker-page", language=language, is_lasting=True, token=access.speaker_token(row))


def speaker_claim_link(row: Speaker, language: str) -> str:
    """Where a speaker registers on the place that is kept; when there is none any more, their own page."""
    return registration_offerings.claim_link(row.claim, language) if row.claim else speaker_link(row, language)


def my_programme_link(row: Registration | Booking, language: str) -> str:
    """One's own sessions: opens the registration, as the personal link does."""
    registration = row.registration if isinstance(row, Booking) else row
    token = registration_access.personal_token(registration)
    return event_url(registration.event, "my-programme-link", language=language, is_lasting=True, token=token)


def programme_link(row: Any, language: str) -> str:
    """The public programme."""
    return event_url(row.event, "programme", language=language, is_lasting=True)


def live_link(registration: Registration, language: str) -> str:
    """The streams: opens the registration, as the personal link does."""
    token = registration_access.personal_token(registration)
    return event_url(registration.event, "live-link", language=language, is_lasting=True, token=token)


def on_personal_page(registration: Registration, at: datetime) -> list[dict[str, str]]:
    """The streams, one's own programme, and in the end the certificate of what was followed."""
    event, token = registration.event, registration_access.personal_token(registration)
    cards = []
    if certificates.is_due(registration, at):
        text = _("For the minutes that you have followed the streams.")
        url = event_url(event, "live-certificate", token=token)
        cards.append({"title": _("Certificate of attendance"), "text": text, "action": _("Download (PDF)"), "url": url})
    elif live.is_linked_for(registration, at):
        text = _("Every streamed room with what is on now and next, captions, interpretation and questions.")
        url = event_url(event, "live")
        cards.append({"title": _("Live"), "text": text, "action": _("Follow the streams"), "url": url})
    if registration.is_live and releases.current(event):
        text = _("The sessions that you have marked or signed up for, and their calendar.")
        url = event_url(event, "my-programme")
        cards.append({"title": _("My programme"), "text": text, "action": _("Open my programme"), "url": url})
    return cards
