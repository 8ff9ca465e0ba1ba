"""The forms of registration. What was typed survives every error; what does not concern a person is dropped."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events import fonts
from events.dates import long_day, moment
from events.forms import (
    NAME_LENGTH,
    ask_for_privacy,
    asked,
    email_field,
    line,
    municipality_field,
    organisation_type_field,
    paragraph,
    privacy_field,
    read_version,
)
from events.models import Day, Event, Question
from registration.models import Needs, Registration
from registration.services import Details

Attendance = Registration.Attendance
ON_SITE_FIELDS = ["badge_name", "photo", "has_assistant", "dietary", "accessibility", "needs_consent"]


class DayChoice(forms.ModelMultipleChoiceField):
    """Days as people say them."""

    def label_from_instance(self, obj: Any) -> str:
        """Thursday 14 November."""
        return long_day(obj.date)


class PersonForm(forms.Form):
    """What every registration asks. Subclasses add how one takes part."""

    conditionally_required = ("days", "needs_consent")

    first_name = line(_("First name"), autocomplete="given-name")
    last_name = line(_("Last name"), autocomplete="family-name")
    organisation = line(_("Organisation"), 160, autocomplete="organization")
    organisation_type = organisation_type_field()
    job_title = line(_("Job title"), required=False, autocomplete="organization-title")
    municipality = municipality_field()
    days = DayChoice(
        Day.objects.none(), label=_("Days"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("The event does not have this day. Choose from the days in the list."),
            "invalid_pk_value": _("The event does not have this day. Choose from the days in the list."),
        },
    )  # fmt: skip
    badge_name = line(
        _("Name on the badge"), required=False,
        help_text=_("If it should be another than your full name."),
    )  # fmt: skip
    photo = forms.ChoiceField(
        label=_("Photographs"), required=False, choices=Registration.Photo.choices, widget=forms.RadioSelect,
        help_text=_("Photographs are taken at the event. Your badge shows if you do not wish to be photographed."),
    )  # fmt: skip
    has_assistant = forms.BooleanField(
        label=_("A personal assistant comes with me"), required=False,
        help_text=_("Your assistant gets a badge of their own and need not register."),
    )  # fmt: skip
    dietary = paragraph(_("Dietary requirements"), required=False)
    accessibility = paragraph(
        _("Accessibility needs"), required=False,
        help_text=_("For example: a wheelchair place, sign language interpretation, an induction loop."),
    )  # fmt: skip
    needs_consent = forms.BooleanField(
        label=_("I agree that my answers about diet and accessibility are used to arrange the event"), required=False,
        help_text=_("Needed only if you answered above. The answers are deleted 14 days after the event, "
                    "and you can withdraw your consent at any time."),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Languages you understand"), required=False, choices=Registration.Language.choices,
        widget=forms.CheckboxSelectMultiple, help_text=_("Helps us to plan interpretation."),
    )  # fmt: skip

    def __init__(self, event: Event, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.event, self.at = event, at
        self.questions = asked(event.pk, event.public_version).questions
        self._field("organisation_type").queryset = event.organisation_types.all()
        self._field("days").queryset = event.days.all()
        if event.is_virtual:
            self.remove("days", *ON_SITE_FIELDS)
        elif event.needs_until:
            until = _("Can be changed until %(moment)s.") % {"moment": moment(event.needs_until)}
            self.fields["dietary"].help_text = until
        for question in self.questions:
            self.fields[_question_name(question)] = question_field(question)

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def remove(self, *names: str) -> None:
        """Fields that are not asked here."""
        for name in names:
            self.fields.pop(name, None)

    @property
    def wants_on_site(self) -> bool:
        """Whether the answers concern the venue; the fields about it are dropped otherwise."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Drop what does not concern the person; ask for what it makes necessary."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.wants_on_site:
            self._clean_on_site(cleaned)
        else:
            for name in ("days", *ON_SITE_FIELDS):
                self.errors.pop(name, None)
                cleaned.pop(name, None)
        for question in self.questions:
            self._clean_question(question, cleaned)
        return cleaned

    def _clean_on_site(self, cleaned: dict[str, Any]) -> None:
        if "days" in self.fields and not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Choose at least one day."))
        has_needs = cleaned.get("dietary") or cleaned.get("accessibility")
        if has_needs and not cleaned.get("needs_consent") and "needs_consent" in self.fields:
            self.add_error(
                "needs_consent", _("We need your consent to keep these answers. Tick the box or empty them.")
            )
        self._clean_badge_name(cleaned)

    def _clean_badge_name(self, cleaned: dict[str, Any]) -> None:
        """A name that the badge cannot show is noticed now, not at the door."""
        typed = cleaned.get("badge_name", "")
        name = typed or f"{cleaned.get('first_name', '')} {cleaned.get('last_name', '')}".strip()
        if "badge_name" in self.errors:
            return
        if letters := fonts.unsupported_letters(name):
            shown = " ".join(sorted(letters)[:10])
            message = _("We cannot print these letters on the badge: %(letters)s. Give a name in Latin letters here.")
            self.add_error("badge_name", message % {"letters": shown})
        elif len(name) > NAME_LENGTH:
            message = _("The full name does not fit on a badge. Give a shorter one here, at most %(length)d letters.")
            self.add_error("badge_name", message % {"length": NAME_LENGTH})

    def _clean_question(self, question: Question, cleaned: dict[str, Any]) -> None:
        name = _question_name(question)
        concerns = question.audience == Question.Audience.ALL or self.wants_on_site == (
            question.audience == Question.Audience.ON_SITE
        )
        if not concerns:
            self.errors.pop(name, None)
            cleaned.pop(name, None)
        elif question.is_required and not cleaned.get(name) and name not in self.errors:
            self.add_error(name, _("Answer this question."))

    def details(self, **given: Any) -> Details:
        """The answers, for the services; `given` is what this form does not ask."""
        cleaned = self.cleaned_data
        answers = {str(question.pk): cleaned[name] for question, name in self._named_questions() if cleaned.get(name)}
        asked = {
            name: cleaned[name]
            for name in (*PLAIN_FIELDS, "email", "attendance", "remote_meanwhile")
            if name in cleaned and not self.fields[name].disabled
        }
        days = list(cleaned.get("days") or ())
        return Details(**{"language": get_language() or "fi", "days": days, "answers": answers, **asked, **given})

    def _named_questions(self) -> Iterable[tuple[Question, str]]:
        return ((question, _question_name(question)) for question in self.questions)

    def groups(self) -> list[tuple[str, Any, list[BoundField]]]:
        """The fields in the order of the page: (key, legend, fields); empty groups are left out."""
        questions = [_question_name(question) for question in self.questions]
        groups = [
            ("you", _("You"), ["first_name", "last_name", "email"]),
            ("work", _("Your organisation"), ["organisation", "organisation_type", "job_title", "municipality"]),
            ("attendance", _("How you take part"), ["attendance", "days", "remote_meanwhile"]),
            ("on-site", _("At the venue"), ON_SITE_FIELDS),
            ("more", _("More about you"), ["languages", *questions]),
            ("privacy", "", ["privacy"]),
        ]  # fmt: skip
        present = [
            (key, legend, [self[name] for name in names if name in self.fields]) for key, legend, names in groups
        ]
        return [group for group in present if group[2]]


