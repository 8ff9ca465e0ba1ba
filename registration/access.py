"""Who is asking: by a personal link, or by a session that has opened one."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest

from events import tokens
from events.models import Event
from registration.models import Claim, Handover, Registration

PERSONAL, HANDOVER, CLAIM = "registration", "handover", "claim"
SESSION_KEY = "registrations"
SESSION_SECONDS = 12 * 3600

# What a browser kept for somebody whom nobody knew: the apps above add their functions in AppConfig.ready. They are
# called when the browser has registered somebody, and when it has opened a personal link.
BRINGING_ALONG: list[Callable[[HttpRequest, Registration], None]] = []


def personal_token(registration: Registration) -> str:
    """What makes a link personal."""
    return tokens.make(PERSONAL, registration.pk, registration.link_version)


def by_token(event: Event, value: str) -> Registration:
    """The registration behind a personal link; 404 when it is wrong, revoked or another event's."""
    rows = Registration.objects.select_related("event", "role", "organisation_type").filter(event=event)
    registration: Registration = tokens.find(PERSONAL, value, rows)
    return registration


def handover_by_token(event: Event, value: str) -> Handover:
    """The offer of a colleague's place; 404 when the link is wrong."""
    token = tokens.read(HANDOVER, value)
    rows = Handover.objects.select_related("registration__event").filter(registration__event=event)
    handover = rows.filter(pk=token.pk).first() if token else None
    if handover is None:
        raise Http404("This link is not valid.")
    return handover


def claim_by_token(event: Event, value: str) -> Claim:
    """The reserved place behind a link; 404 when it is wrong or revoked."""
    claim: Claim = tokens.find(CLAIM, value, Claim.objects.select_related("event", "role").filter(event=event))
    return claim


def remember(request: HttpRequest, registration: Registration) -> None:
    """Keep in the session who this is, so that the programme and the stream know."""
    kept: dict[str, Any] = request.session.get(SESSION_KEY, {})
    mine = [registration.pk, registration.link_version]
    if kept.get(str(registration.event_id)) != mine:
        request.session[SESSION_KEY] = {**kept, str(registration.event_id): mine}
        request.session.set_expiry(SESSION_SECONDS)
    bring_along(request, registration)


def bring_along(request: HttpRequest, registration: Registration) -> None:
    """What this browser has kept becomes the registration's."""
    for step in BRINGING_ALONG:
        step(request, registration)


def current(request: HttpRequest, event: Event) -> Registration | None:
    """The registration of this event that the session has opened, unless its links were revoked meanwhile."""
    kept = request.session.get(SESSION_KEY, {}).get(str(event.pk))
    if not kept:
        return None
    rows = Registration.objects.select_related("event").filter(pk=kept[0], link_version=kept[1])
    return rows.filter(event=event).first()
