"""Who is asking: by the link of an invitation to speak along, or of a speaker."""

from django.http import Http404

from events import tokens
from events.models import Event
from programme.models import CoPresenter, Speaker

CO_PRESENTER = "co-presenter"
SPEAKER = "speaker"


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