PLAIN_FIELDS = (
    "first_name", "last_name", "organisation", "organisation_type", "job_title", "municipality", "badge_name", "photo",
    "has_assistant", "dietary", "accessibility", "languages",
)  # fmt: skip


def _question_name(question: Question) -> str:
    return f"question_{question.pk}"


def question_field(question: Question) -> forms.Field:
    """The form field of an extra question; whether it is required is checked when one knows who is asked."""
    choices = [(str(choice.pk), choice.name) for choice in question.choices.all()]
    field: forms.Field
    if question.kind == Question.Kind.CHOICE:
        field = forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
    elif question.kind == Question.Kind.SEVERAL:
        field = forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)
    else:
        field = paragraph(question.label)
    field.label, field.help_text, field.required = question.label, question.help_text, False
    return field


ATTENDANCES = [(Attendance.ON_SITE, _("On site, at the venue")), (Attendance.REMOTE, _("Remotely, over the internet"))]


class RegistrationForm(PersonForm):
    """Registering: one page, one post."""

    email = email_field(_("E-mail"))
    attendance = forms.ChoiceField(label=_("Attendance"), choices=ATTENDANCES, widget=forms.RadioSelect)
    remote_meanwhile = forms.BooleanField(
        label=_("If I have to wait for a place, I take part remotely meanwhile"), required=False
    )
    privacy = privacy_field()
    privacy_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    field_order = ("first_name", "last_name", "email")

    def __init__(self, event: Event, *args: Any, at: datetime, is_open_to_all: bool = False, **kwargs: Any) -> None:
        super().__init__(event, *args, at=at, **kwargs)
        self.privacy_page = ask_for_privacy(self, event)
        if "days" in self.fields and not self.is_bound:
            self.initial.setdefault("days", [day.pk for day in self._field("days").queryset])
        if event.is_virtual:
            self.remove("attendance", "remote_meanwhile")
        elif not is_open_to_all:
            self._offer_open_attendance()

    def _offer_open_attendance(self) -> None:
        """Only what is open can be chosen; with one choice left, nothing needs to be chosen."""
        is_open = {
            Attendance.ON_SITE: self.event.on_site_is_open(self.at),
            Attendance.REMOTE: self.event.remote_is_open(self.at),
        }
        self._field("attendance").choices = [choice for choice in ATTENDANCES if is_open[choice[0]]]
        if len(self._field("attendance").choices) == 1:
            self.initial.setdefault("attendance", self._field("attendance").choices[0][0])

    @property
    def wants_on_site(self) -> bool:
        """As chosen; a virtual event has no venue."""
        return bool(self.cleaned_data.get("attendance") == Attendance.ON_SITE)

    def details(self, **given: Any) -> Details:
        """The answers with the version of the notice that was read."""
        if self.event.is_virtual:
            given.setdefault("attendance", Attendance.REMOTE)
        return super().details(privacy_version=read_version(self, self.privacy_page), **given)


