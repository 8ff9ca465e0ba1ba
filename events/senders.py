"""Who is asking: the sender of a draft or of something sent in, by the link that was mailed to them."""

from typing import Any

from django.http import Http404

from events import tokens
from events.kinds import KINDS
from events.models import Event, Submission

PREFILL = "prefill"


def purpose_of(table: Any) -> str:
    """What a link is for: "proposal", "application" …"""
    return str(table._meta.model_name)


def token_of(row: Submission) -> str:
    """What makes a link the sender's own."""
    return tokens.make(purpose_of(row), row.pk, row.link_version)


def by_token(event: Event, value: str) -> Any:
    """What the link opens; 404 when it is wrong, revoked or another event's."""
    for kind in KINDS.values():
        if token := tokens.read(purpose_of(kind.rows), value):
            rows = kind.rows.objects.select_related("event", "call", "organisation_type").filter(event=event)
            if row := rows.filter(pk=token.pk, link_version=token.version).first():
                return row
    raise Http404("This link is not valid.")


def prefill_token(row: Submission) -> str:
    """For a letter that offers another call: who they are need not be typed again."""
    return tokens.make(f"{PREFILL}-{purpose_of(row)}", row.pk, row.link_version)


def prefilled(event: Event, value: str) -> Any:
    """Whose name and organisation fill the form, or None; the link opens nothing."""
    for kind in KINDS.values():
        if token := tokens.read(f"{PREFILL}-{purpose_of(kind.rows)}", value):
            return kind.rows.objects.filter(event=event, pk=token.pk, link_version=token.version).first()
    return None
