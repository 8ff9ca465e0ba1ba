"""Who is asking: by the link of a proposal, an application or an invitation to speak along."""

from typing import Any

from django.http import Http404

from events import tokens
from events.models import Call, Event
from programme.models import Application, CoPresenter, Proposal, Speaker

Submitted = Proposal | Application

# What is sent in to a call of a kind; the name of a table is the purpose of its links.
TABLES: dict[str, type[Proposal] | type[Application]] = {
    Call.Kind.PROGRAMME: Proposal,
    Call.Kind.APPLICATION: Application,
}
CO_PRESENTER = "co-presenter"
PREFILL = "prefill"
SPEAKER = "speaker"


def purpose_of(table: type[Submitted]) -> str:
    """What a link is for: "proposal" or "application"."""
    return str(table._meta.model_name)


def token_of(row: Submitted) -> str:
    """What makes a link the sender's own."""
    return tokens.make(purpose_of(type(row)), row.pk, row.link_version)


def by_token(event: Event, value: str) -> Submitted:
    """The proposal or application behind a link; 404 when it is wrong, revoked or another event's."""
    for table in TABLES.values():
        if token := tokens.read(purpose_of(table), value):
            rows: Any = table._default_manager.select_related("event", "call", "organisation_type").filter(event=event)
            if row := rows.filter(pk=token.pk, link_version=token.version).first():
                return row
    raise Http404("This link is not valid.")


def co_presenter_token(row: CoPresenter) -> str:
    """What makes an invitation answerable."""
    return tokens.make(CO_PRESENTER, row.pk, row.link_version)


def co_presenter_by_token(event: Event, value: str) -> CoPresenter:
    """The invitation behind a link; 404 when it is wrong or was sent to somebody else instead."""
    token = tokens.read(CO_PRESENTER, value)
    rows = CoPresenter.objects.select_related("proposal__event", "proposal__call").filter(proposal__event=event)
    row = rows.filter(pk=token.pk, link_version=token.version).first() if token else None
    if row is None:
        raise Http404("This link is not valid.")
    return row


def speaker_token(row: Speaker) -> str:
    """What makes a speaker's page their own."""
    return tokens.make(SPEAKER, row.pk, row.link_version)


def speaker_by_token(event: Event, value: str) -> Speaker:
    """The speaker behind a link; 404 when it is wrong, revoked or another event's."""
    token = tokens.read(SPEAKER, value)
    rows = Speaker.objects.select_related("event", "picture").filter(event=event)
    row = rows.filter(pk=token.pk, link_version=token.version).first() if token else None
    if row is None:
        raise Http404("This link is not valid.")
    return row


def prefill_token(row: Submitted) -> str:
    """For a letter that offers another call: who they are need not be typed again."""
    return tokens.make(f"{PREFILL}-{purpose_of(type(row))}", row.pk, row.link_version)


def prefilled(event: Event, value: str) -> Submitted | None:
    """Whose name and organisation fill the form, or None; the link opens nothing."""
    for table in TABLES.values():
        if token := tokens.read(f"{PREFILL}-{purpose_of(table)}", value):
            rows: Any = table._default_manager.filter(event=event, pk=token.pk, link_version=token.version)
            return rows.first()
    return None
