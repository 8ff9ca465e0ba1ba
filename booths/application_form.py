"""The form of an application for a booth."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from booths.fields import languages_field, logo_field, needs_fields, shown_fields
from booths.models import BoothApplication
from booths.models.needs import NEEDS
from events.forms import paragraph
from events.forms.submission import Group, TitledForm
from events.models import Upload


class BoothApplicationForm(TitledForm):
    """What is shown, what the booth needs, and why; the organisation's name is needed, its type and place too."""

    table = BoothApplication
    needed = (
        "name", "phone", "organisation", "organisation_type", "municipality", "title", "description", "shown", "themes",
        "booth_languages", "size", "staff_expected", "motivation",
    )  # fmt: skip
    chosen = ("themes",)
    takes: ClassVar[dict[str, str]] = {"logo": Upload.Kind.PICTURE}
    plain = (*TitledForm.plain, "shown", "website", "booth_languages", *NEEDS, "motivation")
    texts_legend = _("Your booth")
    description_hint = _("What you show, and to whom it is useful. Visitors read this.")
    other_languages_hint = _("Not needed: the texts of selected booths are translated.")

    booth_languages = languages_field()
    motivation = paragraph(
        _("Why you apply"), 2000, rows=5, required=False,
        help_text=_("How your booth meets the criteria of the call. Only those who decide read this."),
    )  # fmt: skip
    logo = logo_field()
    logo_removed = forms.BooleanField(label=_("Remove the logo"), required=False)

    def prepare(self) -> None:
        """With the event's themes."""
        super().prepare()
        self.fields |= {**shown_fields(), **needs_fields()}
        self.fields["size"].required = False  # a draft may do without; one size is chosen beforehand
        self._field("themes").queryset = self.call.event.themes.all()

    def groups(self) -> list[Group]:
        """What is shown, what is needed, why, you."""
        return [
            self.texts_group,
            self._group("shown", _("What visitors find"), ["shown", "themes", "booth_languages", "website"]),
            self._group(
                "needs", _("What the booth needs"),
                ["size", "needs_power", "needs_network", "needs_table", "needs_wall", "more_needs"],
            ),
            self._group("people", _("Who comes, and when"), ["staff_expected", "set_up", "take_down"]),
            self._group("why", _("Why"), ["motivation"]),
            Group("files", _("Logo"), [], "events/calls/_files.html", _("a picture")),
            *self.you,
            *self.privacy_group,
        ]  # fmt: skip

    def clean_size(self) -> str:
        """The smallest where nothing is chosen."""
        return str(self.cleaned_data["size"] or BoothApplication.Size.SMALL)
