"""The programme."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammeConfig(AppConfig):
    """From the open call to the last change notice."""

    name = "programme"
    verbose_name = _("Programme")

    def ready(self) -> None:
        """Tell the calls and the post what this app offers."""
        from programme import offerings  # noqa: PLC0415 - models are not loaded before

        offerings.register()
