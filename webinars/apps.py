"""Webinars."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebinarsConfig(AppConfig):
    """From the announcement to the certificate."""

    name = "webinars"
    verbose_name = _("Webinars")

    def ready(self) -> None:
        """Tell the post, the documents and the pages of the event what this app offers."""
        from webinars import offerings  # noqa: PLC0415 - models are not loaded before

        offerings.register()
