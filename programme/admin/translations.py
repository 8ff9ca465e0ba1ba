"""Texts to be translated: a table for each language goes out, comes back, and is looked at before it is taken over."""

import json

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from events import access, exports, text_states, uploads
from events.admin.steps import user_of
from events.admin_base import TranslatedEventAdmin, page
from events.models import Event, LogEntry
from events.models.call import LANGUAGES
from events.transitions import Refusal
from programme import texts
from programme.models import Session
from programme.services import texts as text_services
from programme.texts import Line


class TableForm(forms.Form):
    """A table that came back."""

    language = forms.ChoiceField(label=_("Translated into"), choices=LANGUAGES, widget=forms.RadioSelect)
    table = forms.FileField(
        label=_("Table (.xlsx)"),
        widget=forms.FileInput(attrs={"accept": f".xlsx,{exports.XLSX_TYPE}"}),
        error_messages={"required": _("Choose the table."), "empty": _("The file is empty.")},
    )

    def lines(self) -> list[Line]:
        """What the table says."""
        return texts.read_table(self.cleaned_data["table"], self.cleaned_data["language"])


class TranslationsAdmin(TranslatedEventAdmin):
    """The pages for translating."""

    def get_urls(self) -> list[URLPattern]:
        """The page, and the table of a language."""
        own = [
            page(self, "translations/", self.translations, "translations"),
            page(self, "translations/table/", self.table, "table"),
        ]
        return [*own, *super().get_urls()]

    def _translated_event(self, request: HttpRequest, wanted: str | None) -> Event:
        """The event whose texts one may change."""
        event = access.chosen_event(access.events_of(request.user, "change", model=Session), wanted)
        if event is None:
            raise PermissionDenied
        return event

    @method_decorator(require_safe)
    def table(self, request: HttpRequest) -> HttpResponse:
        """All texts of the programme with their present translation."""
        event = self._translated_event(request, request.GET.get("event"))
        language = request.GET.get("language", text_states.LANGUAGES[1])
        if language not in text_states.LANGUAGES:
            raise Http404
        LogEntry.objects.record(event, "list exported", by=user_of(request), languages=[language], format="xlsx")
        response = HttpResponse(texts.as_table(event, language), content_type=exports.XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="programme-{event.slug}-{language}.xlsx"'
        response["Cache-Control"] = "private, no-store"
        return response

    @uploads.takes_files
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def translations(self, request: HttpRequest) -> HttpResponse:
        """Fetch a table; send it back, see what differs, take that over."""
        event = self._translated_event(request, request.POST.get("event") or request.GET.get("event"))
        if request.method != "POST":
            return self._translations_page(request, event, TableForm(label_suffix=""))
        if "confirmed" in request.POST:
            return self._take_over(request, event)
        form = TableForm(request.POST, request.FILES, label_suffix="")
        if not form.is_valid():
            return self._translations_page(request, event, form)
        try:
            found = texts.differences(event, form.cleaned_data["language"], form.lines())
        except Refusal as refusal:
            form.add_error("table", str(refusal.message))
            return self._translations_page(request, event, form)
        return self._translations_page(request, event, form, found)

    def _translations_page(
        self, request: HttpRequest, event: Event, form: TableForm, found: list[texts.Difference] | None = None
    ) -> HttpResponse:
        good = [one for one in found or [] if not one.problem]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": _("Texts to be translated"), "event": event, "form": form,
            "languages_of_texts": [(code, name, *self._count(event, code)) for code, name in LANGUAGES],
            "is_preview": found is not None, "good": good, "left": [one for one in found or [] if one.problem],
            "language": form.data.get("language", "") if form.is_bound else "",
            "kept": json.dumps([list(one.line) for one in good], ensure_ascii=False),
        }  # fmt: skip
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/programme/translations.html", context, status=status)

    def _count(self, event: Event, language: str) -> tuple[int, int]:
        """How many texts there are to translate into a language, and how many are not translated."""
        lines = texts.lines(event, language)
        return len(lines), sum(1 for line in lines if not line.translation)

    def _take_over(self, request: HttpRequest, event: Event) -> HttpResponse:
        """What was looked at; what has changed since then is left and told."""
        language, lines = request.POST.get("language", ""), _kept(request.POST.get("kept", ""))
        if language not in text_states.LANGUAGES or lines is None:
            raise Http404
        taken = text_services.take_over(event, language, lines, by=user_of(request))
        text = ngettext("%(count)d text is taken over.", "%(count)d texts are taken over.", taken.number)
        messages.success(request, text % {"count": taken.number})
        for one in taken.left[:10]:
            messages.error(request, f"{one.row or one.line.key}, {one.label}: {one.problem}")
        return redirect(f"{reverse('admin:programme_session_translations')}?event={event.pk}")


def _kept(words: str) -> list[Line] | None:
    """The lines that the page carried from looking to taking over; None when somebody has bent them."""
    try:
        lines = [Line(*map(str, line)) for line in json.loads(words)]
    except (ValueError, TypeError, RecursionError):
        return None
    return lines[: texts.MOST_LINES]
