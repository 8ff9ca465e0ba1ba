"""The way from an application to what came of it."""

from django import template

from booths.access import booth_token
from booths.models import BoothApplication
from events.addresses import event_url

register = template.Library()


@register.simple_tag
def exhibitor_url(application: BoothApplication) -> str:
    """The exhibitor's page, once they have said that they come; nothing before, nor when it is cancelled."""
    booth = getattr(application, "booth", None)
    if booth is None or booth.confirmed_at is None or booth.cancelled_at:
        return ""
    return event_url(application.event, "exhibitor", token=booth_token(booth))
