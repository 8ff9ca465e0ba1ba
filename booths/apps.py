"""The exhibition."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoothsConfig(AppConfig):
    """From an application for a booth to the badges of those who work there."""

    name = "booths"
    verbose_name = _("Booths")

    def ready(self) -> None:
        """Tell the calls, the post and the documents what this app offers."""
        from booths import offerings  # noqa: PLC0415 - models are not loaded before

        offerings.register()
