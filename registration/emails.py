"""One function a message: to whom, with what. The words are the templates' in registration/emails/."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from events import clock, outbox, places
from events.models import Day
from registration.models import Claim, Handover, Registration

EVE = timedelta(days=1)  # on which those who follow remotely get their link again


def registered(registration: Registration, *, days: Sequence[Day] | None = None) -> None:
    """Confirmed on site, confirmed remotely, or on the waiting list; with badge and calendar where there are any.

    `days` saves a query to who knows them already.
    """
    if registration.is_waiting:
        _tell(registration, "waiting", days=days, attachments=["calendar"], position=places.position(registration))
    elif registration.is_on_site:
        _tell(registration, "confirmed_on_site", days=days, attachments=["qr", "badge", "calendar", "calendar_removed"])
    else:
        _tell(registration, "confirmed_remote", days=days, attachments=["calendar"])


def changed(registration: Registration) -> None:
    """What now holds, with a calendar update."""
    position = places.position(registration) if registration.is_waiting else None
    attachments = ["calendar", "calendar_removed"]
    if registration.has_badge:
        attachments = ["qr", "badge", *attachments]
    _tell(registration, "changed", attachments=attachments, position=position)


def cancelled(registration: Registration) -> None:
    """It has ended; the calendar entry goes too."""
    _tell(registration, "cancelled", attachments=["calendar_removed"])


def place_offered(registration: Registration) -> None:
    """A place is free: until when, and how to answer."""
    _tell(registration, "place_offered", version=_moment(registration.offered_at))


def offer_ended(registration: Registration) -> None:
    """The offer was declined or not answered in time; who followed remotely meanwhile goes on doing so."""
    _tell(registration, "offer_ended", attachments=["calendar"])


def already_registered(registration: Registration) -> None:
    """Somebody sent the form with an address that is registered: the way to it. At most one in ten minutes."""
    at = clock.now()
    _tell(registration, "already_registered", version=f"{at:%Y%m%d%H}{at.minute // 10}")


def link_again(registration: Registration) -> None:
    """The personal link, asked for again; at most one a minute."""
    attachments = ["qr", "badge"] if registration.has_badge else []
    _tell(registration, "link_again", version=f"{clock.now():%Y%m%d%H%M}", attachments=attachments)


def handover_offered(handover: Handover) -> None:
    """To the colleague: somebody would like to give you their place."""
    outbox.queue(
        "registration/handover_offered",
        handover,
        to=handover.to_email,
        language=handover.language,
        context={"giver": handover.registration},
    )


def handed_over(registration: Registration) -> None:
    """To the giver: the colleague has taken the place."""
    _tell(registration, "handed_over", attachments=["calendar_removed"])


def claim_link(claim: Claim, *, to: str, language: str) -> None:
    """To one for whom a place is reserved: the link to register on it."""
    outbox.queue("registration/claim_link", claim, to=to, language=language, version=claim.link_version)


def _tell(
    registration: Registration,
    message: str,
    *,
    version: int | str | None = None,
    attachments: list[str] | None = None,
    days: Sequence[Day] | None = None,
    **context: Any,
) -> None:
    outbox.queue(
        f"registration/{message}",
        registration,
        to=registration.email,
        language=registration.language,
        version=registration.version if version is None else version,
        context={
            "registration": registration,
            "days": list(registration.days.all() if days is None else days),
            "needs_can_change": registration.event.needs_can_change(clock.now()),
            "is_reminded": clock.day_of(clock.now()) < registration.event.starts_on - EVE,
            **context,
        },
        attachments=attachments or [],
    )


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y%m%d%H%M%S%f}" if moment else ""
