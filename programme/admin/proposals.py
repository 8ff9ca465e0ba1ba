"""Proposals for the programme: read, reviewed, decided, merged, and made sessions."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import label_for_field
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from events import reports
from events.admin.calls.filters import (
    CallFilter,
    LanguageFilter,
    OwnChoices,
    ReviewsFilter,
    ScoreFilter,
    StatusFilter,
    ThemeFilter,
)
from events.admin.calls.titled import TitledAdmin
from events.admin.steps import attempt, user_of
from events.admin_base import page
from events.models import Call
from programme.admin.forms import MergeForm
from programme.kinds import PROPOSALS
from programme.models import Format, Proposal
from programme.services import merging, speakers

LONG_TEXTS = ("take_home", "good_practice", "technical_needs", "accessibility_needs")


class FormatFilter(OwnChoices):
    """By format."""

    title, parameter_name, path = _("format"), "format", "format"

    def rows(self, call: Call) -> list[tuple[str, str]]:
        """The formats of the event."""
        return [(str(row.pk), row.name) for row in Format.objects.filter(event=call.event_id)]


@admin.register(Proposal)
class ProposalAdmin(TitledAdmin):
    """The list of a call, and a page for each."""

    kind = PROPOSALS
    page_template = "admin/programme/proposal.html"
    list_select_related = ["format"]
    list_filter = [
        CallFilter, ThemeFilter, StatusFilter, FormatFilter, LanguageFilter, ReviewsFilter, ScoreFilter,
    ]  # fmt: skip
    own_columns: ClassVar[list[str]] = ["in_themes", "in_format", "in_languages"]

    @admin.display(description=_("format"), ordering="format__order")
    def in_format(self, row: Proposal) -> str:
        """Lecture, speech …"""
        return row.format.name if row.format else "–"

    # --- Its page -----------------------------------------------------------------------------------------------------
    def facts(self, row: Proposal, *, names: bool) -> list[tuple[Any, str]]:
        """What else was answered; the co-operating organisations name somebody."""
        given = [
            (_("format"), row.format.name if row.format else ""),
            (_("themes"), ", ".join(theme.name for theme in row.themes.all())),
            (_("languages of the session"), ", ".join(map(reports.language_name, row.session_languages))),
            (_("length in minutes"), str(row.minutes or "")),
            (_("for whom"), row.audience),
            *((capfirst(str(label_for_field(name, Proposal))), getattr(row, name)) for name in LONG_TEXTS),
            (_("when they cannot come"), row.unavailable),
            *([(_("co-operating organisations"), row.partners)] if names else []),
        ]
        return [(label, value) for label, value in given if value]

    def own_context(self, row: Proposal, *, names: bool) -> dict[str, Any]:
        """Who comes along, with what they have answered."""
        return {"co_presenters": row.co_presenters.all() if names else []}

    def organisers_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """With merging, and the session that was made of it."""
        return {
            **super().organisers_context(request, row),
            "session": getattr(row, "session", None),
            "can_make_session": row.status == "confirmed" and not hasattr(row, "session"),
            "can_merge": row.is_sent_in,
            "merged_into": row.merged_into,
            "merged": row.merged.all(),
        }

    # --- Addresses ----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Merging, making a session."""
        own = [
            page(self, "<int:pk>/merge/", self.merge, "merge"),
            page(self, "<int:pk>/session/", self.make_session, "session"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose into which other proposal of the call; the texts stand side by side."""
        row = self.organised(request, pk)
        targets = self._targets(request, row)
        given = request.POST or request.GET
        form = MergeForm(row, targets, given if "target" in given or request.POST else None)
        chosen = form.cleaned_data["target"] if form.is_bound and form.is_valid() else None
        if request.method == "POST" and chosen and "confirmed" in request.POST:
            done = _("Merged. Both senders are told by mail.")
            if target := attempt(request, lambda: merging.merge(pk, chosen.pk, by=user_of(request)), done):
                return redirect("admin:programme_proposal_change", target.pk)
            return self.back(request, row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "row": row, "title": gettext("Merge into another proposal"), "form": form,
            "pair": [(one, self.texts(one)) for one in (row, chosen)] if chosen else [], "chosen": chosen,
            "back_url": self.address(request, pk), "search": request.GET.get("q", ""),
        }  # fmt: skip
        status = 422 if request.method == "POST" and form.errors else 200
        return TemplateResponse(request, "admin/programme/merge.html", context, status=status)

    def _targets(self, request: HttpRequest, row: Proposal) -> QuerySet[Any]:
        """What is sent in to the same call, narrowed by words of the title."""
        rows: QuerySet[Any] = Proposal.objects.filter(call=row.call_id, status="submitted").exclude(pk=row.pk)
        if word := request.GET.get("q"):
            rows, _distinct = admin.ModelAdmin.get_search_results(self, request, rows, word)
        return rows.order_by("pk")

    @method_decorator(require_POST)
    def make_session(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Make a session of it; speakers are registered or get a link."""
        row = self.organised(request, pk)
        done = _("There is a session of this proposal now.")
        made = attempt(request, lambda: speakers.make_session(pk, by=user_of(request)), done)
        if made:
            for people, text in (
                (made.invited, _("These get a link to register as a speaker: %(names)s.")),
                (made.registered, _("These were registered already and are speakers now: %(names)s.")),
            ):
                if people:
                    messages.success(request, text % {"names": ", ".join(speaker.name for speaker in people)})
        return self.back(request, row)
