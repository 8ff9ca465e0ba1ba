"""`{% webinar_url sign_up %}`: the personal page of a sign-up, for pages of somebody who has logged in."""

from django import template

from events.addresses import event_url
from webinars.access import personal_token
from webinars.models import SignUp

register = template.Library()


@register.simple_tag
def webinar_url(sign_up: SignUp) -> str:
    """A path on this site."""
    return event_url(sign_up.event, "webinar-personal", token=personal_token(sign_up))
