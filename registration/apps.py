"""Registrations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationConfig(AppConfig):
    """People who take part."""

    name = "registration"
    verbose_name = _("Registrations")

    def ready(self) -> None:
        """Tell the post and the home page what this app offers."""
        from registration import offerings  # noqa: PLC0415 - models are not loaded before

        offerings.register()
