"""The last step on a page on which things are moved about: kept in the session, so that it can be taken back."""

from typing import Any

from django.http import HttpRequest

from events.models import Event


def keep(request: HttpRequest, page: str, event: Event, step: dict[str, Any]) -> None:
    """This step is the one that can be undone now; its `label` stands on the button."""
    request.session[page] = {**request.session.get(page, {}), str(event.pk): step}


def kept(request: HttpRequest, page: str, event: Event) -> dict[str, Any]:
    """The step that can be undone, or nothing."""
    step: dict[str, Any] = request.session.get(page, {}).get(str(event.pk), {})
    return step


def forget(request: HttpRequest, page: str, event: Event) -> None:
    """It has been undone."""
    request.session[page] = {key: step for key, step in request.session[page].items() if key != str(event.pk)}
