"""The list of what was sent in to a call, and the page on which one of it is read and judged."""

from copy import copy
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from events import access, calls, exports, municipalities, reports
from events.admin.calls.filters import criteria_of, reader_of, shown_call
from events.admin.calls.forms import ReviewForm
from events.admin.steps import attempt, user_of
from events.admin_base import ReadOnlyAdmin, page
from events.kinds import Kind
from events.models import LogEntry, Mail, Submission, Upload
from events.reports import figure
from events.services import reviewing
from events.transitions import Refusal

Status = Submission.Status
FRAMES = {
    Status.ACCEPTED: "confirmed",
    Status.CONFIRMED: "confirmed",
    Status.RESERVED: "waiting",
    Status.SUBMITTED: "offered",
}
KEPT_FILTERS = "_changelist_filters"


class SubmissionAdmin(ReadOnlyAdmin):
    """What the lists of every kind of call share. Who may see what is told by `events.services.reviewing`.

    In a blind call a reviewer meets no trace of who has sent something in: not as a column, by searching, sorting or
    guessing at parameters, in the history, an export, a file's name.
    """

    kind: ClassVar[Kind]
    related: ClassVar[list[str]] = []  # what the list names besides
    show_full_result_count = False
    ordering = ("-submitted_at", "-pk")
    change_list_template = "admin/calls/change_list.html"
    page_template = "admin/calls/submission.html"
    title_fields: ClassVar[list[str]] = []
    own_columns: ClassVar[list[str]] = []

    # --- Who sees what ------------------------------------------------------------------------------------------------
    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Organisers: everything of their events. Reviewers: their themes, or what is assigned to them."""
        rows = admin.ModelAdmin.get_queryset(self, request).prefetch_related(*self.related)
        call = shown_call(request, self.kind)
        if call is not None and not self.may_organise(request, call):  # organisers have no column for their own
            own = self.kind.reviews.objects.filter(reviewer=request.user)
            rows = rows.prefetch_related(Prefetch("reviews", own, to_attr="own_reviews"))
        return reviewing.visible(rows, request.user, self.kind)

    def may_organise(self, request: HttpRequest, row: Any) -> bool:
        """Whether somebody decides in the event of this call or submission."""
        return reviewing.is_organiser(request.user, row)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What is sent in comes from outside."""
        return False

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Texts; and names for those who may know them."""
        call = shown_call(request, self.kind)
        names = ["name", "organisation", "email"] if call and reviewing.sees_names(request.user, call) else []
        return [*self.title_fields, *names]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Autocomplete fields search in all calls at once: they are for organisers."""
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            events = access.event_ids(request.user, "change", model=self.model)
            queryset = queryset if events is None else queryset.filter(event__in=events)
        return super().get_search_results(request, queryset, search_term)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """For organisers: it tells who has edited what, when."""
        row = self.get_object(request, object_id)
        if row is not None and not self.may_organise(request, row):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    # --- The list -----------------------------------------------------------------------------------------------------
    @admin.display(description=_("title"), ordering="pk")
    def label(self, row: Any) -> SafeString:
        """The title in its own language, and who has sent it in."""
        raise NotImplementedError

    @admin.display(description=_("title"), ordering="pk")
    def blind_label(self, row: Any) -> SafeString:
        """The title alone."""
        raise NotImplementedError

    @admin.display(description=_("status"), ordering="status")
    def state(self, row: Any) -> SafeString:
        """The word, framed, and below it what is decided quietly."""
        frame = FRAMES.get(Status(row.status), "cancelled")
        word = format_html('<span class="state state-{}">{}</span>', frame, row.get_status_display())
        if not row.decision or row.outcome == row.status or row.status in {Status.CONFIRMED, Status.DECLINED}:
            return word
        return format_html('{}<br><span class="quiet">{}</span>', word, row.get_decision_display())

    @admin.display(description=_("reviews"), ordering="reviews_given")
    def how_many(self, row: Any) -> int:
        """Reviews with scores."""
        return int(row.reviews_given)

    @admin.display(description=_("mean"), ordering="mean_order")
    def mean_score(self, row: Any) -> str:
        """Weighted, of all reviews."""
        return figure(row.mean) or "–"

    @admin.display(description=_("spread"), ordering="spread_order")
    def score_spread(self, row: Any) -> str:
        """The highest mean less the lowest."""
        return figure(row.spread) if row.reviews_given > 1 and row.spread is not None else "–"

    @admin.display(description=_("your review"))
    def my_review(self, row: Any) -> SafeString:
        """One's own part in it."""
        own = next(iter(getattr(row, "own_reviews", [])), None)
        frame, word = _own_state(own)
        return format_html('<span class="state state-{}">{}</span>', frame, word) if word else SafeString("–")

    def get_list_display(self, request: HttpRequest) -> Any:
        """Columns that tell names are not there at all for blind reviewers."""
        call = shown_call(request, self.kind)
        is_organiser = bool(call and self.may_organise(request, call))
        label = "label" if call and reviewing.sees_names(request.user, call) else "blind_label"
        scores = ["how_many", "mean_score", "score_spread"]
        return [label, *self.own_columns, "state" if is_organiser else "my_review", *scores]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the numbers of its call above for organisers."""
        call = shown_call(request, self.kind)
        is_organiser = bool(call and self.may_organise(request, call))
        context = {
            "shown_call": call,
            "is_organiser": is_organiser,
            "is_blind": bool(call and not reviewing.sees_names(request.user, call)),
            "numbers": reports.numbers(call) if call and is_organiser else None,
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def filtered(self, request: HttpRequest) -> QuerySet[Any]:
        """What the list shows with the filters and the search of this address."""
        try:
            rows: QuerySet[Any] = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters as error:
            raise Http404 from error
        return rows

    # --- Addresses ----------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """The pages besides Django's own."""
        own = [
            page(self, "export.<str:kind>", self.export, "export"),
            page(self, "<int:pk>/file/<str:name>/", self.file, "file"),
            page(self, "<int:pk>/review/", self.review, "review"),
            page(self, "<int:pk>/conflict/", self.conflict, "conflict"),
        ]
        return [*own, *super().get_urls()]

    @method_decorator(require_safe)
    def export(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The filtered list with its reviews as a file; what a reader may not see is not in it."""
        call = shown_call(request, self.kind)
        if kind not in exports.FORMATS or call is None:
            raise Http404 if self.has_view_permission(request) else PermissionDenied
        criteria, names = criteria_of(request, call), reviewing.sees_names(request.user, call)
        rows = self.filtered(request)
        write, media_type = exports.FORMATS[kind]
        lines = reports.export_rows(rows, call, criteria, names=names, reader=reader_of(request, call))
        content = write(reports.export_header(call, criteria, names=names), lines)
        LogEntry.objects.record(call, "list exported", by=user_of(request), count=rows.count(), format=kind)
        disposition = f'attachment; filename="{self.opts.model_name}s-{call.event.slug}-{call.slug}.{kind}"'
        return HttpResponse(content, media_type, headers={"Content-Disposition": disposition})

    # --- One submission -----------------------------------------------------------------------------------------------
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """To read and to judge."""
        row = self.get_object(request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        return self.show(request, row)

    def find(self, request: HttpRequest, pk: int) -> Any:
        """A row that one may see; 404 otherwise."""
        return get_object_or_404(self.get_queryset(request).select_related("event", "call"), pk=pk)

    def back(self, request: HttpRequest, row: Any) -> HttpResponse:
        """To the page, with the list's filters in the address as before."""
        return redirect(self.address(request, row.pk))

    def address(self, request: HttpRequest, pk: int) -> str:
        """Of a page of this list."""
        name = f"admin:{self.kind.admin_name}_change"
        kept = QueryDict(mutable=True)
        if filters := request.GET.get(KEPT_FILTERS):
            kept[KEPT_FILTERS] = filters
        return reverse(name, args=[pk]) + (f"?{kept.urlencode()}" if kept else "")

    def show(self, request: HttpRequest, row: Any, form: Any = None, **more: Any) -> HttpResponse:
        """The page; with a form that has errors it says so."""
        call, criteria = row.call, list(row.call.criteria.all())
        is_organiser = self.may_organise(request, row)
        names = reviewing.sees_names(request.user, call)
        reviews = list(row.reviews.select_related("reviewer"))
        own = next((review for review in reviews if review.reviewer_id == request.user.pk), None)
        may_review = self._may_review(request, row)
        previous, following = self._neighbours(request, row)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts, "row": row, "call": call, "is_organiser": is_organiser, "names": names,
            "title": self.label_text(row) if names else self.blind_text(row), "language": row.language,
            "texts": self.texts(row), "facts": self.facts(row, names=names),
            "files": self.files(row), "who": who(row) if names else [],
            **self.own_context(row, names=names),
            "own": own, "own_state": _own_state(own),
            "may_review": may_review,
            "has_own_interest": calls.has_own_interest(user_of(request), row),
            "form": form or ReviewForm(criteria, initial=_initial(own)),
            "reviews": _shown_reviews(reviews, own, criteria, is_organiser=is_organiser, is_over=not may_review),
            "assigned": [review for review in reviews if review.reviewed_at is None] if is_organiser else [],
            "count": sum(review.is_given for review in reviews),
            "similar": self._similar(request, row, names=names),
            "previous": previous and self.address(request, previous),
            "following": following and self.address(request, following),
            "filters": request.GET.get(KEPT_FILTERS, ""),
            "list_query": request.GET.get(KEPT_FILTERS) or f"call={call.pk}",
            **(self.organisers_context(request, row) if is_organiser else {}),
            **more,
        }  # fmt: skip
        status = 422 if (form is not None and form.errors) or more.get("is_refused") else 200
        return TemplateResponse(request, self.page_template, context, status=status)

    def organisers_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What only organisers see."""
        return {
            "entries": LogEntry.objects.about(row).select_related("by"),
            "mails": Mail.objects.about(row).order_by("created_at", "pk"),
        }

    def label_text(self, row: Any) -> str:
        """What it is called."""
        return str(row)

    def blind_text(self, row: Any) -> str:
        """What it is called where nobody is named."""
        return f"#{row.pk}"

    def texts(self, row: Any) -> list[dict[str, Any]]:
        """What is to be read, in the language in which it was written first."""
        raise NotImplementedError

    def facts(self, row: Any, *, names: bool) -> list[tuple[Any, str]]:
        """What stands in short."""
        raise NotImplementedError

    def files(self, row: Any) -> list[tuple[str, Any]]:
        """Under our names: what a file was called may tell who has made it."""
        found = [name for name in self.kind.form.takes if getattr(row, f"{name}_id")]
        return [(name, label_for_field(name, self.model)) for name in found]

    def own_context(self, row: Any, *, names: bool) -> dict[str, Any]:
        """What the page of this kind shows besides."""
        return {}

    def _may_review(self, request: HttpRequest, row: Any) -> bool:
        may = access.may(request.user, "change", self.kind.reviews, row.event_id)
        return may and row.is_sent_in

    def _similar(self, request: HttpRequest, row: Any, *, names: bool) -> list[tuple[str, str, str]]:
        """The sender's or organisation's other submissions; in a blind call those of this call alone."""
        rows = self.get_queryset(request).filter(calls.similar(row)).exclude(pk=row.pk).select_related("call__event")
        rows = rows.exclude(status__in=reviewing.UNSEEN)
        if not names:
            rows = rows.filter(call=row.call_id)
        return [
            (
                self.address(request, other.pk),
                self.label_text(other) if reviewing.sees_names(request.user, other.call) else self.blind_text(other),
                str(other.get_status_display()) if self.may_organise(request, other) else "",
            )
            for other in rows[:20]
        ]

    def _neighbours(self, request: HttpRequest, row: Any) -> tuple[int | None, int | None]:
        """The one before and the one after in the list from which one came."""
        listed = QueryDict(request.GET.get(KEPT_FILTERS, ""), mutable=True)
        listed.setdefault("call", str(row.call_id))
        asked: Any = copy(request)
        asked.GET = listed
        try:
            keys = list(self.filtered(asked).values_list("pk", flat=True))
        except (Http404, SuspiciousOperation):
            keys = []
        if row.pk not in keys:
            return None, None
        at = keys.index(row.pk)
        return (keys[at - 1] if at else None), (keys[at + 1] if at + 1 < len(keys) else None)

    @method_decorator(require_safe)
    def file(self, request: HttpRequest, pk: int, name: str) -> HttpResponse | FileResponse:
        """A picture to look at, a paper to download; named after the submission."""
        row = self.find(request, pk)
        upload = getattr(row, name) if name in self.kind.form.takes else None
        if upload is None:
            raise Http404
        return FileResponse(
            upload.file.open(), as_attachment=upload.kind == Upload.Kind.PDF, content_type=upload.media_type,
            filename=f"{self.opts.model_name}-{row.pk}.{upload.ending}",
        )  # fmt: skip

    # --- Judging ------------------------------------------------------------------------------------------------------
    @method_decorator(require_POST)
    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the scores; a refusal stands above the form, which keeps what was typed."""
        row = self.find(request, pk)
        if not access.may(request.user, "change", self.kind.reviews, row.event_id):
            raise PermissionDenied
        form = ReviewForm(list(row.call.criteria.all()), request.POST)
        if form.is_valid():
            try:
                reviewing.review(
                    self.kind, pk, by=user_of(request), scores=form.scores(), comment=form.cleaned_data["comment"]
                )
            except Refusal as refusal:
                form.add_error(None, str(refusal.message))
            else:
                messages.success(
                    request, gettext("Your review is kept. You can change it until the letter has gone out.")
                )
                return self._after_review(request, row)
        return self.show(request, row, form)

    def _after_review(self, request: HttpRequest, row: Any) -> HttpResponse:
        if "next" in request.POST and (following := self._neighbours(request, row)[1]):
            return redirect(self.address(request, following))
        return self.back(request, row)

    @method_decorator(require_POST)
    def conflict(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say that one cannot judge it, or take that back."""
        row = self.find(request, pk)
        if not access.may(request.user, "change", self.kind.reviews, row.event_id):
            raise PermissionDenied
        if "take_back" in request.POST:
            step, done = reviewing.take_conflict_back, _("Noted: you have no conflict of interest and can give scores.")
        else:
            step, done = (
                reviewing.declare_conflict,
                _("Noted: you do not review this because of a conflict of interest."),
            )
        attempt(request, lambda: step(self.kind, pk, by=user_of(request)), done)
        return self.back(request, row)


def who(row: Any) -> list[tuple[Any, str]]:
    """Who has sent it in."""
    place = municipalities.label(row.municipality, get_language() or "fi")
    kind = row.organisation_type.name if row.organisation_type else ""
    given = [
        (_("name"), row.name), (_("organisation"), row.organisation), (_("type of organisation"), kind),
        (_("municipality"), place), (_("e-mail"), row.email), (_("phone"), row.phone),
        (_("language of mail"), reports.language_name(row.language)),
    ]  # fmt: skip
    return [(label, value) for label, value in given if value]


def _own_state(own: Any) -> tuple[str, Any]:
    """Frame and word of one's own review."""
    if own is None:
        return "", ""
    if own.has_conflict:
        return "cancelled", _("conflict of interest")
    return ("confirmed", _("reviewed")) if own.reviewed_at else ("offered", _("assigned"))


def _initial(own: Any) -> dict[str, Any]:
    if own is None:
        return {}
    return {"comment": own.comment, **{f"score_{key}": score for key, score in own.scores.items()}}


def _shown_reviews(
    reviews: list[Any], own: Any, criteria: list[Any], *, is_organiser: bool, is_over: bool
) -> list[dict[str, Any]]:
    """Others' scores and comments: for organisers, and for a reviewer who has given their own.

    One's own stand in the form, and among the others when reviewing is over.
    """
    if not is_organiser and not (own and own.is_given):
        return []
    weights = reports.weights_of(criteria)
    return [
        {
            "review": review,
            "mean": figure(review.mean(weights)),
            "scores": [review.scores.get(str(criterion.pk), "–") for criterion in criteria],
        }
        for review in reviews
        if (review.is_given or (review.has_conflict and is_organiser)) and (is_over or review is not own)
    ]
