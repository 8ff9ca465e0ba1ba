"""Who is asking: the exhibitor, by the link to their page."""

from booths.models import Booth
from events import tokens
from events.models import Event

BOOTH = "booth"


def booth_token(booth: Booth) -> str:
    """What makes a page the exhibitor's own."""
    return tokens.make(BOOTH, booth.pk, booth.link_version)


def booth_by_token(event: Event, value: str) -> Booth:
    """The booth behind a link; 404 when it is wrong, revoked or another event's."""
    rows = Booth.objects.select_related("event__exhibition", "place__hall", "logo").filter(event=event)
    booth: Booth = tokens.find(BOOTH, value, rows)
    return booth
