"""The forms of calls. A draft needs an address and a title; what sending in needs is told in one list.

What was typed survives every error, and so do files. The server counts letters; nothing is cut off while pasting.
"""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events import municipalities, uploads
from events.addresses import event_url
from events.models import Call, CallChoice, OrganisationType, Theme, Upload
from events.plaintext import LineInput, TextInput
from programme.access import Submitted
from programme.models import Application, CoPresenter, Format, Proposal
from programme.models.proposal import LANGUAGES
from programme.services import Answers, Person
from registration.forms import COMBOBOX_WORDS, MunicipalitySelect, asked, email_field

MINUTES = (5, 480)
LETTERS_LEFT = {"data-letters-left": _("Characters left: {count}")}
Group = tuple[str, Any, list[BoundField]]


def line(label: Any, length: int, *, autocomplete: str = "", is_counted: bool = False, **options: Any) -> LineInput:
    """A field of one line, never required by itself."""
    attrs: dict[str, Any] = {"autocomplete": autocomplete} if autocomplete else {}
    if is_counted:
        attrs |= {"data-maxlength": length, **LETTERS_LEFT}
    return LineInput(label=label, max_length=length, required=False, widget=forms.TextInput(attrs=attrs), **options)


def paragraph(label: Any, length: int, *, rows: int = 3, **options: Any) -> TextInput:
    """A field of some lines with a counter."""
    widget = forms.Textarea(attrs={"rows": rows, "data-maxlength": length, **LETTERS_LEFT})
    return TextInput(label=label, max_length=length, required=False, widget=widget, **options)


class SubmissionForm(forms.Form):
    """What every call asks: who you are. Subclasses add what is sent in."""

    table: ClassVar[type[Submitted]]
    needed: tuple[str, ...] = ()  # for sending in
    plain: tuple[str, ...] = (
        "email", "name", "organisation", "organisation_type", "municipality", "phone",
    )  # fmt: skip
    chosen: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[dict[str, str]] = {}  # file fields, with what may be sent in them

    email = email_field(_("E-mail"))
    name = line(_("Your name"), 120, autocomplete="name")
    organisation = line(_("Organisation"), 160, autocomplete="organization")
    organisation_type: forms.ModelChoiceField = forms.ModelChoiceField(
        OrganisationType.objects.none(), label=_("Type of organisation"), empty_label=_("Choose"), required=False,
        error_messages={"invalid_choice": _("Choose one of the types in the list.")},
    )  # fmt: skip
    municipality = forms.ChoiceField(
        label=_("Municipality you work in"), required=False, widget=MunicipalitySelect(attrs=COMBOBOX_WORDS),
        help_text=_("The whole country and abroad are in the list too."),
    )  # fmt: skip
    phone = line(_("Phone"), 40, autocomplete="tel", help_text=_("For questions about what you send in."))
    privacy = forms.BooleanField(label=_("I have read the privacy notice"), required=False)
    privacy_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, call: Call, *args: Any, row: Any = None, is_sending: bool = False, **kwargs: Any) -> None:
        kwargs["initial"] = {**(initial_of(row, self) if row else {}), **(kwargs.get("initial") or {})}
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.call, self.row, self.is_sending = call, row, is_sending
        self.language = row.language if row else get_language() or "fi"
        self._field("organisation_type").queryset = call.event.organisation_types.all()
        self._field("municipality").choices = [("", ""), *municipalities.choices(get_language() or "fi")]
        self._ask_for_privacy()
        if row:
            self.initial["version"] = row.version
        self.kept: dict[str, Upload] = {}
        self.prepare()
        self.order_fields([field.name for _key, _legend, fields in self.groups() for field in fields])
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)  # it would cut off pasted text without a word

    def prepare(self) -> None:
        """What a kind of form does with its fields when it is made."""

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _ask_for_privacy(self) -> None:
        event = self.call.event
        page = asked(event.pk, event.public_version).privacy_page
        self.privacy_page = page
        if self.row and self.row.is_sent_in:
            del self.fields["privacy"]
        elif page:
            self.initial["privacy_version"] = page.version
            address = event_url(event, "page", page_slug=page.slug)
            self.fields["privacy"].help_text = format_html('<a href="{}">{}</a>', address, page.title)

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
                    self.add_error(name, _("This is needed when you send it in."))
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
            current = self.privacy_page.version if self.privacy_page else 1
            plain["privacy_version"] = min(cleaned["privacy_version"] or current, current)
        plain |= {name: self.kept.get(name) for name in self.takes}
        return Answers(plain, {name: list(cleaned[name]) for name in self.chosen}, self.people())

    def people(self) -> list[Person] | None:
        """Those who speak along; None where that is not asked."""
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
        """The fields in the order of the page: (key, legend, fields)."""
        raise NotImplementedError

    def _group(self, key: str, legend: Any, names: Iterable[str]) -> Group:
        return key, legend, [self[name] for name in names if name in self.fields]

    @property
    def you(self) -> list[Group]:
        """Who sends it in, and the privacy notice."""
        fields = ["name", "phone", "organisation", "organisation_type", "municipality"]
        return [self._group("you", _("You"), fields)]

    @property
    def privacy_group(self) -> list[Group]:
        """Last on the page, until it is sent in."""
        return [self._group("privacy", "", ["privacy"])] if "privacy" in self.fields else []

    def missing(self) -> list[BoundField]:
        """What the row still needs before it can be sent in."""
        row_like = {**self.initial}
        return [self[name] for name in self.needed_now(row_like) if name in self.fields and not row_like.get(name)]


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
    found = {name: getattr(row, name, None) for name in form.plain}
    if found.get("organisation_type"):
        found["organisation_type"] = row.organisation_type_id
    if "format" in found:
        found["format"] = row.format_id
    if row.pk:
        found |= {name: [chosen.pk for chosen in getattr(row, name).all()] for name in form.chosen}
    return found


