"""The forms of calls. A draft needs an address and a title; what sending in needs is told in one list.

What was typed survives every error, and so do files. The server counts letters; nothing is cut off while pasting.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.plaintext import LineInput
from programme.forms.application import ApplicationForm
from programme.forms.proposal import PersonForm, ProposalForm

__all__ = ["AnswerForm", "ApplicationForm", "CorrectionForm", "PersonForm", "ProposalForm"]


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
