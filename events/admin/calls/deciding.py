"""Deciding in the admin: one by one, several at once, and asking what a choice would do to the programme."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from events import reports
from events.admin.calls.filters import shown_call
from events.admin.calls.forms import AssignForm, CancelForm, DecisionForm, ReasonsForm
from events.admin.calls.reviewing import SubmissionAdmin
from events.admin.steps import attempt, user_of
from events.admin_base import page, question_page
from events.kinds import kind_of
from events.models import Call, Submission
from events.plaintext import key_in
from events.services import answering, deciding, reviewing
from events.transitions import InvalidTransition

Decision = Submission.Decision
TAKE_BACK = "none"
QUESTIONS = {
    Decision.ACCEPT.value: _("Select these? Nobody is told before the letters are released."),
    Decision.RESERVE.value: _("Put these on the reserve list? Nobody is told before the letters are released."),
    Decision.REJECT.value: _("Not select these? Nobody is told before the letters are released."),
    TAKE_BACK: _("Take the decision back? What was told by letter stays told."),
}
LABELS = {
    Decision.ACCEPT.value: _("Decide: select"),
    Decision.RESERVE.value: _("Decide: put on the reserve list"),
    Decision.REJECT.value: _("Decide: do not select"),
    TAKE_BACK: _("Take the decision back"),
}


def bulk(decision: str) -> Callable[..., HttpResponse | None]:
    """An action of the list that decides all who are chosen, after asking on a page that takes the reason."""

    @admin.action(description=LABELS[decision], permissions=["organise"])
    def decide(model_admin: "DecidedAdmin", request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        return model_admin.decide_all(request, rows, decision)

    decide.__name__ = f"decide_{decision}"
    return decide


class DecidedAdmin(SubmissionAdmin):
    """A list in which organisers decide."""

    actions = [*(bulk(decision) for decision in LABELS), "what_if", "assign"]

    def has_organise_permission(self, request: HttpRequest) -> bool:
        """Whether the actions stand at the list that is shown."""
        call = shown_call(request, self.kind)
        return call is not None and self.may_organise(request, call)

    def get_urls(self) -> list[URLPattern]:
        """Deciding, the letter to one, cancelling what was selected."""
        own = [
            page(self, "<int:pk>/decide/", self.decide, "decide"),
            page(self, "<int:pk>/letter/", self.release, "letter"),
            page(self, "<int:pk>/cancel/", self.cancel, "cancel"),
            page(self, "<int:pk>/take-back/", self.take_back, "take_back"),
        ]
        return [*own, *super().get_urls()]

    def organisers_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """With the decision and the letter that would tell it."""
        decided = {"decision": row.decision, "reason": row.decision_reason, "version": row.version}
        is_untold = self.kind.rows.objects.filter(reports.UNTOLD, pk=row.pk).exists()
        return {
            **super().organisers_context(request, row),
            "decision_form": DecisionForm(initial=decided, prefix="decision"),
            "can_decide": row.status in {"submitted", "reserved", "rejected"},
            "letter": deciding.letter(row) if is_untold else None,
        }

    def organised(self, request: HttpRequest, pk: int) -> Any:
        """A row in whose event one decides; 404 when one does not see it, 403 when one only reviews it."""
        row = self.find(request, pk)
        if not self.may_organise(request, row):
            raise PermissionDenied
        return row

    # --- One ----------------------------------------------------------------------------------------------------------
    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Quietly; of two who decide at once the second is told."""
        row = self.organised(request, pk)
        form = DecisionForm(request.POST, prefix="decision")
        if not form.is_valid():
            return self.show(request, row, decision_form=form, is_refused=True)
        given = form.cleaned_data
        attempt(
            request,
            lambda: deciding.decide(
                self.kind, pk, given["decision"], reason=given["reason"], seen_version=given["version"],
                by=user_of(request),
            ),
            _("Decided. Nobody has been told yet."),
        )  # fmt: skip
        return self.back(request, row)

    @method_decorator(require_POST)
    def release(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The letter to one, also while the call is open."""
        row, version = self.organised(request, pk), key_in(request.POST.get("version"))
        attempt(
            request,
            lambda: deciding.release_one(
                self.kind, pk, seen_version=-1 if version is None else version, by=user_of(request)
            ),
            _("The letter is in the outbox and leaves at once."),
        )
        return self.back(request, row)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What was selected is taken out; asks for the reason, which the sender reads."""
        row = self.organised(request, pk)
        if not row.is_chosen:
            messages.error(request, str(InvalidTransition.message))
            return self.back(request, row)
        form = CancelForm(row.language, request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            step = lambda: answering.cancel(row, reason=reason, by=user_of(request))  # noqa: E731
            attempt(request, step, _("The selection is cancelled, and the sender is told by mail."))
            return self.back(request, row)
        explain = gettext(
            "The sender is told by mail. If the call has a limit, the first on the reserve list moves up. A session "
            "that was made of it stays until you cancel the session itself. This cannot be taken back."
        )
        return question_page(
            self, request, title=gettext("Cancel the selection?"), button=gettext("Cancel the selection"),
            explain=explain, form=form, about=row,
        )  # fmt: skip

    @method_decorator(require_POST)
    def take_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take an assignment to a reviewer back."""
        row, reviewer = self.organised(request, pk), key_in(request.POST.get("reviewer"))
        if reviewer is not None:
            reviewing.take_back(self.kind, pk, reviewer, by=user_of(request))
            messages.success(request, gettext("The assignment is taken back."))
        return self.back(request, row)

    # --- Several ------------------------------------------------------------------------------------------------------
    def call_of_list(self, request: HttpRequest) -> Call:
        """The call that is shown, if one decides in it."""
        call = shown_call(request, self.kind)
        if call is None or not self.may_organise(request, call):
            raise PermissionDenied
        return call

    def decide_all(self, request: HttpRequest, rows: QuerySet[Any], decision: str) -> HttpResponse | None:
        """First the page that asks, with the versions that it shows; then the deed."""
        call = self.call_of_list(request)
        found, seen = self._chosen(request, rows.filter(call=call), call)
        form = ReasonsForm({row.language for row in found}, request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self._ask_all(request, found, seen, decision, form)
        done = deciding.decide_many(
            self.kind, seen, "" if decision == TAKE_BACK else decision, reasons=form.reasons(), by=user_of(request)
        )
        text = ngettext("Decided for %(count)d. Nobody has been told yet.",
                        "Decided for %(count)d. Nobody has been told yet.", done.decided)  # fmt: skip
        if done.decided:
            messages.success(request, text % {"count": done.decided})
        for row, refusal in done.refused[:10]:
            messages.error(request, f"{self.label_text(row)}: {refusal.message}")
        if len(done.refused) > 10:
            more = len(done.refused) - 10
            messages.error(request, ngettext("and %(more)d more", "and %(more)d more", more) % {"more": more})
        return None

    def _chosen(self, request: HttpRequest, rows: QuerySet[Any], call: Call) -> tuple[list[Any], dict[int, int]]:
        """What was chosen in the list, and the version of each; after the page that asks: what that page has shown."""
        if "confirmed" not in request.POST:
            found = list(rows)
            return found, {row.pk: row.version for row in found}
        seen = dict(_versions(request.POST.get("seen", "")))
        found = list(self.kind.rows.objects.filter(call=call, pk__in=seen))
        return found, {row.pk: seen[row.pk] for row in found}

    def _ask_all(
        self, request: HttpRequest, rows: list[Any], seen: dict[int, int], decision: str, form: ReasonsForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": QUESTIONS[decision],
            "button": LABELS[decision],
            "rows": [(self.label_text(row), row.get_status_display(), row.get_decision_display()) for row in rows],
            "seen": _written(seen),
            "form": form,
            "takes_back": decision == TAKE_BACK,
            "action": f"decide_{decision}",
            "first": rows[0].pk if rows else "",
        }
        return TemplateResponse(request, "admin/calls/decide.html", context)

    @admin.action(description=_("What if these were selected?"), permissions=["organise"])
    def what_if(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse:
        """The figures with these, and a sentence a language."""
        call = self.call_of_list(request)
        keys = list(rows.values_list("pk", flat=True))
        return fairness_page(self, request, call, keys)

    @admin.action(description=_("Assign to reviewers"), permissions=["organise"])
    def assign(self, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
        """Share the reviews out evenly."""
        call = self.call_of_list(request)
        people = reviewing.reviewers_of(call)
        form = AssignForm(people, request.POST if "confirmed" in request.POST else None)
        found, seen = self._chosen(request, rows.filter(status=Submission.Status.SUBMITTED), call)
        if form.is_valid():
            chosen = list(form.cleaned_data["reviewers"])
            count = reviewing.assign(
                call.pk, list(seen), reviewers=chosen, each=form.cleaned_data["each"], by=user_of(request)
            )
            text = ngettext("%(count)d review is assigned.", "%(count)d reviews are assigned.", count)
            messages.success(request, text % {"count": count})
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "title": _("Assign to reviewers"), "button": _("Assign"), "form": form,
            "rows": [(self.label_text(row), row.get_status_display(), "") for row in found],
            "seen": _written(seen), "action": "assign", "first": found[0].pk if found else "",
        }  # fmt: skip
        return TemplateResponse(request, "admin/calls/decide.html", context)


def _written(seen: Mapping[int, int]) -> str:
    """{3: 1, 7: 2} as "3:1,7:2"."""
    return ",".join(f"{pk}:{version}" for pk, version in seen.items())


def _versions(seen: str) -> list[tuple[int, int]]:
    """ "3:1,7:2" as [(3, 1), (7, 2)]; anything else is left out."""
    pairs = [[key_in(part) for part in pair.split(":")] for pair in seen.split(",")]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2 and pair[0] is not None and pair[1] is not None]


def fairness_page(model_admin: Any, request: HttpRequest, call: Call, selected: list[int] | None) -> HttpResponse:
    """Sent in against selected, by theme, format, language, region and type of organisation."""
    choice = reports.fairness(call, selected)
    sentences = []
    if selected is not None:
        for name, share in reports.language_shares(choice):
            words = {"count": len(selected), "language": name, "share": share}
            text = ngettext(
                "Selecting this %(count)d leaves %(language)s at %(share)d %%.",
                "Selecting these %(count)d leaves %(language)s at %(share)d %%.",
                len(selected),
            )
            sentences.append(text % words)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts, "call": call, "choice": choice, "sentences": sentences,
        "title": _("What if these were selected?") if selected is not None else _("How fair is the choice?"),
        "planned": _("with these") if selected is not None else _("with quiet decisions"),
        "list_url": list_url(call),
    }  # fmt: skip
    return TemplateResponse(request, "admin/calls/fairness.html", context)


def list_url(call: Call) -> str:
    """The list of what was sent in to a call."""
    return f"{reverse(f'admin:{kind_of(call).admin_name}_changelist')}?call={call.pk}"
