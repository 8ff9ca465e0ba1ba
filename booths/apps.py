"""The exhibition."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BoothsConfig(AppConfig):
    """From an application for a booth to the badges of those who work there."""

    name = "booths"
    verbose_name = _("Booths")
