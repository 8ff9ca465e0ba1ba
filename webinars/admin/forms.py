"""The forms of the webinars' admin."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events import clock
from events.admin_base import OneEventForm
from events.models import Upload
from events.plaintext import LineInput
from webinars.models import LANGUAGES, Webinar
from webinars.models.webinar import INTERPRETED

LOCAL = "%Y-%m-%dT%H:%M"


class WebinarForm(OneEventForm):
    """Languages are ticked; what is public has Finnish and Swedish."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, choices=LANGUAGES, widget=forms.CheckboxSelectMultiple
    )
    interpreted_into = forms.MultipleChoiceField(
        label=_("Interpreted into"), required=False, choices=INTERPRETED, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> dict[str, Any]:
        """Say what is missing before it is published."""
        cleaned = super().clean()
        shown = Webinar(
            **{
                name: cleaned.get(name) or ("" if name in self.fields else getattr(self.instance, name))
                for name in ("title_fi", "title_sv", "abstract_fi", "abstract_sv")
            }
        )
        is_public = cleaned.get("is_public", self.instance.is_public)
        if is_public and (reasons := shown.why_not_public()):
            words = _("It cannot be public: %(reasons)s.") % {"reasons": ", ".join(map(str, reasons))}
            self.add_error("is_public" if "is_public" in self.fields else None, ValidationError(words))
        return cleaned


class MoveForm(forms.Form):
    """Another time, which lies ahead."""

    starts_at = forms.DateTimeField(
        label=_("Begins"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    )
    ends_at = forms.DateTimeField(
        label=_("Ends"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL)
    )

    def clean_starts_at(self) -> datetime:
        """Nobody comes to what has begun."""
        starts_at: datetime = self.cleaned_data["starts_at"]
        if starts_at <= clock.now():
            raise ValidationError(_("Choose a time that lies ahead."))
        return starts_at

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "starts_at" in cleaned and "ends_at" in cleaned and cleaned["ends_at"] <= cleaned["starts_at"]:
            self.add_error("ends_at", _("A webinar ends after it begins."))
        return cleaned


class PlacesForm(forms.Form):
    """A number of places."""

    capacity = forms.IntegerField(label=_("Places"), min_value=0, max_value=100_000)


class FileForm(forms.Form):
    """Slides to be handed out."""

    title = LineInput(label=_("Title"), max_length=160)
    file = forms.FileField(
        label=_("File (PDF, at most 10 MB)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": _("Choose the file."), "empty": _("The file is empty.")},
    )
    kind = Upload.Kind.PDF
