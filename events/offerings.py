"""What the calls give to the post and the home page of the event."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from events import outbox, senders, views
from events.addresses import event_url
from events.kinds import KINDS
from events.models import Call, Event, Submission


def register() -> None:
    """Called once, when the apps are ready."""
    outbox.LINKS.update(
        submission=submission_link,
        submission_answer=answer_link,
        offered_instead=offered_instead_link,
    )
    views.OPEN_NOW.append(open_now)


def submission_link(row: Submission, language: str) -> str:
    """The sender's own page."""
    return event_url(row.event, "submission", language=language, is_lasting=True, token=senders.token_of(row))


def answer_link(row: Submission, language: str) -> str:
    """Where the selected say yes or no."""
    return event_url(row.event, "submission-answer", language=language, is_lasting=True, token=senders.token_of(row))


def offered_instead_link(row: Submission, language: str) -> str:
    """The call that a letter offers to those who were not selected, filled in with who they are."""
    call = row.call.offered_instead
    if call is None:
        return submission_link(row, language)
    url = event_url(call.event, "call-form", language=language, is_lasting=True, call_slug=call.slug)
    return f"{url}?from={senders.prefill_token(row)}"


def open_now(event: Event, at: datetime) -> list[dict[str, Any]]:
    """The cards of the home page: each open call with its deadline."""
    calls = Call.objects.filter(event=event).open_at(at).of_kind(*KINDS).order_by("closes_at", "pk")
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
