"""What the programme gives to the post and the home page of the event."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from events import documents, outbox, views
from events.addresses import event_url
from events.models import Call, Event
from programme import access, calendars
from programme.access import Submitted
from programme.documents import KINDS
from programme.models import Booking, CoPresenter, Speaker
from registration import access as registration_access
from registration import offerings as registration_offerings
from registration.models import Registration


def register() -> None:
    """Called once, when the apps are ready."""
    outbox.LINKS.update(
        proposal=proposal_link,
        proposal_answer=answer_link,
        co_presenter=co_presenter_link,
        offered_instead=offered_instead_link,
        speaker=speaker_link,
        speaker_claim=speaker_claim_link,
    )
    outbox.LINKS.update(my_programme=my_programme_link, programme=programme_link)
    outbox.ATTACHMENTS.update(
        session=calendars.booked_one,
        session_removed=calendars.ended_one,
        sessions=calendars.booked,
        sessions_removed=calendars.ended,
    )
    documents.KINDS.update(KINDS)
    views.OPEN_NOW.append(open_now)


def proposal_link(row: Submitted, language: str) -> str:
    """The sender's own page."""
    return event_url(row.event, "proposal", language=language, is_lasting=True, token=access.token_of(row))


def answer_link(row: Submitted, language: str) -> str:
    """Where the selected say yes or no."""
    return event_url(row.event, "proposal-answer", language=language, is_lasting=True, token=access.token_of(row))


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


def offered_instead_link(row: Submitted, language: str) -> str:
    """The call that a letter offers to those who were not selected, filled in with who they are."""
    call = row.call.offered_instead
    if call is None:
        return proposal_link(row, language)
    name = "propose" if call.kind in access.TABLES else "call"
    url = event_url(call.event, name, language=language, is_lasting=True, call_slug=call.slug)
    return f"{url}?from={access.prefill_token(row)}"


def my_programme_link(row: Registration | Booking, language: str) -> str:
    """One's own sessions: opens the registration, as the personal link does."""
    registration = row.registration if isinstance(row, Booking) else row
    token = registration_access.personal_token(registration)
    return event_url(registration.event, "my-programme-link", language=language, is_lasting=True, token=token)


def programme_link(row: Any, language: str) -> str:
    """The public programme."""
    return event_url(row.event, "programme", language=language, is_lasting=True)


def open_now(event: Event, at: datetime) -> list[dict[str, Any]]:
    """The cards of the home page: each open call with its deadline."""
    calls = Call.objects.filter(event=event).open_at(at).of_kind(*access.TABLES).order_by("closes_at", "pk")
    return [
        {
            "title": call.title,
            "text": call.summary,
            "action": _("Read more and take part"),
            "deadline": call.closes_at,
            "url": event_url(event, "call", call_slug=call.slug),
        }
        for call in calls
    ]
