"""Figures and lists of what a call has brought: scores, workload, how fair the choice is, and the export."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    FloatField,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import municipalities
from events.dates import moment
from events.kinds import Kind, kind_of
from events.models import Call, Criterion, Submission, User

Status, Decision = Submission.Status, Submission.Decision


# --- Scores -----------------------------------------------------------------------------------------------------------
def review_mean(criteria: Iterable[Criterion]) -> Any:
    """The weighted mean of one review in SQL; NULL where nothing is scored. The same as `Review.mean`.

    Django's own lookup would take a key of digits for a place in a list.
    """
    points: Any = Value(0.0, output_field=FloatField())
    weights: Any = Value(0.0, output_field=FloatField())
    for criterion in criteria:
        key, weight = str(criterion.pk), Value(float(criterion.weight))
        score = Cast(Func("scores", Value(key), function="jsonb_extract_path_text"), FloatField())
        is_scored = Q(scores__has_key=key)
        points += Coalesce(score * weight, Value(0.0), output_field=FloatField())
        weights += Case(When(is_scored, then=weight), default=Value(0.0), output_field=FloatField())
    return points / NullIf(weights, Value(0.0, output_field=FloatField()))


def with_scores(rows: QuerySet[Any], kind: Kind, criteria: Iterable[Criterion], *, reader: User | None) -> Any:
    """With `reviews_given`, `mean` and `spread`; a `reader` learns the scores of what they have reviewed alone."""
    own = kind.reviews.objects.filter(**{kind.key: OuterRef("pk")}).order_by()
    means = own.annotate(own_mean=review_mean(criteria)).values(kind.key)

    def figure(expression: Any) -> Any:
        return Subquery(means.annotate(figure=expression).values("figure")[:1], output_field=FloatField())

    mean, spread = figure(Avg("own_mean")), figure(Max("own_mean") - Min("own_mean"))
    if reader is not None:
        has_judged = Exists(own.filter(reviewer=reader).exclude(scores={}))
        mean, spread = (Case(When(has_judged, then=value), output_field=FloatField()) for value in (mean, spread))
    given = Subquery(own.exclude(scores={}).values(kind.key).annotate(count=Count("pk")).values("count")[:1])
    rows = rows.annotate(reviews_given=Coalesce(given, 0), mean=mean, spread=spread)
    none_yet = Value(-1.0, output_field=FloatField())  # sorted below every score
    return rows.alias(mean_order=Coalesce("mean", none_yet), spread_order=Coalesce("spread", none_yet))


def weights_of(criteria: Iterable[Criterion]) -> dict[str, int]:
    """As `Review.mean` wants them."""
    return {str(criterion.pk): criterion.weight for criterion in criteria}


# --- Where a call stands ----------------------------------------------------------------------------------------------
UNTOLD = (
    Q(status=Status.SUBMITTED) & ~Q(decision="")
    | Q(status=Status.RESERVED, decision__in=[Decision.ACCEPT, Decision.REJECT])
    | Q(status=Status.REJECTED, decision__in=[Decision.ACCEPT, Decision.RESERVE])
)  # decided, and the letter that says so has not gone out
CHOSEN = Q(status__in=[Status.ACCEPTED, Status.CONFIRMED])
SENT_IN = ~Q(status__in=[Status.DRAFT, Status.WITHDRAWN, Status.MERGED])


def numbers(call: Call) -> dict[str, int]:
    """Drafts, sent in, decided, letters; one query."""
    rows = kind_of(call).rows.objects.filter(call=call)
    return rows.aggregate(
        drafts=Count("pk", filter=Q(status=Status.DRAFT)),
        sent_in=Count("pk", filter=SENT_IN),
        undecided=Count("pk", filter=Q(status=Status.SUBMITTED, decision="")),
        untold=Count("pk", filter=UNTOLD),
        letters=Count("pk", filter=Q(letters__gt=0)),
        chosen=Count("pk", filter=CHOSEN),
        reserved=Count("pk", filter=Q(status=Status.RESERVED)),
        withdrawn=Count("pk", filter=Q(status=Status.WITHDRAWN)),
    )


class Work(NamedTuple):
    """A reviewer's part: what was assigned or begun, what is done, and how their scores lie beside the others'."""

    reviewer: User
    given: int
    open: int
    conflicts: int
    mean: float | None
    difference: float | None  # from the others' mean of the same submissions: below zero is stricter
    lowest: float | None
    highest: float | None


def workload(call: Call, reviewers: Iterable[User]) -> list[Work]:
    """Each of these reviewers and everybody else who has reviewed; three queries."""
    kind, weights = kind_of(call), weights_of(call.criteria.all())
    reviews = list(kind.reviews.objects.filter(**{f"{kind.key}__call": call}).select_related("reviewer"))
    people = {user.pk: user for user in [*reviewers, *(review.reviewer for review in reviews)]}
    means: dict[int, dict[int, float]] = {}
    for review in reviews:
        if (mean := review.mean(weights)) is not None:
            means.setdefault(getattr(review, f"{kind.key}_id"), {})[review.reviewer_id] = mean
    found = [_work(user, [review for review in reviews if review.reviewer_id == user.pk], means)
             for user in people.values()]  # fmt: skip
    return sorted(found, key=lambda work: str(work.reviewer).casefold())


def _work(user: User, own: Sequence[Any], means: dict[int, dict[int, float]]) -> Work:
    scores = [judged[user.pk] for judged in means.values() if user.pk in judged]
    differences = [
        judged[user.pk] - _mean([value for who, value in judged.items() if who != user.pk])
        for judged in means.values()
        if user.pk in judged and len(judged) > 1
    ]
    return Work(
        user,
        given=sum(review.is_given for review in own),
        open=sum(review.reviewed_at is None for review in own),
        conflicts=sum(review.has_conflict for review in own),
        mean=_mean(scores) if scores else None,
        difference=_mean(differences) if differences else None,
        lowest=min(scores, default=None),
        highest=max(scores, default=None),
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


# --- How fair the choice is -------------------------------------------------------------------------------------------
class Line(NamedTuple):
    """A theme, a language, a region …: how many were sent in, are selected, would be selected; shares in per cent."""

    name: str
    sent_in: int
    chosen: int
    planned: int
    sent_in_share: int
    chosen_share: int
    planned_share: int


class Dimension(NamedTuple):
    """What is looked at, with its lines."""

    key: str
    title: str
    lines: list[Line]


class Choice(NamedTuple):
    """Three amounts of submissions, and how each is spread."""

    sent_in: int
    chosen: int
    planned: int
    dimensions: list[Dimension]


def fairness(call: Call, selected: Iterable[int] | None = None) -> Choice:
    """Sent in against selected, against what is decided quietly or, with `selected`, against these being selected.

    One query and one for each kind of theme or choice, however much was sent in.
    """
    kind = kind_of(call)
    rows = list(kind.with_facts(kind.rows.objects.filter(SENT_IN, call=call)))
    chosen = [row for row in rows if row.is_chosen]
    if selected is None:
        planned = [row for row in rows if row.is_chosen or (_is_open(row) and row.decision == Decision.ACCEPT)]
    else:
        wanted = set(selected)
        planned = [row for row in rows if row.is_chosen or row.pk in wanted]
    dimensions = [_dimension(kind, key, title, rows, chosen, planned) for key, title in _dimensions(kind)]
    return Choice(len(rows), len(chosen), len(planned), dimensions)


def _is_open(row: Submission) -> bool:
    return row.status in {Status.SUBMITTED, Status.RESERVED, Status.REJECTED}


def _dimensions(kind: Kind) -> list[tuple[str, str]]:
    rest = [("language", _("Language")), ("region", _("Region")), ("type", _("Type of organisation"))]
    return [*kind.dimensions(), *rest]


def _dimension(
    kind: Kind, key: str, title: str, rows: Sequence[Any], chosen: Sequence[Any], planned: Sequence[Any]
) -> Dimension:
    counts = [
        Counter(name for row in part for name in set(names_of(kind, row, key))) for part in (rows, chosen, planned)
    ]
    names = sorted(counts[0], key=lambda name: (-counts[0][name], name))
    sizes = [len(rows), len(chosen), len(planned)]
    lines = [
        Line(name, *(count[name] for count in counts),
             *(percent(count[name], size) for count, size in zip(counts, sizes, strict=True)))
        for name in names
    ]  # fmt: skip
    return Dimension(key, title, lines)


def percent(part: int, whole: int) -> int:
    """Rounded; of nothing it is none."""
    return round(100 * part / whole) if whole else 0


def names_of(kind: Kind, row: Any, key: str) -> list[str]:
    """Under which names of a dimension a submission counts; several themes or languages count each."""
    if key == "language":
        found = [language_name(code) for code in kind.languages_of(row)]
    elif key == "region":
        found = [region_name(row.municipality)] if row.municipality else []
    elif key == "type":
        found = [row.organisation_type.name] if row.organisation_type else []
    else:
        found = kind.names(row, key)
    return found or [_("not told")]


def language_name(code: str) -> str:
    """In the reader's language."""
    return {"fi": _("Finnish"), "sv": _("Swedish"), "en": _("English")}.get(code, code)


