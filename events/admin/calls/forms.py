"""Forms that only reviewers and organisers use."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events import reports
from events.models import Submission, User
from events.models.call import SCORES
from events.plaintext import TextInput

Decision = Submission.Decision
COMMENT_LENGTH, REASON_LENGTH = 4000, 2000
MOST_REVIEWERS = 9


class ReviewForm(forms.Form):
    """A score from 0 to 5 for each criterion, and a comment."""

    comment = TextInput(
        label=_("Comment"),
        max_length=COMMENT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "May be disclosed on request to the one who has sent it in. Describe the proposal, not the person."
        ),
    )

    def __init__(self, criteria: Sequence[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.criteria = criteria
        for criterion in criteria:
            self.fields[f"score_{criterion.pk}"] = forms.TypedChoiceField(
                label=criterion.name,
                choices=[(score, str(score)) for score in SCORES],
                coerce=int,
                widget=forms.RadioSelect,
                help_text=criterion.description,
                error_messages={"required": _("Give a score from 0 to 5.")},
            )
        self.order_fields([*(f"score_{criterion.pk}" for criterion in criteria), "comment"])

    def rated(self) -> list[tuple[Any, Any]]:
        """The criteria with their fields."""
        return [(criterion, self[f"score_{criterion.pk}"]) for criterion in self.criteria]

    def scores(self) -> dict[str, int]:
        """As they are kept: key of the criterion → score."""
        return {str(criterion.pk): self.cleaned_data[f"score_{criterion.pk}"] for criterion in self.criteria}


class ReasonForm(forms.Form):
    """Why it is decided so, for the letter."""

    reason = TextInput(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Told in the letter as you write it: write it in the language of the letter, or leave it empty."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""


class CancelForm(ReasonForm):
    """Why what was selected is taken out."""

    def __init__(self, language: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label = _("Reason, %(language)s") % {"language": reports.language_name(language)}
        field.required, field.help_text = True, _("Told in the letter as you write it: write it in its language.")


class ReasonsForm(forms.Form):
    """Why several are decided so, in each language in which there will be a letter."""

    def __init__(self, languages: Iterable[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for code in (code for code in ("fi", "sv", "en") if code in set(languages)):
            self.fields[f"reason_{code}"] = TextInput(
                label=_("Reason, %(language)s") % {"language": reports.language_name(code)},
                max_length=REASON_LENGTH,
                required=False,
                widget=forms.Textarea(attrs={"rows": 4, "lang": code}),
                help_text=_("Told in the letters of this language as you write it. It can be left empty."),
            )

    def reasons(self) -> dict[str, str]:
        """By language."""
        return {name.removeprefix("reason_"): text for name, text in self.cleaned_data.items()}


class DecisionForm(ReasonForm):
    """A quiet decision on one submission; `version` is what the page has shown."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", _("no decision yet")), *Decision.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("decision", "reason", "version")


class AssignForm(forms.Form):
    """Who reviews, and how many review each."""

    each = forms.IntegerField(
        label=_("Reviewers for each"), min_value=1, max_value=MOST_REVIEWERS, initial=3,
        help_text=_("Reviews that are there already count. Those with the least to do come first."),
    )  # fmt: skip
    reviewers: Any = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Among these reviewers"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, reviewers: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        keys = [user.pk for user in reviewers]
        field: Any = self.fields["reviewers"]
        field.queryset = User.objects.filter(pk__in=keys).order_by("name", "email")
        field.initial = keys
