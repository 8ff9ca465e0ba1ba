"""The speaker's own page behind a link: what is told of them, what they agree to, their sessions and materials.

GET shows, POST changes.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from events import addresses, clock, uploads
from events.addresses import event_url, see_other
from events.models import Event, Upload
from events.models.call import LANGUAGES
from events.plaintext import LineInput, TextInput
from events.transitions import Refusal
from programme import access, feedback
from programme.models import Material, Session, Speaker
from programme.services import speaking

SHOWN_METHODS = ["GET", "HEAD", "POST"]
YES_OR_NO = (("yes", _("Yes")), ("no", _("No")))
ABOUT_YOU = _("Two or three sentences for the programme: who you are and what you do.")
LETTERS_LEFT = {"data-letters-left": _("Characters left: {count}")}


def consent(label: Any, help_text: Any) -> forms.ChoiceField:
    """Yes or no, neither of them chosen for anybody."""
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=YES_OR_NO, widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )  # fmt: skip


class SpeakerForm(forms.Form):
    """What a speaker says about themselves; the texts of the page's language first."""

    name = LineInput(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    organisation = LineInput(
        label=_("Organisation"), max_length=160, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip
    picture = forms.FileField(
        label=_("Picture"), required=False, help_text=_("JPEG, PNG or WebP, at most 8 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )  # fmt: skip
    picture_removed = forms.BooleanField(label=_("Remove the picture"), required=False)
    may_be_streamed = consent(
        _("May your session be streamed with you in it?"),
        _("Remote participants see and hear you live. You can change your answer until the event."),
    )
    may_be_recorded = consent(
        _("May you be recorded?"),
        _("The recording is published on the pages of the programme. You can change your answer later too."),
    )

    def __init__(self, speaker: Speaker, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "initial": initial_of(speaker), **kwargs})
        self.speaker, self.kept = speaker, speaker.picture
        self.language = (get_language() or "fi").split("-")[0]
        for code, name in LANGUAGES:
            self._add_texts(code, "" if code == self.language else f" ({name})")
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)  # it would cut off pasted text without a word

    def _add_texts(self, code: str, suffix: str) -> None:
        """Job title and biography in one language."""
        job_title, about_you = gettext("Job title"), gettext("About you")
        self.fields[f"job_title_{code}"] = LineInput(
            label=f"{job_title}{suffix}", max_length=120, required=False,
            widget=forms.TextInput(attrs={"lang": code}),
        )  # fmt: skip
        attrs = {"lang": code, "rows": 6 if not suffix else 4, "data-maxlength": 1500, **LETTERS_LEFT}
        self.fields[f"biography_{code}"] = TextInput(
            label=f"{about_you}{suffix}", max_length=1500, required=False,
            widget=forms.Textarea(attrs=attrs), help_text="" if suffix else ABOUT_YOU,
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A picture that was sent is kept at once, whatever else is wrong."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        event = self.speaker.event
        self.kept = uploads.by_token(event, Upload.Kind.PICTURE, self.data.get("picture_kept", ""))
        if cleaned.get("picture_removed"):
            self.kept = None
        elif cleaned.get("picture") and "picture" not in self.errors:
            try:
                self.kept = uploads.keep(event, cleaned["picture"], Upload.Kind.PICTURE)
            except uploads.Refused as refusal:
                self.add_error("picture", str(refusal.message))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """For the service: columns of the speaker."""
        cleaned = self.cleaned_data
        texts = {f"{name}_{code}": cleaned[f"{name}_{code}"] for name in TEXTS for code, _name in LANGUAGES}
        agreed = {name: cleaned[name] == "yes" for name in CONSENTS}
        return {"name": cleaned["name"], "organisation": cleaned["organisation"], **texts, **agreed}

    def own_texts(self) -> list[Any]:
        """In the language of the page."""
        return [self[f"{name}_{self.language}"] for name in TEXTS]

    def other_texts(self) -> list[Any]:
        """In the other languages."""
        return [self[f"{name}_{code}"] for code, _name in LANGUAGES if code != self.language for name in TEXTS]

    def file_fields(self) -> list[dict[str, Any]]:
        """The picture, as events/calls/_files.html draws it."""
        token = uploads.token_of(self.kept) if self.kept else ""
        removed = self["picture_removed"]
        return [{"field": self["picture"], "kept": self.kept, "token": token, "name": "picture", "removed": removed}]


TEXTS, CONSENTS = ("job_title", "biography"), ("may_be_streamed", "may_be_recorded")


def initial_of(speaker: Speaker) -> dict[str, Any]:
    """What the form begins with."""
    texts = {f"{name}_{code}": getattr(speaker, f"{name}_{code}") for name in TEXTS for code, _name in LANGUAGES}
    agreed = {name: {True: "yes", False: "no"}.get(getattr(speaker, name), "") for name in CONSENTS}
    return {"name": speaker.name, "organisation": speaker.organisation, **texts, **agreed}


class MaterialForm(forms.Form):
    """A PDF or a link."""

    title = LineInput(label=_("Title"), max_length=160)
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("A PDF, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )  # fmt: skip
    url = forms.URLField(
        label=_("Web address"), required=False, max_length=200, assume_scheme="https",
        help_text=_("Instead of a file: where the material is to be found."),
    )  # fmt: skip
    conditionally_required = ("file", "url")

    def __init__(self, event: Event, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.event = event
        self.upload: Upload | None = None
        self.fields["title"].widget.attrs.pop("maxlength", None)

    def clean(self) -> dict[str, Any]:
        """Either, not both. The file is made harmless when everything else is right."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(cleaned.get("file")) == bool(cleaned.get("url")) and not self.errors:
            self.add_error("file", _("Choose a file or give a web address, one of the two."))
        if cleaned.get("file") and not self.errors:
            try:
                self.upload = uploads.keep(self.event, cleaned["file"], Upload.Kind.PDF)
            except uploads.Refused as refusal:
                self.add_error("file", str(refusal.message))
        return cleaned


# --- The pages --------------------------------------------------------------------------------------------------------
by_link = addresses.by_link(access.speaker_by_token)


def address(speaker: Speaker, name: str = "speaker-page", **kwargs: Any) -> str:
    """A page of this speaker."""
    return event_url(speaker.event, name, token=access.speaker_token(speaker), **kwargs)


@uploads.takes_files
@require_http_methods(SHOWN_METHODS)
@by_link
def speaker_page(request: HttpRequest, speaker: Speaker) -> HttpResponse:
    """Their sessions and materials; below them the form about themselves."""
    if request.method != "POST":
        return _page(request, speaker, SpeakerForm(speaker))
    form = SpeakerForm(speaker, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, speaker, form)
    speaking.tell(speaker.pk, form.answers(), picture=form.kept)
    messages.success(request, gettext("Thank you, your answers are saved."))
    return see_other(address(speaker))


def _page(request: HttpRequest, speaker: Speaker, form: SpeakerForm) -> HttpResponse:
    at = clock.now()
    rows = Session.objects.filter(speaker_slots__speaker=speaker).select_related("room", "event")
    found = list(rows.prefetch_related("materials__upload").order_by("starts_at", "pk"))
    told = feedback.told_to_speakers(speaker.event, found)
    sessions = [
        {
            "session": row, "takes_materials": speaking.takes_materials(row, at),
            "materials": list(row.materials.all()), "told": told.get(row.pk),
        }
        for row in found
    ]  # fmt: skip
    context = {"speaker": speaker, "form": form, "sessions": sessions, "token": access.speaker_token(speaker)}
    return render(request, "programme/speaker_page.html", context, status=422 if form.errors else 200)


@uploads.takes_files
@require_http_methods(SHOWN_METHODS)
@by_link
def material(request: HttpRequest, speaker: Speaker, pk: int) -> HttpResponse:
    """Hand in a file or a link for a session."""
    session: Session = get_object_or_404(Session.objects.filter(speaker_slots__speaker=speaker), pk=pk)
    if not speaking.takes_materials(session, clock.now()):  # before a file is kept
        messages.error(request, str(speaking.MaterialsClosed.message))
        return see_other(address(speaker))
    form = MaterialForm(speaker.event, *((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            speaking.hand_in(speaker.pk, pk, title=given["title"], url=given["url"], upload=form.upload)
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, gettext("Thank you, the material is handed in."))
        return see_other(address(speaker))
    context = {"speaker": speaker, "session": session, "form": form, "back_url": address(speaker)}
    return render(request, "programme/speaker_material.html", context, status=422 if form.errors else 200)


@require_POST
@by_link
def take_back(request: HttpRequest, speaker: Speaker, pk: int) -> HttpResponse:
    """Withdraw a material."""
    try:
        speaking.take_back(speaker.pk, pk)
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, gettext("The material is withdrawn."))
    return see_other(address(speaker))


@require_safe
@by_link
def material_file(request: HttpRequest, speaker: Speaker, pk: int) -> HttpResponse:
    """A file that was handed in for one of their sessions."""
    rows = Material.objects.filter(session__speaker_slots__speaker=speaker).select_related("upload")
    row = rows.filter(pk=pk).first()
    if row is None or row.upload is None:
        raise Http404
    return uploads.serve(row.upload)


@require_safe
@by_link
def picture(request: HttpRequest, speaker: Speaker) -> HttpResponse:
    """Their own picture."""
    if speaker.picture is None:
        raise Http404
    return uploads.serve(speaker.picture)
