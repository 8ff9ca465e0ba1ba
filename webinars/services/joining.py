"""Going to the meeting: who goes there has attended, once, and the network they come from is noted."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import clock
from events.transitions import Refusal
from webinars.models import SignUp
from webinars.models.sign_up import MOST_NETWORKS

NETWORKS_KEPT = timedelta(days=14)


class DoorsClosed(Refusal):
    """Too early, too late, cancelled, or no place."""

    message = _("The doors of the webinar are not open to you now.")


class NoMeeting(Refusal):
    """The organisers have not entered the address of the meeting."""

    message = _("The meeting has not been set up yet. Try again in a moment; the page updates by itself.")


@transaction.atomic
def join(sign_up_id: int, *, network: str) -> str:
    """The address of the meeting, for one who has a place while the doors are open. A link passed on still works."""
    rows = SignUp.objects.select_related("webinar").select_for_update(of=("self",), no_key=True)
    sign_up, at = rows.get(pk=sign_up_id), clock.now()
    webinar = sign_up.webinar
    if not sign_up.is_confirmed or not webinar.lets_in(at):
        raise DoorsClosed
    if not webinar.join_url:
        raise NoMeeting
    _note(sign_up, network, at=at)
    return webinar.join_url


def _note(sign_up: SignUp, network: str, *, at: datetime) -> None:
    """When they first came, and each network once."""
    sign_up.attended_at = sign_up.attended_at or at
    sign_up.networks = [*dict.fromkeys([*sign_up.networks, network])][:MOST_NETWORKS]
    sign_up.save(update_fields=["attended_at", "networks"])


def forget_networks() -> int:
    """Two weeks after a webinar nobody needs to know from where people came; of how many it was forgotten."""
    over = SignUp.objects.filter(webinar__ends_at__lt=clock.now() - NETWORKS_KEPT)
    return over.exclude(networks=[]).update(networks=[])
