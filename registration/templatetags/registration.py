"""How a registration stands, in words."""

from django import template
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from events import clock, municipalities
from events.addresses import event_url
from events.dates import deadline
from registration import access
from registration.models import Registration

register = template.Library()


@register.simple_tag
def standing(registration: Registration, position: int | None) -> dict[str, str]:
    """The status panel of the personal page: kind, title and text."""
    if registration.is_offered(clock.now()):
        until = deadline(registration.offer_ends_at) if registration.offer_ends_at else ""
        text = _("Answer %(until)s. After that it goes to the next in the queue.") % {"until": until}
        return _panel("offered", _("A place is offered to you"), text)
    if registration.is_waiting:
        return _panel(
            "waiting",
            _("You are number %(position)s on the waiting list") % {"position": position},
            _waiting(registration),
        )
    if not registration.is_live or registration.status == Registration.Status.OFFERED:
        return _panel("cancelled", *_ended(registration))
    is_past = clock.day_of(clock.now()) > registration.event.ends_on
    if registration.is_on_site:
        title, text = _("You have a place on site"), _("Welcome! Bring your badge on paper or on your phone.")
    else:
        title, text = _("You take part remotely"), _("You follow the event with the link on this page when it begins.")
    return _panel("confirmed", title, _("The event is over.") if is_past else text)


def _panel(kind: str, title: str, text: str) -> dict[str, str]:
    return {"kind": kind, "title": title, "text": text}


def _waiting(registration: Registration) -> str:
    hours = registration.event.offer_hours
    return ngettext(
        "When a place becomes free you get an offer by mail and have %(hours)d working hour to answer.",
        "When a place becomes free you get an offer by mail and have %(hours)d working hours to answer.",
        hours,
    ) % {"hours": hours}


def _ended(registration: Registration) -> tuple[str, str]:
    """Title and text of what has ended."""
    return {
        Registration.Status.PASSED_ON: (_("You gave your place to a colleague"), _("Your registration has ended.")),
        Registration.Status.DECLINED: (_("You did not need the place"), _("Your registration has ended.")),
        Registration.Status.CANCELLED: (_("Your registration is cancelled"), _("No place is kept for you.")),
    }.get(
        Registration.Status(registration.status),
        (_("The offered place was not accepted in time"), _("It has gone to the next in the queue.")),
    )


@register.simple_tag
def personal_url(registration: Registration) -> str:
    """The personal page of one's own registration."""
    return event_url(registration.event, "personal", token=access.personal_token(registration))


@register.filter
def municipality_name(code: str) -> str:
    """The municipality in the page's language."""
    return municipalities.label(code, get_language() or "fi")
