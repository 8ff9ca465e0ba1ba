"""What a sender does: a form as a browser posts it, the pages behind the link, the mails that were written."""

import uuid
from typing import Any

from django.utils import translation

from events import senders
from events.addresses import event_url
from events.models import Call, Mail
from tests.factories import make_format, make_theme

PROPOSE = "/sv/calls/programme/form/"


def typed(call: Call, **given: Any) -> dict[str, Any]:
    """A whole Swedish proposal as a browser posts it; None leaves a field out."""
    data: dict[str, Any] = {
        "step": "send", "form_key": str(uuid.uuid4()), "version": "", "email": "anna.ek@kommun.example",
        "name": "Anna Ek", "organisation": "Aurådalens kommun", "phone": "+358 40 000 0000",
        "organisation_type": call.event.organisation_types.get().pk, "title_sv": "Språkkaféer som fungerar",
        "description_sv": "Vi berättar hur.", "format": make_format(call.event).pk, "minutes": "45",
        "themes": [make_theme(call.event).pk], "session_languages": ["sv", "fi"], "audience": "Alla", "privacy": "on",
        **given,
    }  # fmt: skip
    return {name: value for name, value in data.items() if value is not None}


def draft(**given: Any) -> dict[str, Any]:
    """The least that can be saved."""
    return {
        "step": "draft", "form_key": str(uuid.uuid4()), "email": "anna.ek@kommun.example", "title_sv": "Utkast",
        **given,
    }  # fmt: skip


def address(row: Any, name: str = "submission", language: str = "sv", **kwargs: Any) -> str:
    with translation.override(language):
        return event_url(row.event, name, token=senders.token_of(row), **kwargs)


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def messages_sent() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("message", flat=True))
