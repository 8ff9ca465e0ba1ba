"""The form of a proposal, with those who speak along."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from events.forms import line, paragraph
from events.forms.submission import Group, TitledForm
from events.models import Theme, Upload
from events.models.call import LANGUAGES
from events.plaintext import LineInput
from programme.models import CoPresenter, Format, Proposal
from programme.services import Person

MINUTES = (5, 480)


class ProposalForm(TitledForm):
    """A proposal for the programme."""

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
    audience = line(
        _("For whom"), 300, help_text=_("For example: teachers, employment officials, everybody."), required=False
    )
    take_home = paragraph(_("What participants take home"), 1000, required=False)
    good_practice = paragraph(_("Good practice that is shown"), 1000, required=False)
    partners = line(_("Co-operating organisations"), 300, required=False)
    technical_needs = paragraph(
        _("Technical needs"),
        1000,
        help_text=_("For example: sound from your computer, room for movement."),
        required=False,
    )
    accessibility_needs = paragraph(
        _("Accessibility needs"),
        1000,
        help_text=_("What you who present need, and what your audience should know."),
        required=False,
    )
    unavailable = line(_("When you cannot come"), 300, required=False)
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
    texts_legend = _("Your proposal")
    description_hint = _("What happens, and why it matters. This text may be used in the programme.")
    other_languages_hint = _("Not needed: texts of the programme are translated.")
    plain = (
        *TitledForm.plain, "format", "session_languages", "minutes", "audience", "take_home", "good_practice",
        "partners", "technical_needs", "accessibility_needs", "unavailable",
    )  # fmt: skip

    def prepare(self) -> None:
        """The event's formats and themes; those who speak along."""
        super().prepare()
        self._field("format").queryset = self.call.event.formats.all()
        self._field("themes").queryset = self.call.event.themes.all()
        self._read_people()

    def needed_now(self, cleaned: dict[str, Any]) -> Iterable[str]:
        """What lasts all day needs no length."""
        found: Any = cleaned.get("format")
        if found is not None and not hasattr(found, "is_all_day"):
            found = self._field("format").queryset.filter(pk=found).first()
        is_all_day = found is not None and found.is_all_day
        return [name for name in super().needed_now(cleaned) if name != "minutes" or not is_all_day]

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
            if person.is_filled and person.is_valid():
                email = person.cleaned_data["email"]
                if email.lower() in seen:
                    message = _("Each co-presenter needs an e-mail of their own: %(email)s is named twice.")
                    person.add_error("email", message % {"email": email})
                seen.add(email.lower())
            self._point_to(person)
        return cleaned

    def _point_to(self, person: "PersonForm") -> None:
        """What is wrong in a line stands in the summary too, with a link to the field."""
        line_name = _("Co-presenter %(number)s") % {"number": person.number + 1}
        for field in person:
            for error in field.errors:
                words = (field.id_for_label, line_name, field.label, error)
                self.add_error(None, format_html('<a href="#{}">{}, {}: {}</a>', *words))

    def more(self) -> list[Person]:
        """Those whose lines are filled."""
        return [Person(**person.cleaned_data) for person in self.people_forms if person.is_filled]

    def differences(self, row: Any) -> list[tuple[Any, str, str]]:
        """With those who speak along."""
        found = super().differences(row)
        saved = "\n".join(_named(*values) for values in row.co_presenters.values_list("name", "email", "organisation"))
        typed = "\n".join(_named(person.name, person.email, person.organisation) for person in self.more())
        return found if saved == typed else [*found, (_("Co-presenters"), saved, typed)]

    def typed(self) -> list[tuple[Any, str]]:
        """With those who speak along."""
        people = [person.given for person in self.people_forms if person.is_filled]
        words = "\n".join(_named(person["name"], person["email"], person["organisation"]) for person in people)
        return [*super().typed(), (_("Co-presenters"), words)] if words else super().typed()

    def groups(self) -> list[Group]:
        """What is proposed, for whom, practical matters, files, you."""
        people = _("name, e-mail and organisation of each, at most ten; we ask them by mail")
        files = _("a picture and a PDF at most")
        return [
            self.texts_group,
            self._group("form", _("Form and theme"), ["format", "minutes", "themes", "session_languages"]),
            self._group("use", _("For participants"), ["audience", "take_home", "good_practice"]),
            Group("people", _("Co-presenters"), [], "programme/_people.html", people),
            self._group(
                "practice", _("Practical matters"),
                ["partners", "technical_needs", "accessibility_needs", "unavailable"],
            ),
            Group("files", _("Files"), [], "events/calls/_files.html", files),
            *self.you,
            *self.privacy_group,
        ]  # fmt: skip


MOST_LINES_READ = 120  # a form that was made longer by hand is told that it is too long


def _named(name: str, email: str, organisation: str) -> str:
    return ", ".join(part for part in (name, email, organisation) if part)


class PersonForm(forms.Form):
    """One line of those who speak along."""

    use_required_attribute = False  # an empty line is left out

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
