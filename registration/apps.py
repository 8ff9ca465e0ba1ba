"""Registrations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistrationConfig(AppConfig):
    """People who take part."""

    name = "registration"
    verbose_name = _("Registrations")
