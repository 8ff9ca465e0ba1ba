"""The list and the pages of what has a title, a description, themes and languages."""

from typing import Any, ClassVar

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events import reports
from events.admin.calls.deciding import DecidedAdmin
from events.models.call import LANGUAGES


class TitledAdmin(DecidedAdmin):
    """What is called by its title, in the language in which it was written."""

    related: ClassVar[list[str]] = ["themes"]
    title_fields: ClassVar[list[str]] = [
        f"{name}_{code}" for name in ("title", "description") for code, _name in LANGUAGES
    ]  # fmt: skip
    search_fields = title_fields

    @admin.display(description=_("title"), ordering="pk")
    def label(self, row: Any) -> SafeString:
        """The title in its own language; below it the name and the organisation."""
        people = ", ".join(part for part in (row.name, row.organisation) if part)
        html = '<span lang="{}">{}</span><br><span class="quiet">{}</span>'
        return format_html(html, row.language, self.blind_text(row), people)

    @admin.display(description=_("title"), ordering="pk")
    def blind_label(self, row: Any) -> SafeString:
        """The title alone."""
        return format_html('<span lang="{}">{}</span>', row.language, self.blind_text(row))

    def blind_text(self, row: Any) -> str:
        """A title names nobody."""
        return row.own_title or f"#{row.pk}"

    @admin.display(description=_("themes"))
    def in_themes(self, row: Any) -> str:
        """All of them."""
        return ", ".join(theme.name for theme in row.themes.all()) or "–"

    @admin.display(description=_("languages"))
    def in_languages(self, row: Any) -> str:
        """In which it will be held."""
        return " ".join(getattr(row, self.kind.languages_field)) or "–"

    def texts(self, row: Any) -> list[dict[str, Any]]:
        """Title and description, the language in which it was written first."""
        order = sorted((code for code, _name in LANGUAGES), key=lambda code: code != row.language)
        found = [
            {
                "language": code,
                "name": reports.language_name(code),
                "title": getattr(row, f"title_{code}"),
                "body": getattr(row, f"description_{code}"),
            }
            for code in order
        ]
        return [text for text in found if text["title"] or text["body"]]
