"""Forms that only organisers of the programme use."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.transitions import Refusal
from programme.models import Proposal
from programme.services import merging


class MergeForm(forms.Form):
    """Into which proposal this one goes."""

    target: Any = forms.ModelChoiceField(
        Proposal.objects.none(), label=_("Goes on in"), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": _("Choose a proposal."), "invalid_choice": _("Choose a proposal.")},
    )  # fmt: skip

    def __init__(self, row: Proposal, targets: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.label_suffix = row, ""
        field: Any = self.fields["target"]
        field.queryset = targets

    def clean_target(self) -> Proposal:
        """Too many people together are told before the texts are compared."""
        target: Proposal = self.cleaned_data["target"]
        try:
            merging.refuse_too_many(self.row, target)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal
        return target
