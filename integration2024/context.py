"""What every page knows."""

from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """The event, the menu, the footer, the languages."""
    return {}
