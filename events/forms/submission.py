"""What every call asks, and how a form keeps what was typed: words, files, the version that was seen."""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events import uploads
from events.forms.fields import (
    ask_for_privacy,
    email_field,
    line,
    municipality_field,
    organisation_type_field,
    paragraph,
    privacy_field,
    read_version,
)
from events.models import Call, Submission, Upload
from events.models.call import LANGUAGES
from events.services.submitting import Answers

TITLE_LENGTH, DESCRIPTION_LENGTH = 160, 3000


class Group(NamedTuple):
    """Fields that stand together on the page; `told` is what the call's page says instead of their names."""

    key: str
    legend: Any
    fields: list[BoundField]
    template: str = "events/calls/_fields.html"
    told: Any = ""


class SubmissionForm(forms.Form):
    """What every call asks: who you are. Subclasses add what is sent in."""

    table: ClassVar[type[Submission]]
    needed: tuple[str, ...] = ()  # for sending in
    plain: tuple[str, ...] = (
        "email", "name", "organisation", "organisation_type", "municipality", "phone",
    )  # fmt: skip
    chosen: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[dict[str, str]] = {}  # file fields, with what may be sent in them

    email = email_field(_("E-mail"))
    name = line(_("Your name"), autocomplete="name", required=False)
    organisation = line(_("Organisation"), 160, autocomplete="organization", required=False)
    organisation_type = organisation_type_field(required=False)
    municipality = municipality_field()
    phone = line(
        _("Phone"), 40, autocomplete="tel", help_text=_("For questions about what you send in."), required=False
    )
    privacy = privacy_field(required=False)
    privacy_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, call: Call, *args: Any, row: Any = None, is_sending: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {**(initial_of(row, self) if row else {}), **(kwargs.get("initial") or {})}
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.call, self.row, self.is_sending = call, row, is_sending
        self.language = row.language if row else get_language() or "fi"
        self._field("organisation_type").queryset = call.event.organisation_types.all()
        self._ask_for_privacy()
        if row:
            self.initial["version"] = row.version
        self.kept: dict[str, Upload] = {}
        self.prepare()
        self.order_fields([field.name for group in self.groups() for field in group.fields])
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)  # it would cut off pasted text without a word

    def prepare(self) -> None:
        """What a kind of form does with its fields when it is made."""

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _ask_for_privacy(self) -> None:
        self.privacy_page = ask_for_privacy(self, self.call.event)
        if self.row and self.row.is_sent_in:
            del self.fields["privacy"]

    @property
    def conditionally_required(self) -> tuple[str, ...]:
        """Not marked as optional, although a draft may do without them."""
        return self.needed

    def needed_now(self, cleaned: dict[str, Any]) -> Iterable[str]:
        """What sending in needs, given the other answers."""
        return self.needed

    def clean(self) -> dict[str, Any]:
        """On sending in, everything that is missing is told at once; then the files are kept."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_sending:
            for name in self.needed_now(cleaned):
                if name in self.fields and not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in before you send it in."))
            if "privacy" in self.fields and not cleaned.get("privacy"):
                self.add_error("privacy", _("Read the privacy notice and tick the box."))
        for name, kind in self.takes.items():
            self._keep_file(name, kind)
        return cleaned

    def _keep_file(self, name: str, kind: str) -> None:
        """A file that was sent is kept at once, whatever else is wrong; its token stands for it from then on."""
        sent = self.cleaned_data.get(name)
        token = self.data.get(self.add_prefix(f"{name}_kept"), "")
        kept = uploads.by_token(self.call.event, kind, token)
        if self.cleaned_data.get(f"{name}_removed"):
            kept = None
        elif name not in self.errors and sent:
            try:
                kept = uploads.keep(self.call.event, sent, kind)
            except uploads.Refused as refusal:
                self.add_error(name, str(refusal.message))
        if kept:
            self.kept[name] = kept

    def answers(self) -> Answers:
        """For the services: columns and chosen rows."""
        cleaned = self.cleaned_data
        plain = {name: cleaned[name] for name in self.plain}
        if "privacy" in self.fields and cleaned.get("privacy"):
            plain["privacy_version"] = read_version(self, self.privacy_page)
        plain |= {name: self.kept.get(name) for name in self.takes}
        return Answers(plain, {name: list(cleaned[name]) for name in self.chosen}, self.more())

    def more(self) -> Any:
        """What is kept in rows of its own, for the kind's `keep`."""
        return None

    def differences(self, row: Any) -> list[tuple[Any, str, str]]:
        """(label, saved, typed) of what a row has otherwise than this form; files are left out."""
        before = initial_of(row, self)
        found = []
        for name in (*self.plain, *self.chosen):
            saved, typed = shown(self.fields[name], before[name]), shown(self.fields[name], self.cleaned_data[name])
            if saved != typed:
                found.append((self.fields[name].label, saved, typed))
        return found

    def typed(self) -> list[tuple[Any, str]]:
        """(label, text) of everything that was typed or chosen, as it came: to be copied when it cannot be saved."""
        found = []
        for name, field in self.fields.items():
            if isinstance(field, forms.FileField | forms.BooleanField) or field.widget.is_hidden:
                continue
            value = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if words := shown(field, value):
                found.append((field.label, words))
        return found

    def groups(self) -> list[Group]:
        """The fields in the order of the page."""
        raise NotImplementedError

    def _group(self, key: str, legend: Any, names: Iterable[str]) -> Group:
        return Group(key, legend, [self[name] for name in names if name in self.fields])

    @property
    def you(self) -> list[Group]:
        """Who sends it in, and the privacy notice."""
        fields = ["name", "phone", "organisation", "organisation_type", "municipality"]
        return [self._group("you", _("You"), fields)]

    @property
    def privacy_group(self) -> list[Group]:
        """Last on the page, until it is sent in."""
        return [self._group("privacy", "", ["privacy"])] if "privacy" in self.fields else []

    def file_fields(self) -> list[dict[str, Any]]:
        """Each file field with what is kept already: by this form, or by the row."""
        found = []
        for name in self.takes:
            kept = self.kept.get(name)
            if not self.is_bound and self.row:
                kept = getattr(self.row, name)
            token = uploads.token_of(kept) if kept else ""
            found.append(
                {"field": self[name], "kept": kept, "token": token, "name": name, "removed": self[f"{name}_removed"]}
            )
        return found

    def missing(self) -> list[BoundField]:
        """What the row still needs before it can be sent in, in the order of the page."""
        row_like = {**self.initial}
        needed = {*self.needed_now(row_like), "privacy"}
        return [self[name] for name in self.fields if name in needed and not row_like.get(name)]


