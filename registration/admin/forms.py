"""Forms that only organisers use: registering somebody by hand, changing answers, reserving places."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from events.admin_base import OneEventForm
from events.models import Event, Role
from events.places import PlacesTaken
from events.plaintext import LineInput
from registration.forms import ChangeForm, DayChoice, RegistrationForm
from registration.models import Needs, Registration
from registration.services import Details
from registration.services.mailing import PLACEHOLDERS, unknown_placeholders

NEEDS_FIELDS = ("dietary", "accessibility", "needs_consent")


class HandForm(RegistrationForm):
    """What everyone is asked, with the role and the language; open at any time."""

    language = forms.ChoiceField(label=_("Language of mail"), choices=Registration.Language.choices, initial="fi")
    role: Any = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), empty_label=None)

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(event, *args, is_open_to_all=True, **kwargs)
        self._field("role").queryset = event.roles.all()
        self.initial.setdefault("role", event.roles.filter(slug="participant").first())
        self._field("privacy").label = _("The person has been told where the privacy notice is")

    def groups(self) -> list[tuple[str, Any, list[Any]]]:
        """With the organiser's own choices first."""
        own = [self["role"], self["language"]]
        return [("own", _("The registration"), own), *super().groups()]

    def details(self, **given: Any) -> Details:
        """In the person's language."""
        return super().details(language=self.cleaned_data["language"], **given)


class AnswersForm(ChangeForm):
    """Changing answers for somebody. Without the right to read needs they are neither shown nor changed.

    The form carries the version that it showed: when the person or a colleague has changed something since, what the
    form says is old, and nothing is saved.
    """

    shown_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, registration: Registration, *args: Any, may_read_needs: bool, **kwargs: Any) -> None:
        super().__init__(registration, *args, **kwargs)
        self.initial["shown_version"] = registration.version
        self.keeps_needs = not may_read_needs
        if self.keeps_needs:
            self.remove(*NEEDS_FIELDS)
        for name in NEEDS_FIELDS:
            if name in self.fields:
                self.fields[name].disabled = False  # organisers may still tell the caterer

    def clean(self) -> dict[str, Any]:
        """Refuse to put old answers over newer ones."""
        cleaned = super().clean()
        if cleaned.get("shown_version") != self.registration.version:
            self.add_error(None, _("The registration has been changed meanwhile. Open the page again and start anew."))
        return cleaned

    def details(self, **given: Any) -> Details:
        """The answers; needs that were not shown stay as they are."""
        if self.keeps_needs and (needs := Needs.objects.filter(registration=self.registration).first()):
            given |= {"dietary": needs.dietary, "accessibility": needs.accessibility}
        return super().details(**given)


class ReserveForm(forms.Form):
    """A place for somebody who is not known yet."""

    role: Any = forms.ModelChoiceField(Role.objects.none(), label=_("Role"), empty_label=None)
    days = DayChoice(Role.objects.none(), label=_("Days"), widget=forms.CheckboxSelectMultiple)
    note = LineInput(label=_("For whom"), max_length=200, help_text=_("Only organisers see this."))
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("If you give one, the link is sent there; you can also copy it.")
    )
    language = forms.ChoiceField(label=_("Language of mail"), choices=Registration.Language.choices, initial="fi")

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        choices: Any = self.fields
        choices["role"].queryset = event.roles.all()
        choices["days"].queryset = event.days.all()
        self.initial.setdefault("days", [day.pk for day in event.days.all()])


class PoolForm(OneEventForm):
    """A pool; its capacity is changed by the service that offers new places to the queue."""

    def clean_capacity(self) -> int:
        """Not below what is taken, with the number."""
        capacity: int = self.cleaned_data["capacity"]
        if self.instance.pk and capacity < self.instance.taken:
            raise forms.ValidationError(str(PlacesTaken(self.instance.taken).message), code="taken")
        return capacity


class MailingForm(OneEventForm):
    """Words in up to three languages, with placeholders from a fixed list."""

    def clean(self) -> dict[str, Any]:
        """Name the placeholders that nobody would fill."""
        cleaned = super().clean()
        for name, words in list(cleaned.items()):
            if isinstance(words, str) and (unknown := unknown_placeholders(words)):
                shown = ", ".join(f"{{{word}}}" for word in unknown)
                self.add_error(name, _("These placeholders are not known: %(shown)s.") % {"shown": shown})
            if name.startswith("subject") and "{personal_link}" in (words or ""):
                self.add_error(name, _("A subject cannot hold the personal link: write it into the text."))
        return cleaned


def placeholder_help() -> Any:
    """What may stand in braces."""
    known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
    return format_html("{} {}", _("Plain paragraphs. These are filled in for each person:"), known)
