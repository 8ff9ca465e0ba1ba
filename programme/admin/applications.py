"""Applications to planning groups, and of municipalities: read, reviewed, decided."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import reports
from events.admin.calls.deciding import DecidedAdmin
from events.admin.calls.filters import (
    CallFilter,
    ChoiceFilter,
    LanguageFilter,
    ReviewsFilter,
    ScoreFilter,
    StatusFilter,
)
from programme.kinds import APPLICATIONS
from programme.models import Application


@admin.register(Application)
class ApplicationAdmin(DecidedAdmin):
    """The list of a call, and a page for each. In a blind call an application is a number."""

    kind = APPLICATIONS
    related: ClassVar[list[str]] = ["choices"]
    list_filter = [CallFilter, ChoiceFilter, StatusFilter, LanguageFilter, ReviewsFilter, ScoreFilter]
    title_fields: ClassVar[list[str]] = ["motivation", "experience"]
    search_fields = title_fields
    own_columns: ClassVar[list[str]] = ["for_choices", "first_time", "written_in"]

    @admin.display(description=_("applicant"), ordering="name")
    def label(self, row: Application) -> SafeString:
        """The name; below it the organisation."""
        return format_html('{}<br><span class="quiet">{}</span>', str(row), row.organisation)

    @admin.display(description=_("number"), ordering="pk")
    def blind_label(self, row: Application) -> SafeString:
        """A number."""
        return format_html("{}", self.blind_text(row))

    @admin.display(description=_("choices"))
    def for_choices(self, row: Application) -> str:
        """What is applied for."""
        return ", ".join(choice.name for choice in row.choices.all()) or "–"

    @admin.display(description=_("first time"), boolean=True, ordering="is_first_time")
    def first_time(self, row: Application) -> bool:
        """Marked, so that newcomers are seen."""
        return row.is_first_time

    @admin.display(description=_("language"), ordering="language")
    def written_in(self, row: Application) -> str:
        """Of the text."""
        return row.language

    def texts(self, row: Application) -> list[dict[str, Any]]:
        """Why, and what they bring along."""
        name = reports.language_name(row.language)
        given = [(gettext("why you apply"), row.motivation), (gettext("what you bring along"), row.experience)]
        return [
            {"language": row.language, "name": name, "title": title.capitalize(), "body": body}
            for title, body in given
            if body
        ]

    def facts(self, row: Application, *, names: bool) -> list[tuple[Any, str]]:
        """What is applied for."""
        given = [
            (_("choices"), ", ".join(choice.name for choice in row.choices.all())),
            (_("takes part for the first time"), gettext("yes") if row.is_first_time else gettext("no")),
        ]
        return [(label, value) for label, value in given if value]
