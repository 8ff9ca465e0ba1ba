"""What organisers do with a registration: each step is a service, asked for on a page that says what it does."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import places
from events.models import User
from events.transitions import InvalidTransition
from registration import services
from registration.models import Registration

REFUSALS = (services.Refusal, places.NoPlaces, places.OfferEnded, places.PlacesTaken, InvalidTransition)


class Step(NamedTuple):
    """A step without further questions."""

    name: str
    label: Any
    question: Any
    done: Any
    act: Callable[[Registration, User], Any]
    is_possible: Callable[[Registration], bool]
    is_danger: bool = False


STEPS = {
    step.name: step
    for step in [
        Step(
            "resend",
            _("Send the link again"),
            _("Mail the personal link again, with the badge if there is one?"),
            _("The link is on its way."),
            lambda registration, by: services.send_link(registration, by=by),
            lambda registration: True,
        ),
        Step(
            "offer",
            _("Offer a place"),
            _("Offer a free place now, out of turn? An offer is mailed, with a time to answer."),
            _("The place is offered."),
            lambda registration, by: services.offer_place(registration.pk, by=by),
            lambda registration: registration.is_waiting,
        ),
        Step(
            "remote",
            _("Switch to remote participation"),
            _("Give up the place on site, or in the queue, and take part remotely?"),
            _("The registration is now for remote participation."),
            lambda registration, by: services.switch_to_remote(registration.pk, by=by),
            lambda registration: registration.is_live and registration.is_on_site,
        ),
        Step(
            "cancel",
            _("Cancel the registration"),
            _("Cancel the registration? The place goes to the next in the queue, and the person is told by mail."),
            _("The registration is cancelled."),
            lambda registration, by: services.cancel(registration.pk, by=by),
            lambda registration: registration.is_live,
            is_danger=True,
        ),
    ]
}


def attempt(request: HttpRequest, step: Callable[[], Any], done: Any) -> Any:
    """Take a step and say so, or say why not; the result of the step, or None."""
    try:
        result = step()
    except REFUSALS as refusal:
        messages.error(request, str(refusal.message))
        return None
    messages.success(request, str(done))
    return result


def take_for_all(request: HttpRequest, step: Step, registrations: list[Registration]) -> None:
    """The same step for several; what was not possible is counted, not hidden."""
    by: Any = request.user
    refused = 0
    for registration in registrations:
        try:
            step.act(registration, by)
        except REFUSALS:
            refused += 1
    done = len(registrations) - refused
    messages.success(request, gettext("%(step)s: done for %(count)d.") % {"step": step.label, "count": done})
    if refused:
        text = ngettext("It was not possible for %(count)d.", "It was not possible for %(count)d.", refused)
        messages.warning(request, text % {"count": refused})
