"""The fields that several forms ask: one-line and longer texts, an address, a municipality, the privacy notice."""

import json
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events import municipalities, typos
from events.addresses import event_url
from events.models import Event, OrganisationType, Page, Question
from events.plaintext import LineInput, TextInput

NAME_LENGTH = 120
LETTERS_LEFT = {"data-letters-left": _("Characters left: {count}")}
COMBOBOX_WORDS = {
    "data-combobox": "",
    "data-hint": _("Type the beginning of the name and choose from the suggestions."),
    "data-no-results": _("No municipality found"),
    "data-results": _("{count} suggestions"),
    "data-selected": _("{option}, {position} of {count}"),
    "data-unknown": _("Choose a municipality from the suggestions."),
}


def line(
    label: Any, length: int = NAME_LENGTH, *, autocomplete: str = "", is_counted: bool = False, **options: Any
) -> LineInput:
    """A field of one line; with a counter where it is long."""
    attrs: dict[str, Any] = {"autocomplete": autocomplete} if autocomplete else {}
    if is_counted:
        attrs |= {"data-maxlength": length, **LETTERS_LEFT}
    return LineInput(label=label, max_length=length, widget=forms.TextInput(attrs=attrs), **options)


def paragraph(label: Any, length: int = 500, *, rows: int = 3, **options: Any) -> TextInput:
    """A field of some lines with a counter."""
    widget = forms.Textarea(attrs={"rows": rows, "data-maxlength": length, **LETTERS_LEFT})
    return TextInput(label=label, max_length=length, widget=widget, **options)


def email_field(label: Any) -> forms.EmailField:
    """An address; how long it may be is the database's 254."""
    attrs = {"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
    words = {"data-suggest": _("Did you mean {address}?"), "data-suggest-use": _("Use this address")}
    widget = forms.EmailInput(attrs={**attrs, **words, "data-slips": json.dumps(typos.SLIPS)})
    return forms.EmailField(label=label, max_length=254, widget=widget)


class AddressForm(forms.Form):
    """An e-mail address: to correct it, or to ask for one's link."""

    email = email_field(_("E-mail"))


# --- Where one comes from ---------------------------------------------------------------------------------------------
def organisation_type_field(**options: Any) -> forms.ModelChoiceField:
    """Which type of organisation one comes from; the form gives it those of its event."""
    errors = {"invalid_choice": _("Choose one of the types in the list.")}
    return forms.ModelChoiceField(
        OrganisationType.objects.none(), label=_("Type of organisation"), empty_label=_("Choose"),
        error_messages=errors, **options,
    )  # fmt: skip


class MunicipalitySelect(forms.Select):
    """A plain select of 311 lines, made once a language; a script turns it into a field with suggestions."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The select with the chosen line marked."""
        options = _municipality_options(get_language() or "fi")
        if value in dict(municipalities.choices("fi")):
            options = options.replace(f'value="{value}"', f'value="{value}" selected', 1)
        attributes = format_html_join("", ' {}="{}"', self.build_attrs(self.attrs, attrs).items())
        return format_html('<select name="{}"{}>{}</select>', name, attributes, mark_safe(options))


@cache
def _municipality_options(language: str) -> str:
    lines = (("", ""), *municipalities.choices(language))
    return str(format_html_join("", '<option value="{}">{}</option>', lines))


def municipality_field() -> forms.ChoiceField:
    """In which municipality one works; never required."""
    return forms.ChoiceField(
        label=_("Municipality you work in"), required=False, widget=MunicipalitySelect(attrs=COMBOBOX_WORDS),
        choices=lambda: [("", ""), *municipalities.choices(get_language() or "fi")],
        help_text=_("The whole country and abroad are in the list too."),
    )  # fmt: skip


# --- What organisers ask beside our own questions ---------------------------------------------------------------------
class Asked(NamedTuple):
    """What organisers ask beside our own questions."""

    questions: list[Question]
    privacy_page: Page | None


@lru_cache(maxsize=16)
def asked(event_id: int, public_version: int) -> Asked:
    """Kept in the process until something public changes, which raises the version."""
    questions = list(Question.objects.filter(event=event_id).prefetch_related("choices"))
    return Asked(questions, Page.objects.filter(event=event_id, kind=Page.Kind.PRIVACY).first())


def privacy_field(**options: Any) -> forms.BooleanField:
    """The tick that one has read the notice; goes with a hidden field `privacy_version`."""
    errors = {"required": _("Read the privacy notice and tick the box.")}
    return forms.BooleanField(label=_("I have read the privacy notice"), error_messages=errors, **options)


def ask_for_privacy(form: forms.Form, event: Event) -> Page | None:
    """Link the event's notice beside the form's fields `privacy` and `privacy_version`."""
    page = asked(event.pk, event.public_version).privacy_page
    if page:
        form.initial["privacy_version"] = page.version
        address = event_url(event, "page", page_slug=page.slug)
        form.fields["privacy"].help_text = format_html('<a href="{}">{}</a>', address, page.title)
    return page


def read_version(form: forms.Form, page: Page | None) -> int:
    """The version of the notice that was on the page which was sent, never one that does not exist yet."""
    current = page.version if page else 1
    return min(form.cleaned_data["privacy_version"] or current, current)
