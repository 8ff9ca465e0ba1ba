"""Taking a step in the admin: say that it is done, or why not."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from events.transitions import Refusal


def attempt(request: HttpRequest, step: Callable[[], Any], done: Any) -> Any:
    """Take a step and say so, or say why not; the result of the step, or None."""
    try:
        result = step()
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return None
    messages.success(request, str(done))
    return result if result is not None else True


def user_of(request: HttpRequest) -> Any:
    """Whoever is in the admin is a user."""
    return request.user
