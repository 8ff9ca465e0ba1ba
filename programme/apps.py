"""The programme."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    """From the open call to the last change notice."""

    name = "programme"
    verbose_name = _("Programme")
