"""Applications for a booth: read, reviewed, decided."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from booths.kinds import BOOTHS, needs_of
from booths.models import BoothApplication
from booths.models.needs import Shown
from events import reports
from events.admin.calls.filters import (
    CallFilter,
    LanguageFilter,
    ReviewsFilter,
    ScoreFilter,
    StatusFilter,
    ThemeFilter,
)
from events.admin.calls.titled import TitledAdmin


@admin.register(BoothApplication)
class BoothApplicationAdmin(TitledAdmin):
    """The list of a call, and a page for each."""

    kind = BOOTHS
    list_filter = [CallFilter, ThemeFilter, StatusFilter, LanguageFilter, ReviewsFilter, ScoreFilter]
    own_columns: ClassVar[list[str]] = ["in_themes", "of_size", "in_languages"]

    def label_text(self, row: BoothApplication) -> str:
        """The organisation, and what it shows."""
        return f"{row.organisation}: {self.blind_text(row)}"

    @admin.display(description=_("size"), ordering="size")
    def of_size(self, row: BoothApplication) -> str:
        """Width and depth, on one line."""
        return row.get_size_display().replace(" ", "\N{NO-BREAK SPACE}")

    def facts(self, row: BoothApplication, *, names: bool) -> list[tuple[Any, str]]:
        """What else was answered; the web address names somebody."""
        shown = dict(Shown.choices)
        given = [
            (_("what you show"), ", ".join(str(shown[one]) for one in row.shown)),
            (_("themes"), ", ".join(theme.name for theme in row.themes.all())),
            (_("languages spoken at the booth"), ", ".join(map(reports.language_name, row.booth_languages))),
            (_("size"), row.get_size_display()),
            (_("needs"), ", ".join(needs_of(row))),
            (_("other needs"), row.more_needs),
            (_("staff expected"), str(row.staff_expected or "")),
            (_("when you set up"), row.set_up),
            (_("when you take down"), row.take_down),
            (_("why you apply"), row.motivation),
            *([(_("web address"), row.website)] if names else []),
        ]
        return [(label, value) for label, value in given if value]
