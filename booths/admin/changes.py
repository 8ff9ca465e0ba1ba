"""What exhibitors ask to change after their booth has become public."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from booths import deadlines, texts
from booths.models import Booth, BoothChange
from booths.services import exhibiting
from events import access
from events.admin_base import OwnRowsFilter, ReadOnlyAdmin, page, shown
from events.plaintext import TextInput
from events.transitions import Refusal


class AnswerForm(forms.Form):
    """Yes, or no with a reason."""

    reason = TextInput(
        label=_("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Told to the exhibitor when the texts are not taken over."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean(self) -> dict[str, Any]:
        """A no has a reason."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get("answer") == "decline" and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Tell the exhibitor why."))
        return cleaned


@admin.register(BoothChange)
class BoothChangeAdmin(ReadOnlyAdmin):
    """Requests, the open ones first looked at."""

    list_display = ["booth", "status", "asked", "decided"]
    list_filter = ["status", ("booth", OwnRowsFilter)]
    list_select_related = ["booth__event"]
    readonly_fields = ["booth", "status", "asked", "decided", "reason"]
    fields = ["booth", "status", "asked", "decided", "reason"]
    change_form_template = "admin/booths/change_form.html"

    @admin.display(description=_("asked for"), ordering="asked_at")
    def asked(self, row: BoothChange) -> str:
        """When."""
        return shown(row.asked_at)

    @admin.display(description=_("decided"), ordering="decided_at")
    def decided(self, row: BoothChange) -> str:
        """When."""
        return shown(row.decided_at)

    def get_urls(self) -> list[URLPattern]:
        """The answer."""
        return [page(self, "<int:pk>/answer/", self.answer, "answer"), *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Old and new beside each other; taken over or not."""
        change: BoothChange = get_object_or_404(self.get_queryset(request).select_related("booth__event"), pk=pk)
        if not access.may(request.user, "change", BoothChange, change.booth.event_id):
            raise PermissionDenied
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            return self._answered(request, change, form.cleaned_data["reason"])
        edited = texts.edited_languages(change.booth, change.texts)
        context = {
            **self.admin_site.each_context(request), "opts": self.opts, "title": _("New texts of a booth"),
            "change": change, "form": form, "differences": _differences(change.booth, change.texts),
            "edited": deadlines.languages_words(edited),
            "left_behind": deadlines.languages_words(texts.left_behind(change.booth, change.texts)),
            "is_open": change.status == BoothChange.Status.ASKED,
        }  # fmt: skip
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/booths/answer.html", context, status=status)

    def _answered(self, request: HttpRequest, change: BoothChange, reason: str) -> HttpResponse:
        by: Any = request.user
        try:
            if request.POST.get("answer") == "accept":
                exhibiting.accept_change(change.pk, by=by)
                messages.success(request, _("Taken over. The exhibitor is told."))
            else:
                exhibiting.decline_change(change.pk, reason=reason, by=by)
                messages.success(request, _("Not taken over. The exhibitor is told."))
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        return redirect("admin:booths_booth_change", change.booth_id)


def _differences(booth: Booth, given: dict[str, str]) -> list[tuple[Any, str, str, str]]:
    """(label, language, old, new) of each text that would change."""
    names = {"title": _("Title"), "description": _("Description")}
    return [
        (names[column[:-3]], column[-2:], getattr(booth, column) or "", given[column])
        for column in texts.COLUMNS
        if column in given and given[column] != (getattr(booth, column) or "")
    ]
