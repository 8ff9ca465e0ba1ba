"""Forms that only organisers of the programme use."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programme.models import Proposal


class MergeForm(forms.Form):
    """Into which proposal this one goes."""

    target: Any = forms.ModelChoiceField(
        Proposal.objects.none(), label=_("Goes on in"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, targets: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field: Any = self.fields["target"]
        field.queryset = targets
