"""`{% event_url "news-item" pk=item.pk %}`: the address of a page of the event that the page belongs to."""

from typing import Any

from django import template

from events import addresses

register = template.Library()


@register.simple_tag(takes_context=True)
def event_url(context: dict[str, Any], name: str, **kwargs: Any) -> str:
    """A path on this site."""
    return addresses.event_url(context["event"], name, **kwargs)


@register.simple_tag(takes_context=True)
def lasting_url(context: dict[str, Any], name: str, **kwargs: Any) -> str:
    """A whole address that goes on working when the event is no longer the current one: for mail."""
    return addresses.event_url(context["event"], name, is_lasting=True, **kwargs)
