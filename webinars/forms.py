"""What visitors of webinars fill in: signing up, and what they took along."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.dates import moment
from events.forms import (
    ask_for_privacy,
    email_field,
    line,
    organisation_type_field,
    paragraph,
    privacy_field,
    read_version,
)
from events.models import Event
from webinars.models import Feedback, Webinar
from webinars.services import Details

CHOOSE_AGAIN = gettext_lazy("You can no longer sign up for one of the webinars that you chose. Choose again.")


class WebinarChoice(forms.ModelMultipleChoiceField):
    """Webinars as people look for them: when, and about what."""

    def label_from_instance(self, obj: Any) -> str:
        """13.11.2024 klo 9.00–10.00: title, and whether one has to wait for a place."""
        words = f"{moment(obj.starts_at, obj.ends_at)}: {obj.title}"
        return _("%(webinar)s – full, waiting list") % {"webinar": words} if obj.is_full else words


class SignUpForm(forms.Form):
    """One form for one webinar or all of a series: it asks who one is and where to write, and nothing else."""

    webinars = WebinarChoice(
        Webinar.objects.none(), label=gettext_lazy("Webinars"), widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Choose at least one webinar."),
            "invalid_choice": CHOOSE_AGAIN,
            "invalid_pk_value": CHOOSE_AGAIN,
        },
    )  # fmt: skip
    name = line(gettext_lazy("Name"), autocomplete="name")
    email = email_field(gettext_lazy("E-mail"))
    organisation = line(gettext_lazy("Organisation"), length=160, autocomplete="organization")
    organisation_type = organisation_type_field()
    privacy = privacy_field()
    privacy_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, event: Event, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self._field("webinars").queryset = Webinar.objects.for_event(event).open_for_sign_up(at).select_related("pool")
        self._field("organisation_type").queryset = event.organisation_types.all()
        self.privacy_page = ask_for_privacy(self, event)

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def details(self) -> Details:
        """The answers, for the services; mail is written in the language of the page."""
        cleaned = self.cleaned_data
        return Details(
            language=get_language() or "fi",
            name=cleaned["name"],
            email=cleaned["email"],
            organisation=cleaned["organisation"],
            organisation_type=cleaned["organisation_type"],
            privacy_version=read_version(self, self.privacy_page),
        )


class FeedbackForm(forms.ModelForm):
    """What one took along; nobody is named."""

    usefulness = forms.TypedChoiceField(
        label=gettext_lazy("How useful was the webinar to you?"), coerce=int, widget=forms.RadioSelect,
        choices=[
            (5, gettext_lazy("5 – very useful")), (4, "4"), (3, "3"), (2, "2"), (1, gettext_lazy("1 – not useful")),
        ],
    )  # fmt: skip
    learned = paragraph(gettext_lazy("What did you learn?"), length=1000, required=False)
    will_use = paragraph(gettext_lazy("What will you use in your work?"), length=1000, required=False)

    class Meta:
        model = Feedback
        fields = ("usefulness", "learned", "will_use")
