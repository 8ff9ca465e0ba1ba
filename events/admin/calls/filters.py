"""The filters of what was sent in: a list shows one call, and offers that call's own choices."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import access, reports
from events.kinds import KINDS, Kind
from events.models import Call, Submission
from events.plaintext import key_in
from events.services import reviewing

Status, Decision = Submission.Status, Submission.Decision
MOST_COUNTED = 3  # reviews: three or more are one choice
SCORES = {"4": (4.0, 5.1), "3": (3.0, 4.0), "2": (2.0, 3.0), "0": (0.0, 2.0)}


def shown_call(request: HttpRequest, kind: Kind) -> Call | None:
    """The call that the list is about, the newest unless another is asked for; one query a request."""
    if not hasattr(request, "own_calls"):
        events = access.event_ids(request.user, "view", model=kind.rows)
        name = next(name for name, known in KINDS.items() if known is kind)
        calls = Call.objects.filter(kind=name, **({} if events is None else {"event__in": events}))
        request.own_calls = list(calls.select_related("event").order_by("-event__is_current", "-opens_at", "pk"))  # type: ignore[attr-defined]
    found: list[Call] = request.own_calls  # type: ignore[attr-defined]
    wanted = [call for call in found if str(call.pk) == request.GET.get("call")]
    return next(iter([*wanted, *found]), None)


def criteria_of(request: HttpRequest, call: Call) -> list[Any]:
    """Of the call that is shown; one query a request."""
    if not hasattr(request, "own_criteria"):
        request.own_criteria = list(call.criteria.all())  # type: ignore[attr-defined]
    found: list[Any] = request.own_criteria  # type: ignore[attr-defined]
    return found


def reader_of(request: HttpRequest, call: Call) -> Any:
    """Who may learn others' scores only after their own; None for organisers."""
    return None if reviewing.is_organiser(request.user, call) else request.user


class CallFilter(admin.SimpleListFilter):
    """One call at a time; its scores are worked out here, because they depend on its criteria."""

    title = _("call")
    parameter_name = "call"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The calls of one's own events."""
        self.kind, self.user = model_admin.kind, request.user
        self.call = shown_call(request, self.kind)
        self.criteria = criteria_of(request, self.call) if self.call else []
        calls = request.own_calls if self.call else []  # type: ignore[attr-defined]
        return [(str(call.pk), f"{call.title} ({call.event})") for call in calls]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of this call alone, with scores."""
        if self.call is None:
            return queryset.none()
        rows = queryset.filter(call=self.call)
        scored: QuerySet[Any] = reports.with_scores(
            rows, self.kind, self.criteria, reader=reader_of(request, self.call)
        )
        return scored

    def choices(self, changelist: Any) -> Any:
        """There is no "all": scores, figures and exports belong to one call."""
        for key, name in self.lookup_choices:
            yield {
                "selected": self.call is not None and key == str(self.call.pk),
                "query_string": changelist.get_query_string({self.parameter_name: key}),
                "display": name,
            }


class OwnChoices(admin.SimpleListFilter):
    """A filter by rows of the event of the call that is shown."""

    path = ""

    def rows(self, call: Call) -> list[tuple[str, str]]:
        """The choices."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Those of the call that is shown."""
        call = shown_call(request, model_admin.kind)
        return self.rows(call) if call else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By the key that was chosen; anything else is no key."""
        key = key_in(self.value())
        return queryset if key is None else queryset.filter(**{self.path: key})


class ThemeFilter(OwnChoices):
    """By theme."""

    title, parameter_name, path = _("theme"), "theme", "themes"

    def rows(self, call: Call) -> list[tuple[str, str]]:
        """The themes of the event."""
        return [(str(theme.pk), theme.name) for theme in call.event.themes.all()]


class ChoiceFilter(OwnChoices):
    """By what is applied for."""

    title, parameter_name, path = _("choice"), "choice", "choices"

    def rows(self, call: Call) -> list[tuple[str, str]]:
        """The choices of the call."""
        return [(str(row.pk), row.name) for row in call.choices.all()]


class StatusFilter(admin.SimpleListFilter):
    """By status and by quiet decision, which reviewers are not shown. Drafts stand under their own name only."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What there is to choose."""
        call = shown_call(request, model_admin.kind)
        known = [(str(status.value), str(status.label)) for status in Status]
        if call is None or not reviewing.is_organiser(request.user, call):
            return [choice for choice in known if choice[0] not in reviewing.UNSEEN]
        quiet = [(f"quiet-{one.value}", gettext("decided: %(what)s") % {"what": one.label}) for one in Decision]
        return [("undecided", gettext("sent in, not decided")), *quiet, *known]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Everything that was sent in unless something else is chosen."""
        value, known = self.value(), {choice[0] for choice in self.lookup_choices}
        if value not in known:
            return queryset.exclude(status__in=reviewing.UNSEEN)
        if value == "undecided":
            return queryset.filter(status=Status.SUBMITTED, decision="")
        if str(value).startswith("quiet-"):
            return queryset.filter(reports.UNTOLD, decision=str(value).removeprefix("quiet-"))
        return queryset.filter(status=value)


class LanguageFilter(admin.SimpleListFilter):
    """By the language in which it will be held, else by that of the text."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Three."""
        self.field = model_admin.kind.languages_field
        return [(code, reports.language_name(code)) for code in ("fi", "sv", "en")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """What is held in several languages stands under each."""
        if self.value() not in {"fi", "sv", "en"}:
            return queryset
        if self.field:
            return queryset.filter(**{f"{self.field}__contains": [self.value()]})
        return queryset.filter(language=self.value())


class ReviewsFilter(admin.SimpleListFilter):
    """By the number of reviews, or by one's own part."""

    title = _("reviews")
    parameter_name = "reviews"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One's own first."""
        self.kind = model_admin.kind
        counts = [(str(count), str(count)) for count in range(MOST_COUNTED)]
        own = [("mine", gettext("I have not reviewed")), ("assigned", gettext("assigned to me")),
               ("done", gettext("I have reviewed"))]  # fmt: skip
        return [*own, *counts, (str(MOST_COUNTED), gettext("%(count)d or more") % {"count": MOST_COUNTED})]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """A conflict of interest is an answer, too."""
        value = self.value()
        own = self.kind.reviews.objects.filter(**{self.kind.key: OuterRef("pk")}, reviewer=request.user)
        if value == "mine":
            return queryset.filter(~Exists(own.exclude(reviewed_at=None)))
        if value == "assigned":
            return queryset.filter(Exists(own.filter(reviewed_at=None)))
        if value == "done":
            return queryset.filter(Exists(own.exclude(reviewed_at=None)))
        if value == str(MOST_COUNTED):
            return queryset.filter(reviews_given__gte=MOST_COUNTED)
        count = key_in(value)
        return queryset if count is None else queryset.filter(reviews_given=count)


class ScoreFilter(admin.SimpleListFilter):
    """By the mean of the reviews; a reviewer finds only what they have reviewed themselves."""

    title = _("mean score")
    parameter_name = "score"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """In steps of one."""
        return [("4", "4–5"), ("3", "3–4"), ("2", "2–3"), ("0", "0–2"), ("none", gettext("none yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """From the lower end, below the upper."""
        if self.value() == "none":
            return queryset.filter(mean=None)
        if self.value() not in SCORES:
            return queryset
        low, high = SCORES[str(self.value())]
        return queryset.filter(Q(mean__gte=low), Q(mean__lt=high))
