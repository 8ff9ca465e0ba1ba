"""Who is asking: by a personal link."""

import hashlib
import hmac
import ipaddress

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest

from events import tokens
from events.models import Event
from webinars.models import SignUp
from webinars.models.sign_up import NETWORK_LETTERS

PERSONAL = "webinar"
NETWORK_BITS = {4: 24, 6: 48}  # what a home or an office has to itself


def personal_token(sign_up: SignUp) -> str:
    """What makes a link personal."""
    return tokens.make(PERSONAL, sign_up.pk, sign_up.link_version)


def by_token(event: Event, value: str) -> SignUp:
    """The sign-up behind a personal link; 404 when it is wrong, revoked or another event's."""
    rows = SignUp.objects.select_related("event", "webinar__series", "organisation_type").filter(event=event)
    sign_up: SignUp = tokens.find(PERSONAL, value, rows)
    return sign_up


def network_of(request: HttpRequest, sign_up: SignUp) -> str:
    """A sign for the network that the request comes from: the same again for this sign-up, and of no other use."""
    address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    address = getattr(address, "ipv4_mapped", None) or address
    network = ipaddress.ip_network(f"{address}/{NETWORK_BITS[address.version]}", strict=False)
    words = f"network:{sign_up.pk}:{network}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()[:NETWORK_LETTERS]
