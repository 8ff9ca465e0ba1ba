"""The event, its people, texts, post and places."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Knows none of the other apps."""

    name = "events"
    verbose_name = _("Event")

    def ready(self) -> None:
        """Tell the post and the home page what calls offer."""
        from events import offerings  # noqa: PLC0415 - models are not loaded before

        offerings.register()
