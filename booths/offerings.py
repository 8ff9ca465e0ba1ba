"""What the exhibition gives to the calls, the post and the documents of the event."""

from booths import access
from booths.documents import KINDS as DOCUMENTS
from booths.kinds import BOOTHS
from booths.models import Booth
from events import documents, outbox
from events.addresses import event_url
from events.kinds import KINDS
from events.models import Call


def register() -> None:
    """Called once, when the apps are ready."""
    KINDS[Call.Kind.BOOTHS] = BOOTHS
    outbox.LINKS.update(exhibitor=exhibitor_link, booths=booths_link)
    documents.KINDS.update(DOCUMENTS)


def exhibitor_link(booth: Booth, language: str) -> str:
    """The exhibitor's own page."""
    return event_url(booth.event, "exhibitor", language=language, is_lasting=True, token=access.booth_token(booth))


def booths_link(booth: Booth, language: str) -> str:
    """The public list with the floor plan."""
    return event_url(booth.event, "booths", language=language, is_lasting=True)
