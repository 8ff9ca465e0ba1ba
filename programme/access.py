"""Who is asking: by the link of an invitation to speak along, or of a speaker."""

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
    rows = CoPresenter.objects.select_related("proposal__event", "proposal__call").filter(proposal__event=event)
    row: CoPresenter = tokens.find(CO_PRESENTER, value, rows)
    return row


def speaker_token(row: Speaker) -> str:
    """What makes a speaker's page their own."""
    return tokens.make(SPEAKER, row.pk, row.link_version)


def speaker_by_token(event: Event, value: str) -> Speaker:
    """The speaker behind a link; 404 when it is wrong, revoked or another event's."""
    row: Speaker = tokens.find(SPEAKER, value, Speaker.objects.select_related("event", "picture").filter(event=event))
    return row
