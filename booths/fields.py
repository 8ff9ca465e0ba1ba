"""What applications and exhibitors' pages ask alike: what is shown, and what the booth needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from booths.models import BoothNeeds
from booths.models.needs import LANGUAGES, MOST_STAFF, Shown
from events.forms import line, paragraph
from events.models import Theme


def shown_fields() -> dict[str, Any]:
    """What visitors find at the booth, and where they can read more."""
    return {
        "shown": forms.MultipleChoiceField(
            label=_("What you show"), required=False, choices=Shown.choices, widget=forms.CheckboxSelectMultiple
        ),
        "themes": forms.ModelMultipleChoiceField(
            Theme.objects.none(), label=_("Themes"), required=False, widget=forms.CheckboxSelectMultiple
        ),
        "website": forms.URLField(label=_("Web address"), required=False, max_length=200, assume_scheme="https"),
    }


def languages_field() -> forms.MultipleChoiceField:
    """In which languages visitors are served."""
    return forms.MultipleChoiceField(
        label=_("Languages spoken at the booth"), required=False, choices=LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip


def logo_field() -> forms.FileField:
    """A picture, which is encoded anew."""
    return forms.FileField(
        label=_("Logo"), required=False, help_text=_("JPEG, PNG or WebP, at most 8 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip


def needs_fields() -> dict[str, Any]:
    """How much room, what must be there, who comes when."""
    return {
        "size": forms.ChoiceField(
            label=_("Size"), choices=BoothNeeds.Size.choices, widget=forms.RadioSelect, initial=BoothNeeds.Size.SMALL
        ),
        "needs_power": forms.BooleanField(label=_("Power"), required=False),
        "needs_network": forms.BooleanField(label=_("A network by cable"), required=False),
        "needs_table": forms.BooleanField(label=_("A table"), required=False),
        "needs_wall": forms.BooleanField(label=_("A wall behind the booth"), required=False),
        "more_needs": paragraph(_("Other needs"), 1000, required=False),
        "staff_expected": forms.IntegerField(
            label=_("How many people work at the booth"), required=False, min_value=1, max_value=MOST_STAFF,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "short"}),
        ),
        "set_up": line(
            _("When you set up"), required=False, help_text=_("For example: Wednesday 13 November, about 15.")
        ),
        "take_down": line(_("When you take down"), required=False),
    }  # fmt: skip
