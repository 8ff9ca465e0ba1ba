"""`check --deploy` refuses an installation that runs as a demo."""

from typing import Any

from django.conf import settings
from django.core.checks import Error


def demo_is_off(**_: Any) -> list[Error]:
    """Nobody may travel in time or become an organiser by one click on a real site."""
    if not settings.DEMO:
        return []
    return [Error("The demo is on.", hint="Leave DEMO out of the environment.", id="integration2024.E001")]
