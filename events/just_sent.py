"""What a browser has just sent in without an account: for half an hour its address can be corrected there."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest

from events import clock
from events.models import Event

CORRECT_MINUTES = 30
SESSION_SECONDS = 12 * 3600


def keep(request: HttpRequest, name: str, event: Event, kept: dict[str, Any]) -> None:
    """Keep it in the session under a name and the event; what was recalled keeps its half hour."""
    until = (clock.real_now() + timedelta(minutes=CORRECT_MINUTES)).timestamp()
    request.session[name] = {**request.session.get(name, {}), str(event.pk): {"until": until, **kept}}
    if not request.user.is_authenticated:
        request.session.set_expiry(SESSION_SECONDS)


def recall(request: HttpRequest, name: str, event: Event) -> dict[str, Any] | None:
    """What was kept, or None when there is nothing or half an hour is over."""
    kept = request.session.get(name, {}).get(str(event.pk))
    return kept if kept and kept["until"] > clock.real_now().timestamp() else None