def shown(field: Any, value: Any) -> str:
    """A value of a field, saved or typed, as words."""
    kind = type(field)
    if issubclass(kind, forms.ModelChoiceField):
        keys = value if isinstance(value, list | tuple) or hasattr(value, "model") else [value]
        wanted = {str(getattr(key, "pk", key)) for key in keys if key}
        return ", ".join(str(row) for row in field.queryset if str(row.pk) in wanted)
    if issubclass(kind, forms.ChoiceField):
        wanted = {str(key) for key in (value if isinstance(value, list | tuple) else [value]) if key}
        return ", ".join(str(words) for key, words in field.choices if str(key) in wanted)
    if issubclass(kind, forms.BooleanField):
        return str(_("yes")) if value in {True, "on", "True"} else ""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def initial_of(row: Any, form: SubmissionForm) -> dict[str, Any]:
    """A row's answers as its form shows them."""
    found = {name: getattr(row, row._meta.get_field(name).attname) for name in form.plain}
    if row.pk:
        found |= {name: [chosen.pk for chosen in getattr(row, name).all()] for name in form.chosen}
    return found


class TitledForm(SubmissionForm):
    """With a title and a description, in the language in which it was begun; other languages may follow."""

    texts: ClassVar[tuple[str, ...]] = ("title", "description")
    plain = (
        *SubmissionForm.plain,
        *(f"{name}_{code}" for code, _name in LANGUAGES for name in ("title", "description")),
    )
    texts_legend: Any = ""
    description_hint: Any = ""
    other_languages_hint: Any = ""

    def prepare(self) -> None:
        """Title and description once a language."""
        for code, name in LANGUAGES:
            title = line(_("Title"), TITLE_LENGTH, is_counted=True, required=False)
            text = paragraph(_("Description"), DESCRIPTION_LENGTH, rows=8, required=False)
            if code == self.language:
                title.required = True
                text.help_text = self.description_hint
            else:
                title.label, text.label = f"{title.label} ({name})", f"{text.label} ({name})"
                text.widget.attrs["rows"] = 4
            for field in (title, text):
                field.widget.attrs["lang"] = code
            self.fields[f"title_{code}"], self.fields[f"description_{code}"] = title, text

    def _own(self, name: str) -> str:
        return f"{name}_{self.language}" if name in self.texts else name

    @property
    def conditionally_required(self) -> tuple[str, ...]:
        """With the texts in the own language."""
        return tuple(self._own(name) for name in self.needed)

    def needed_now(self, cleaned: dict[str, Any]) -> Iterable[str]:
        """Themes only where the event has some."""
        has_themes = "themes" in self.fields and self._field("themes").queryset.exists()
        return [self._own(name) for name in self.needed if name != "themes" or has_themes]

    @property
    def texts_group(self) -> Group:
        """The texts in the own language; those in others fold out."""
        group = self._group("idea", self.texts_legend, ["email", *(self._own(name) for name in self.texts)])
        return group._replace(template="events/calls/_texts.html")

    def other_texts(self) -> list[BoundField]:
        """Title and description in the other languages."""
        codes = [code for code, _name in LANGUAGES if code != self.language]
        return [self[f"{name}_{code}"] for code in codes for name in self.texts]