class PlaceForm(RegistrationForm):
    """Registering on a place that is already there: a colleague's, or a reserved one. Its days are given."""

    def __init__(self, event: Event, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(event, *args, at=at, is_open_to_all=True, **kwargs)
        self.remove("attendance", "days", "remote_meanwhile", "has_assistant")

    @property
    def wants_on_site(self) -> bool:
        """The place is at the venue."""
        return not self.event.is_virtual


class ChangeForm(PersonForm):
    """Changing one's answers. After the catering date the needs can be read but not changed."""

    def __init__(self, registration: Registration, *args: Any, at: datetime, **kwargs: Any) -> None:
        kwargs["initial"] = initial_of(registration)
        super().__init__(registration.event, *args, at=at, **kwargs)
        self.registration = registration
        if not self.wants_on_site:
            self.remove("days", *ON_SITE_FIELDS)
        elif not registration.event.needs_can_change(at):
            for name in ("dietary", "accessibility", "needs_consent"):
                self.fields[name].disabled = True

    @property
    def wants_on_site(self) -> bool:
        """As registered; switching is a step of its own."""
        return self.registration.is_on_site if hasattr(self, "registration") else True

    def details(self, **given: Any) -> Details:
        """The answers, with what cannot be changed here as it is."""
        registration = self.registration
        kept = {
            "language": registration.language,
            "email": registration.email,
            "attendance": registration.attendance,
            "remote_meanwhile": registration.remote_meanwhile,
            "privacy_version": registration.privacy_version,
        }
        return super().details(**{**kept, **given})


class OnSiteForm(ChangeForm):
    """Coming to the venue after all: what only concerns the venue."""

    def __init__(self, registration: Registration, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(registration, *args, at=at, **kwargs)
        self.initial["days"] = [day.pk for day in self._field("days").queryset]

    @property
    def wants_on_site(self) -> bool:
        """That is the point."""
        return True

    def details(self, **given: Any) -> Details:
        """The answers of one who comes."""
        return super().details(attendance=Attendance.ON_SITE, **given)


def initial_of(registration: Registration) -> dict[str, Any]:
    """A registration's answers as a form shows them."""
    needs = Needs.objects.filter(registration=registration).first()
    plain = {name: getattr(registration, name) for name in PLAIN_FIELDS if name not in {"dietary", "accessibility"}}
    answers = {f"question_{key}": value for key, value in registration.answers.items()}
    return {
        **plain,
        **answers,
        "days": [day.pk for day in registration.days.all()],
        "dietary": needs.dietary if needs else "",
        "accessibility": needs.accessibility if needs else "",
        "needs_consent": bool(needs),
    }


class ColleagueForm(forms.Form):
    """To whom one gives one's place, and in which language they are asked."""

    email = email_field(_("Colleague's e-mail"))
    language = forms.ChoiceField(
        label=_("Language of the mail"), choices=Registration.Language.choices, widget=forms.RadioSelect
    )
