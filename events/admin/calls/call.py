"""Calls, with criteria and choices; what a call looks like, its letters, reserve list, reviewers and figures."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from events import access, clock, emails, reports, richtext
from events.addresses import event_url
from events.admin.calls.deciding import fairness_page, list_url
from events.admin.steps import attempt, user_of
from events.admin_base import OwnRowsFilter, TranslatedEventAdmin, TranslatedTable, page, shown
from events.kinds import KINDS, Kind, kind_of
from events.models import Call, CallChoice, Criterion, Mail, Submission
from events.plaintext import key_in
from events.services import deciding, reviewing

LANGUAGES = ("fi", "sv", "en")
SCALE = 20  # units of the drawing for each point of a score
PROGRESS_SECONDS = 3


class CriterionTable(TranslatedTable):
    """By what it is decided; public."""

    model = Criterion
    fields = ["order", "weight", "name", "description"]


class ChoiceTable(TranslatedTable):
    """Planning groups and their tasks."""

    model = CallChoice


@admin.register(Call)
class CallAdmin(TranslatedEventAdmin):
    """A call, of whatever kind."""

    list_display = ["title", "kind", "window", "languages", "event"]
    list_filter = [("event", OwnRowsFilter), "kind"]
    list_select_related = ["event"]
    prepopulated_fields = {"slug": ["title_fi"]}
    inlines = [CriterionTable, ChoiceTable]
    is_public = True
    change_form_template = "admin/calls/call_form.html"

    @admin.display(description=_("open"), ordering="opens_at")
    def window(self, call: Call) -> str:
        """From when to when."""
        return f"{shown(call.opens_at)} – {shown(call.closes_at)}"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only a call to which nothing was sent, one by one."""
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or not any(kind.rows.objects.filter(call=obj).exists() for kind in KINDS.values())

    def get_actions(self, request: HttpRequest) -> Any:
        """None: deleting asks whether anything was sent in."""
        return {}

    def get_urls(self) -> list[URLPattern]:
        """What is done with a call."""
        own = [
            page(self, "<int:pk>/preview/", self.preview, "preview"),
            page(self, "<int:pk>/letters/", self.letters, "letters"),
            page(self, "<int:pk>/reserve/", self.reserve, "reserve"),
            page(self, "<int:pk>/reviewers/", self.reviewers, "reviewers"),
            page(self, "<int:pk>/figures/", self.figures, "figures"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the numbers and the ways to the call's other pages."""
        call = self.get_object(request, object_id)
        context = {}
        if call and call.kind in KINDS:
            context = {
                "numbers": reports.numbers(call),
                "list_url": list_url(call),
                "is_open": call.is_open(clock.now()),
                "public_url": _public_url(call),
            }
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _get(self, request: HttpRequest, pk: int) -> Call:
        """A call of ours in whose event one decides."""
        rows = self.get_queryset(request).select_related("event").filter(kind__in=list(KINDS))
        if not self.has_view_permission(request):
            raise PermissionDenied
        call: Call = get_object_or_404(rows, pk=pk)
        if not access.may(request.user, "change", Call, call.event_id):
            raise PermissionDenied
        return call

    def _page(self, request: HttpRequest, call: Call, template: str, **context: Any) -> HttpResponse:
        given = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "call": call,
            "list_url": list_url(call),
            **context,
        }
        return TemplateResponse(request, f"admin/calls/{template}.html", given)

    # --- What it looks like -------------------------------------------------------------------------------------------
    @method_decorator(require_safe)
    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The words of the public page in each language, before the call opens too."""
        call = self._get(request, pk)
        texts = []
        for code in LANGUAGES:
            with translation.override(code):
                texts.append(
                    {
                        "language": code,
                        "name": reports.language_name(code),
                        "is_missing": not getattr(call, f"title_{code}"),
                        "title": call.title,
                        "summary": call.summary,
                        "body": richtext.render(call.body or ""),
                        "criteria": [(one.name, one.description, one.weight) for one in call.criteria.all()],
                        "choices": [(one.name, one.description) for one in call.choices.all()],
                        "opens": shown(call.opens_at),
                        "closes": shown(call.closes_at),
                    }
                )
        return self._page(request, call, "preview", texts=texts, title=_("Preview"), public_url=_public_url(call))

    # --- Letters ------------------------------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def letters(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Every letter as its reader gets it, then all of them in one step."""
        call = self._get(request, pk)
        if request.method == "POST":
            seen = request.POST.get("seen", "")
            done = _("The letters are in the outbox and leave at once.")
            attempt(request, lambda: deciding.release_letters(pk, seen=seen, by=user_of(request)), done)
            return redirect("admin:events_call_letters", pk)
        rows = list(deciding.untold(call))
        letters = [deciding.letter(row) for row in rows]
        return self._page(
            request, call, "letters", title=_("Letters"), letters=letters, counts=_counts(rows),
            seen=deciding.seen_letters(rows), post=_post(call), seconds=PROGRESS_SECONDS,
            is_open=call.is_open(clock.now()), button=_release_button(len(rows)),
            undecided=reports.numbers(call)["undecided"],
            address=f"admin:{kind_of(call).admin_name}_change",
        )  # fmt: skip

    # --- The reserve list ---------------------------------------------------------------------------------------------
    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def reserve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """In which order they move up; the first is selected by one click."""
        call = self._get(request, pk)
        kind = kind_of(call)
        if request.method == "POST":
            self._change_reserve(request, call, kind)
            return redirect("admin:events_call_reserve", pk)
        rows = reports.with_scores(
            kind.rows.objects.filter(call=call).reserve_list(), kind, call.criteria.all(), reader=None
        )
        numbers = reports.numbers(call)
        is_full = bool(call.chosen_at_most and numbers["chosen"] >= call.chosen_at_most)
        return self._page(
            request, call, "reserve", title=_("Reserve list"), rows=rows, numbers=numbers, is_full=is_full,
            address=f"admin:{kind.admin_name}_change",
        )  # fmt: skip

    def _change_reserve(self, request: HttpRequest, call: Call, kind: Kind) -> None:
        if "select" in request.POST:
            moved = deciding.move_up(call.pk, by=user_of(request))
            if moved is None:
                messages.error(request, gettext("Nobody has moved up: the list is empty, or the call is full."))
            else:
                messages.success(request, gettext("%(name)s is selected and told by letter.") % {"name": moved})
            return
        keys = list(kind.rows.objects.filter(call=call).reserve_list().values_list("pk", flat=True))
        step, _sep, key = request.POST.get("move", "").partition("-")
        if step in {"up", "down"} and key_in(key) in keys:
            at = keys.index(key_in(key))
            to = max(at - 1, 0) if step == "up" else min(at + 1, len(keys) - 1)
            keys.insert(to, keys.pop(at))
            deciding.reorder_reserve(call.pk, keys, by=user_of(request))

    # --- Figures ------------------------------------------------------------------------------------------------------
    @method_decorator(require_safe)
    def reviewers(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who has how much to do, and whose scores lie where."""
        call = self._get(request, pk)
        work = reports.workload(call, reviewing.reviewers_of(call))
        lines = [
            {
                "work": one,
                "mean": reports.figure(one.mean) or "–",
                "difference": _signed(one.difference),
                "lowest": reports.figure(one.lowest),
                "highest": reports.figure(one.highest),
                "from": f"{(one.lowest or 0) * SCALE:.1f}",
                "width": f"{max(((one.highest or 0) - (one.lowest or 0)) * SCALE, 1):.1f}",
                "at": f"{(one.mean or 0) * SCALE:.1f}",
            }
            for one in work
        ]
        return self._page(request, call, "reviewers", title=_("Reviewers"), lines=lines)

    @method_decorator(require_safe)
    def figures(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Sent in against selected."""
        return fairness_page(self, request, self._get(request, pk), None)


def _public_url(call: Call) -> str:
    """The public page."""
    return event_url(call.event, "call", call_slug=call.slug)


def _counts(rows: list[Any]) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """How many letters of each outcome, and in which languages."""
    labels = dict(Submission.Status.choices)
    outcomes = Counter(row.outcome for row in rows)
    return [
        (
            str(labels[outcome]), count,
            [
                (reports.language_name(code), number)
                for code in LANGUAGES
                if (number := sum(row.outcome == outcome and row.language == code for row in rows))
            ],
        )
        for outcome, count in outcomes.items()
    ]  # fmt: skip


def _post(call: Call) -> dict[str, int]:
    """How far the letters are: waiting in the outbox, sent, refused."""
    kind = kind_of(call)
    keys = kind.rows.objects.filter(call=call, letters__gt=0).values("pk")
    mails = Mail.objects.filter(
        event=call.event_id, about_type=kind.label, about_id__in=keys,
        message__in=list(emails.LETTERS.values()),
    )  # fmt: skip
    found = dict(mails.order_by().values_list("status").annotate(count=Count("pk")))
    return {status.value: found.get(status.value, 0) for status in Mail.Status}


def _release_button(count: int) -> str:
    text = ngettext("Release %(count)d letter", "Release all %(count)d letters", count)
    return text % {"count": count}


def _signed(value: float | None) -> str:
    if value is None:
        return "–"
    value = round(value, 1)
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{reports.figure(abs(value))}"
