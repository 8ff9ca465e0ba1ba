"""Sessions that somebody wants to remember: rows for the registered, a list in the browser's session for others."""

from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models import Event
from events.transitions import Refusal
from programme import releases
from programme.models import Favourite
from registration import access
from registration.models import Registration

MOST = 300  # of one person: more than any programme has
KEPT = "favourites"  # in the browser's session


class Gone(Refusal):
    """The session is not in the programme (any more)."""

    message = _("This session is no longer in the programme.")


def mark(registration: Registration, session_id: int) -> None:
    """Remember a session. Marked twice is marked once."""
    if not public(registration.event, [session_id]):
        raise Gone
    Favourite.objects.bulk_create(
        [Favourite(session_id=session_id, registration=registration, added_at=clock.now())], ignore_conflicts=True
    )


def unmark(registration: Registration, session_id: int) -> None:
    """Forget it; also what is no longer in the programme."""
    Favourite.objects.filter(registration=registration, session=session_id).delete()


def bring_along(registration: Registration, session_ids: Iterable[int]) -> int:
    """What was marked before registering; sessions that are gone are left out. How many."""
    found = public(registration.event, session_ids)
    at = clock.now()
    rows = [Favourite(session_id=pk, registration=registration, added_at=at) for pk in found]
    return len(Favourite.objects.bulk_create(rows, ignore_conflicts=True))


def kept(request: HttpRequest, event: Event) -> list[int]:
    """What somebody whom we do not know has marked in this browser, in that order."""
    return request.session.get(KEPT, {}).get(str(event.pk), [])


def keep(request: HttpRequest, event: Event, session_ids: list[int]) -> None:
    """Keep these in the browser's session, the last ones if there are too many."""
    of_events = {**request.session.pop(KEPT, {}), str(event.pk): session_ids[-MOST:]}
    if of_events := {event: keys for event, keys in of_events.items() if keys}:
        request.session[KEPT] = of_events


def hand_over(request: HttpRequest, registration: Registration) -> None:
    """What is kept in this browser becomes the registration's, and is forgotten here once its link was opened here.

    Not before: whoever has registered with a known address, so that nothing was made, must see the same.
    """
    event = registration.event
    if marked := kept(request, event):
        bring_along(registration, marked)
        if access.current(request, event) == registration:
            keep(request, event, [])


def public(event: Event, session_ids: Iterable[int]) -> list[int]:
    """Those among the sessions that are in the programme now, in a fixed order."""
    release = releases.current(event)
    keys = list(session_ids)[:MOST]
    return sorted(release.sessions.filter(session__in=keys).values_list("session", flat=True)) if release else []
