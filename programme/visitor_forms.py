"""What visitors of the programme fill in: the filters, what they thought of a session, a question to the speaker."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.dates import long_day
from events.plaintext import TextInput
from programme.models import LiveQuestion, SessionFeedback
from programme.schedule import LANGUAGES, Choices

SEARCH_LETTERS = 100


class FilterForm(forms.Form):
    """The filters of the programme, as an address keeps them. What cannot be chosen is not valid."""

    day = forms.ChoiceField(label=_("Day"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    format = forms.ChoiceField(label=_("Format"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    streamed = forms.ChoiceField(label=_("How to follow"), required=False)
    conditionally_required = ("day", "theme", "format", "language", "streamed")  # nothing here is "optional"

    def __init__(self, choices: Choices, data: dict[str, str]) -> None:
        super().__init__(data, label_suffix="")
        offered: dict[str, list[tuple[str, Any]]] = {
            "day": [("", _("All days")), *((day.isoformat(), long_day(day)) for day in choices.days)],
            "theme": [("", _("All themes")), *choices.themes],
            "format": [("", _("All formats")), *choices.formats],
            "language": [("", _("All languages")), *((code, LANGUAGES[code]) for code in choices.languages)],
            "streamed": [("", _("All sessions")), *([("1", _("Streamed"))] if choices.has_streams else [])],
        }
        for name, values in offered.items():
            field: Any = self.fields[name]
            field.choices = values
        for name in [name for name, values in offered.items() if len(values) < 2 and not data.get(name)]:
            del self.fields[name]  # nothing to choose


class FeedbackForm(forms.ModelForm):
    """How useful a session was; nobody is named."""

    usefulness = forms.TypedChoiceField(
        label=_("How useful was the session to you?"), coerce=int, widget=forms.RadioSelect,
        choices=[(5, _("5 – very useful")), (4, "4"), (3, "3"), (2, "2"), (1, _("1 – not useful"))],
    )  # fmt: skip
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    class Meta:
        model = SessionFeedback
        fields = ("usefulness", "to_speaker", "to_organisers")
        labels = {
            "to_speaker": _("Your comment to the speaker"),
            "to_organisers": _("Your comment to the organisers"),
        }
        help_texts = {
            "to_speaker": _("The speaker gets it without your name. Do not write about other people."),
            "to_organisers": _("The room, the sound, the interpretation, the length."),
        }
        widgets = {
            "to_speaker": forms.Textarea(attrs={"rows": 4}),
            "to_organisers": forms.Textarea(attrs={"rows": 4}),
        }


class QuestionForm(forms.Form):
    """A question to whoever speaks."""

    text = TextInput(
        label=_("Your question to the speaker"), max_length=LiveQuestion.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("An organiser reads it first. It is shown without your name; at most 500 characters."),
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
