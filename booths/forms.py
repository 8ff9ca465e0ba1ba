"""What visitors and exhibitors fill in: the filters of the list; texts, facts, needs and badges of a booth."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from booths import texts
from booths.fields import languages_field, logo_field, needs_fields, shown_fields
from booths.models import Booth
from booths.models.needs import LANGUAGES, NEEDS
from booths.texts import NAMES
from events import text_states, uploads
from events.forms import email_field, line, paragraph
from events.models import Upload

FILTERS = ("theme", "language")


class FilterForm(forms.Form):
    """The filters of the list, as an address keeps them. What cannot be chosen is not valid."""

    theme = forms.ChoiceField(label=_("Theme"), required=False)
    language = forms.ChoiceField(label=_("Language spoken"), required=False)
    conditionally_required = FILTERS  # nothing here is "optional"

    def __init__(self, booths: Sequence[Booth], data: dict[str, str]) -> None:
        super().__init__(data, label_suffix="")
        code = get_language() or "fi"
        themes = {row["slug"]: row[code] or row["fi"] for booth in booths for row in booth.theme_rows}
        spoken = [name for name in text_states.LANGUAGES if any(name in booth.languages for booth in booths)]
        offered: dict[str, list[tuple[str, Any]]] = {
            "theme": [("", _("All themes")), *sorted(themes.items(), key=lambda pair: pair[1].casefold())],
            "language": [("", _("All languages")), *((name, NAMES[name]) for name in spoken)],
        }
        for name, values in offered.items():
            field: Any = self.fields[name]
            field.choices = values
            if len(values) < 2 and not data.get(name):
                del self.fields[name]  # nothing to choose


class OwnForm(forms.Form):
    """A form on the exhibitor's page."""

    def __init__(self, booth: Booth, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.booth = booth

    def without_cuts(self) -> None:
        """A browser would cut off pasted text without a word: the form says so instead."""
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)


class TextsForm(OwnForm):
    """Title and description; those of the page's language first."""

    def __init__(self, booth: Booth, *args: Any, **kwargs: Any) -> None:
        given = {name: getattr(booth, name) for name in texts.COLUMNS}
        if asked := kwargs.pop("asked", None):
            given |= asked
        super().__init__(booth, *args, **{"initial": given, **kwargs})
        self.language = (get_language() or "fi").split("-")[0]
        for code, name in LANGUAGES:
            self._add(code, "" if code == self.language else f" ({name})")
        self.without_cuts()

    def _add(self, code: str, suffix: str) -> None:
        title = line(_("Title"), 160, is_counted=True, required=False)
        text = paragraph(_("Description"), 3000, rows=4 if suffix else 8, required=False)
        title.label, text.label = f"{title.label}{suffix}", f"{text.label}{suffix}"
        if not suffix:
            text.help_text = _("What you show, and to whom it is useful. Visitors read this.")
        for field, name in ((title, "title"), (text, "description")):
            field.widget.attrs["lang"] = code
            self.fields[f"{name}_{code}"] = field

    def clean(self) -> dict[str, Any]:
        """A text needs its title, and a booth needs one of them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for code in text_states.LANGUAGES:
            if cleaned.get(f"description_{code}") and not cleaned.get(f"title_{code}"):
                self.add_error(f"title_{code}", _("Give the text a title."))
        if not self.errors and not any(cleaned.get(f"title_{code}") for code in text_states.LANGUAGES):
            self.add_error(f"title_{self.language}", _("Give your booth a title."))
        return cleaned

    def own_texts(self) -> list[Any]:
        """In the language of the page."""
        return [self[f"{name}_{self.language}"] for name in texts.FIELDS]

    def other_texts(self) -> list[Any]:
        """In the other languages."""
        return [
            self[f"{name}_{code}"] for code in text_states.LANGUAGES if code != self.language for name in texts.FIELDS
        ]


class AboutForm(OwnForm):
    """What the public is told besides the texts."""

    languages = languages_field()
    logo = logo_field()
    logo_removed = forms.BooleanField(label=_("Remove the logo"), required=False)

    def __init__(self, booth: Booth, *args: Any, **kwargs: Any) -> None:
        given: dict[str, Any] = {"website": booth.website, "shown": booth.shown, "languages": booth.languages}
        given["themes"] = [theme.pk for theme in booth.themes.all()]
        super().__init__(booth, *args, **{"initial": given, **kwargs})
        self.fields = {**shown_fields(), **self.fields}
        themes: Any = self.fields["themes"]
        themes.queryset = booth.event.themes.all()
        self.kept = booth.logo
        self.without_cuts()

    def clean(self) -> dict[str, Any]:
        """A logo that was sent is kept at once, whatever else is wrong."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.kept = uploads.by_token(self.booth.event, Upload.Kind.PICTURE, self.data.get("logo_kept", ""))
        if cleaned.get("logo_removed"):
            self.kept = None
        elif cleaned.get("logo") and "logo" not in self.errors:
            try:
                self.kept = uploads.keep(self.booth.event, cleaned["logo"], Upload.Kind.PICTURE)
            except uploads.Refused as refusal:
                self.add_error("logo", str(refusal.message))
        return cleaned

    def file_fields(self) -> list[dict[str, Any]]:
        """The logo, as the template of files draws it."""
        token = uploads.token_of(self.kept) if self.kept else ""
        removed = self["logo_removed"]
        return [{"field": self["logo"], "kept": self.kept, "token": token, "name": "logo", "removed": removed}]


class NeedsForm(OwnForm):
    """What must be there."""

    def __init__(self, booth: Booth, *args: Any, **kwargs: Any) -> None:
        given: dict[str, Any] = {name: getattr(booth, name) for name in NEEDS}
        super().__init__(booth, *args, **{"initial": given, **kwargs})
        self.fields = needs_fields()
        self.without_cuts()


class BadgesForm(OwnForm):
    """How many links."""

    number = forms.IntegerField(
        label=_("How many badges"), min_value=1, max_value=50, initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
        help_text=_("You get a link for each, to pass on to the person."),
    )  # fmt: skip


class BadgeByMailForm(OwnForm):
    """One link, sent to a colleague."""

    email = email_field(_("Colleague's e-mail"))