def region_name(code: str) -> str:
    """The region of a municipality; the whole country and abroad are themselves."""
    language = get_language() or "fi"
    region = municipalities.region_of(code)
    return region.label(language) if region else municipalities.label(code, language)


def language_shares(choice: Choice) -> list[tuple[str, int]]:
    """What selecting these would leave each language with: [("Finnish", 80), ("Swedish", 3)]."""
    lines = next(part.lines for part in choice.dimensions if part.key == "language")
    return [(line.name, line.planned_share) for line in lines]


# --- The list as a file -----------------------------------------------------------------------------------------------
def export_header(call: Call, criteria: Sequence[Criterion], *, names: bool) -> list[str]:
    """The titles of the columns; without `names` nothing tells who has sent it in."""
    who = [_("Name"), _("E-mail"), _("Organisation"), _("Phone"), _("Municipality"), _("Type of organisation")]
    judged = [_("Reviews"), _("Mean"), _("Spread"), *(criterion.name for criterion in criteria), _("Comments")]
    decided = [_("Status"), _("Decision"), _("Reason"), _("Sent in")]
    return ["#", *(who if names else []), *kind_of(call).export_header(), *judged, *decided]


def export_rows(
    rows: Any, call: Call, criteria: Sequence[Criterion], *, names: bool, reader: User | None
) -> Iterator[list[str]]:
    """A line a submission; a `reader` gets the reviews of what they have reviewed, the decision never."""
    kind = kind_of(call)
    for row in kind.with_facts(rows).prefetch_related("reviews__reviewer"):
        reviews = [review for review in row.reviews.all() if review.is_given]
        if reader is not None and reader.pk not in {review.reviewer_id for review in reviews}:
            reviews = []
        decided = ["", "", ""] if reader else [
            str(row.get_status_display()), str(row.get_decision_display()), row.decision_reason,
        ]  # fmt: skip
        sent_in = moment(row.submitted_at) if row.submitted_at else ""
        yield [str(row.pk), *(_who(row) if names else []), *kind.export_cells(row),
               *_judged(row, reviews, criteria), *decided, sent_in]  # fmt: skip


def _who(row: Any) -> list[str]:
    place = municipalities.label(row.municipality, get_language() or "fi")
    kind = row.organisation_type.name if row.organisation_type else ""
    return [row.name, row.email, row.organisation, row.phone, place, kind]


def _judged(row: Any, reviews: Sequence[Any], criteria: Sequence[Criterion]) -> list[str]:
    def mean_of(key: str) -> str:
        values = [review.scores[key] for review in reviews if key in review.scores]
        return figure(_mean(values)) if values else ""

    comments = "\n\n".join(f"{review.reviewer}: {review.comment}" for review in reviews if review.comment)
    each = [mean_of(str(criterion.pk)) for criterion in criteria]
    summary = [figure(row.mean), figure(row.spread)] if reviews else ["", ""]
    return [str(row.reviews_given), *summary, *each, comments]


def figure(value: float | None) -> str:
    """One decimal as the language writes it: 3,4 or 3.4."""
    if value is None:
        return ""
    written = f"{value:.1f}"
    return written if get_language() == "en" else written.replace(".", ",")