class ProposalForm(SubmissionForm):
    """A proposal for the programme. The texts are in the language in which it was begun; others may follow."""

    table = Proposal
    needed = (
        "name", "organisation", "organisation_type", "phone", "title", "description", "format", "themes",
        "session_languages", "minutes", "audience",
    )  # fmt: skip
    chosen = ("themes",)
    takes: ClassVar[dict[str, str]] = {"picture": Upload.Kind.PICTURE, "attachment": Upload.Kind.PDF}

    format: forms.ModelChoiceField = forms.ModelChoiceField(
        Format.objects.none(), label=_("Format"), empty_label=_("Choose"), required=False
    )
    themes: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        Theme.objects.none(), label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple
    )
    session_languages = forms.MultipleChoiceField(
        label=_("Languages of the session"), required=False, choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    minutes = forms.IntegerField(
        label=_("Length in minutes"), required=False, min_value=MINUTES[0], max_value=MINUTES[1],
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
    )  # fmt: skip
    audience = line(_("For whom"), 300, help_text=_("For example: teachers, employment officials, everybody."))
    take_home = paragraph(_("What participants take home"), 1000)
    good_practice = paragraph(_("Good practice that is shown"), 1000)
    partners = line(_("Co-operating organisations"), 300)
    technical_needs = paragraph(
        _("Technical needs"), 1000, help_text=_("For example: sound from your computer, room for movement.")
    )
    accessibility_needs = paragraph(
        _("Accessibility needs"), 1000, help_text=_("What you who present need, and what your audience should know.")
    )
    unavailable = line(_("When you cannot come"), 300)
    picture = forms.FileField(
        label=_("Picture"), required=False, help_text=_("JPEG, PNG or WebP, at most 8 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    attachment = forms.FileField(
        label=_("Attachment"), required=False, help_text=_("A PDF, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )  # fmt: skip
    picture_removed = forms.BooleanField(label=_("Remove the picture"), required=False)
    attachment_removed = forms.BooleanField(label=_("Remove the attachment"), required=False)
    own_texts: ClassVar[tuple[str, ...]] = ("title", "description")
    plain = (
        *SubmissionForm.plain, *(f"{name}_{code}" for code, _name in LANGUAGES for name in ("title", "description")),
        "format", "session_languages", "minutes", "audience", "take_home", "good_practice", "partners",
        "technical_needs", "accessibility_needs", "unavailable",
    )  # fmt: skip

    def prepare(self) -> None:
        """The event's formats and themes; title and description once a language."""
        self._field("format").queryset = self.call.event.formats.all()
        self._field("themes").queryset = self.call.event.themes.all()
        for code, name in LANGUAGES:
            is_own = code == self.language
            title = line(_("Title"), 160, is_counted=True)
            text = paragraph(_("Description"), 3000, rows=8)
            if is_own:
                title.required = True
                text.help_text = _("What happens, and why it matters. This text may be used in the programme.")
            else:
                title.label, text.label = f"{title.label} ({name})", f"{text.label} ({name})"
                text.widget.attrs["rows"] = 4
            for field in (title, text):
                field.widget.attrs["lang"] = code
            self.fields[f"title_{code}"], self.fields[f"description_{code}"] = title, text
        self._read_people()

    def _own(self, name: str) -> str:
        return f"{name}_{self.language}" if name in self.own_texts else name

    @property
    def conditionally_required(self) -> tuple[str, ...]:
        """With the texts in the own language."""
        return tuple(self._own(name) for name in self.needed)

    def needed_now(self, cleaned: dict[str, Any]) -> Iterable[str]:
        """What lasts all day needs no length."""
        found: Any = cleaned.get("format")
        if found is not None and not hasattr(found, "is_all_day"):
            found = self._field("format").queryset.filter(pk=found).first()
        is_all_day = found is not None and found.is_all_day
        has_themes = self._field("themes").queryset.exists()
        skipped = {"minutes"} if is_all_day else set()
        skipped |= set() if has_themes else {"themes"}
        return [self._own(name) for name in self.needed if name not in skipped]

    def _read_people(self) -> None:
        """The lines of co-presenters: those of the request, or those of the row; always with empty lines to the end."""
        if self.is_bound:
            given = [self._typed_person(number) for number in range(MOST_LINES_READ)]
        elif self.row and self.row.pk:
            rows = self.row.co_presenters.all()
            given = [{"name": row.name, "email": row.email, "organisation": row.organisation} for row in rows]
        else:
            given = []
        filled = [person for person in given if any(person.values())]
        self.too_many_people = len(filled) - CoPresenter.MOST
        shown_people = filled[: CoPresenter.MOST]
        blank = {"name": "", "email": "", "organisation": ""}
        people = [*shown_people, *([blank] * (CoPresenter.MOST - len(shown_people)))]
        self.people_forms = [PersonForm(number, person, is_bound=self.is_bound) for number, person in enumerate(people)]

    def _typed_person(self, number: int) -> dict[str, str]:
        return {name: self.data.get(f"co-{number}-{name}", "").strip() for name in ("name", "email", "organisation")}

    def clean(self) -> dict[str, Any]:
        """With those who speak along: each line is whole, no address twice, at most ten."""
        cleaned = super().clean()
        if self.too_many_people > 0:
            message = _("A proposal can have 10 co-presenters at most; you have named %(count)d.")
            self.add_error(None, message % {"count": self.too_many_people + CoPresenter.MOST})
        seen = {str(cleaned.get("email", "")).lower()}
        for person in self.people_forms:
            if person.is_filled and not person.is_valid():
                number = person.number + 1
                self.add_error(None, _("Co-presenter %(number)d: give a name and an e-mail.") % {"number": number})
            elif person.is_filled:
                address = person.cleaned_data["email"].lower()
                if address in seen:
                    self.add_error(None, _("Each co-presenter needs an e-mail of their own: %(email)s is named twice.")
                                   % {"email": person.cleaned_data["email"]})  # fmt: skip
                seen.add(address)
        return cleaned

    def people(self) -> list[Person]:
        """Those whose lines are filled."""
        return [Person(**person.cleaned_data) for person in self.people_forms if person.is_filled]

    def differences(self, row: Any) -> list[tuple[Any, str, str]]:
        """With those who speak along."""
        found = super().differences(row)
        saved = "\n".join(_named(*values) for values in row.co_presenters.values_list("name", "email", "organisation"))
        typed = "\n".join(_named(person.name, person.email, person.organisation) for person in self.people())
        return found if saved == typed else [*found, (_("Co-presenters"), saved, typed)]

    def typed(self) -> list[tuple[Any, str]]:
        """With those who speak along."""
        people = [person.given for person in self.people_forms if person.is_filled]
        words = "\n".join(_named(person["name"], person["email"], person["organisation"]) for person in people)
        return [*super().typed(), (_("Co-presenters"), words)] if words else super().typed()

    def groups(self) -> list[Group]:
        """What is proposed, for whom, practical matters, files, you."""
        own = ["email", f"title_{self.language}", f"description_{self.language}"]
        return [
            self._group("idea", _("Your proposal"), own),
            self._group("form", _("Form and theme"), ["format", "minutes", "themes", "session_languages"]),
            self._group("use", _("For participants"), ["audience", "take_home", "good_practice"]),
            ("people", _("Co-presenters"), []),
            self._group(
                "practice", _("Practical matters"),
                ["partners", "technical_needs", "accessibility_needs", "unavailable"],
            ),
            ("files", _("Files"), []),
            *self.you,
            *self.privacy_group,
        ]  # fmt: skip

    def other_texts(self) -> list[BoundField]:
        """Title and description in the other languages."""
        codes = [code for code, _name in LANGUAGES if code != self.language]
        return [self[f"{name}_{code}"] for code in codes for name in self.own_texts]

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


MOST_LINES_READ = 120  # a form that was made longer by hand is told that it is too long


def _named(name: str, email: str, organisation: str) -> str:
    return ", ".join(part for part in (name, email, organisation) if part)


class PersonForm(forms.Form):
    """One line of those who speak along."""

    name = LineInput(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )  # fmt: skip
    organisation = LineInput(
        label=_("Organisation"), max_length=160, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, number: int, person: dict[str, str], *, is_bound: bool) -> None:
        self.number, self.is_filled = number, any(person.values())
        data = {f"co-{number}-{name}": value for name, value in person.items()} if self.is_filled and is_bound else None
        super().__init__(data, prefix=f"co-{number}", initial=person, label_suffix="")
        self.given = person
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)


class ApplicationForm(SubmissionForm):
    """An application to a planning group, or of a municipality; what can be chosen is data of the call."""

    table = Application
    needed: tuple[str, ...] = ("name", "phone", "choices", "motivation")
    chosen = ("choices",)
    plain = (*SubmissionForm.plain, "motivation", "experience", "is_first_time")

    choices: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        CallChoice.objects.none(), label=_("What you apply to"), required=False, widget=forms.CheckboxSelectMultiple
    )
    motivation = paragraph(_("Why you apply"), 3000, rows=6)
    experience = paragraph(_("What you bring along"), 3000, rows=4)
    is_first_time = forms.BooleanField(label=_("I take part for the first time"), required=False)

    def prepare(self) -> None:
        """The call's choices; where there are none, a municipality applies."""
        self._field("choices").queryset = self.call.choices.all()
        if not self.call.choices.exists():
            self.fields["choices"].widget = forms.MultipleHiddenInput()
            self.needed = ("name", "phone", "organisation", "municipality", "motivation")

    def groups(self) -> list[Group]:
        """What one applies to, why, you."""
        names = ["email", "choices", "motivation", "experience", "is_first_time"]
        shown_names = [name for name in names if not self.fields[name].widget.is_hidden]
        return [self._group("idea", _("Your application"), shown_names), *self.you, *self.privacy_group]


FORMS: dict[str, type[SubmissionForm]] = {
    Call.Kind.PROGRAMME: ProposalForm,
    Call.Kind.APPLICATION: ApplicationForm,
}


class AnswerForm(forms.Form):
    """Somebody who is asked to speak along may mend their own name."""

    name = LineInput(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    organisation = LineInput(
        label=_("Organisation"), max_length=160, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip


class CorrectionForm(forms.Form):
    """The proposer mends who is asked."""

    name = LineInput(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    organisation = LineInput(label=_("Organisation"), max_length=160, required=False)
