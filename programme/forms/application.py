"""The form of an application."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms import paragraph
from events.forms.submission import Group, SubmissionForm
from events.models import CallChoice
from programme.models import Application


class ApplicationForm(SubmissionForm):
    """An application to a planning group, or of a municipality; what can be chosen is data of the call."""

    table = Application
    needed: tuple[str, ...] = ("name", "phone", "choices", "motivation")
    chosen = ("choices",)
    plain = (*SubmissionForm.plain, "motivation", "experience", "is_first_time")

    choices: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        CallChoice.objects.none(), label=_("What you apply to"), required=False, widget=forms.CheckboxSelectMultiple
    )
    motivation = paragraph(_("Why you apply"), 3000, rows=6, required=False)
    experience = paragraph(_("What you bring along"), 3000, rows=4, required=False)
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
