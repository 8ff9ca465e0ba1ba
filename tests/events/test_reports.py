"""Figures of calls: scores as SQL works them out, workload, how fair the choice is."""

from collections.abc import Generator

import pytest
from django.utils import translation

from events import reports
from events.models import Call, User
from programme.kinds import PROPOSALS
from programme.models import Proposal, ProposalReview
from tests.factories import at, make_application, make_call, make_event, make_proposal, make_theme
from tests.organisers import make_member

pytestmark = pytest.mark.django_db
KIND = PROPOSALS


@pytest.fixture(autouse=True)
def _in_finnish() -> Generator[None]:
    """Names of themes and languages are told in the reader's language."""
    with translation.override("fi"):
        yield


@pytest.fixture
def call() -> Call:
    return make_call(make_event())


def judge(proposal: Proposal, reviewer: User, *scores: int | None, **fields: object) -> ProposalReview:
    """A review with these scores for the call's criteria, in their order; None leaves one out."""
    keys = [str(criterion.pk) for criterion in proposal.call.criteria.all()]
    given = {key: score for key, score in zip(keys, scores, strict=False) if score is not None}
    return ProposalReview.objects.create(
        proposal=proposal, reviewer=reviewer, scores=given, **{"reviewed_at": at("2024-10-12 09:00"), **fields}
    )


def scored(call: Call, reader: User | None = None) -> Proposal:
    rows = Proposal.objects.filter(call=call)
    return reports.with_scores(rows, KIND, list(call.criteria.all()), reader=reader).get()


@pytest.mark.parametrize(
    ("given", "mean", "spread", "count"),
    [
        ([], None, None, 0),
        ([(5, 2)], 4.0, 0.0, 1),
        ([(5, 2), (0, 0)], 2.0, 4.0, 2),
        ([(5, None), (1, 4)], 3.5, 3.0, 2),
        ([(None, None)], None, None, 0),
    ],
)
def test_the_mean_in_the_database_is_the_mean_of_the_reviews(call, given, mean, spread, count):
    proposal = make_proposal(call)
    reviews = [
        judge(proposal, make_member(call.event, "reviewer", f"r{number}@arvio.example") if not number else
              User.objects.create_user(f"r{number}@arvio.example"), *scores)
        for number, scores in enumerate(given)
    ]  # fmt: skip
    row = scored(call)
    assert (row.mean, row.spread, row.reviews_given) == (mean, spread, count)
    weights = reports.weights_of(call.criteria.all())
    means = [value for review in reviews if (value := review.mean(weights)) is not None]
    assert row.mean == (sum(means) / len(means) if means else None)


def test_a_reader_learns_the_mean_after_their_own_review_only(call):
    proposal, reader = make_proposal(call), make_member(call.event, "reviewer")
    judge(proposal, User.objects.create_user("a@arvio.example"), 5, 5)
    assert scored(call, reader).mean is None
    assignment = judge(proposal, reader, reviewed_at=None)
    assert scored(call, reader).mean is None
    assignment.has_conflict, assignment.reviewed_at = True, at("2024-10-12 09:00")
    assignment.save()
    assert (scored(call, reader).mean, scored(call, reader).spread) == (None, None)
    assignment.has_conflict, assignment.scores = False, {str(call.criteria.first().pk): 1}
    assignment.save()
    assert scored(call, reader).mean == 3.0


def test_numbers_of_a_call(call):
    for status in ("draft", "submitted", "submitted", "accepted", "confirmed", "reserved", "rejected", "withdrawn"):
        make_proposal(call, status=status)
    decided = Proposal.objects.filter(status="submitted").first()
    decided.decision, decided.decided_at = "accept", at("2024-10-12 09:00")
    decided.save()
    assert reports.numbers(call) == {
        "drafts": 1, "sent_in": 6, "undecided": 1, "untold": 1, "letters": 4, "chosen": 2, "reserved": 1,
        "withdrawn": 1,
    }  # fmt: skip


def test_workload_and_how_strict_a_reviewer_is(call):
    strict, kind = (User.objects.create_user(f"{name}@arvio.example", name=name) for name in ("Strict", "Kind"))
    idle = User.objects.create_user("idle@arvio.example", name="Idle")
    for number in range(2):
        proposal = make_proposal(call)
        judge(proposal, strict, 1, 1)
        judge(proposal, kind, 4 + number, 4 + number)
    judge(make_proposal(call), kind, has_conflict=True)
    judge(make_proposal(call), kind, reviewed_at=None)
    work = {str(line.reviewer): line for line in reports.workload(call, [idle])}
    assert list(work) == ["Idle", "Kind", "Strict"]
    assert work["Strict"][1:] == (2, 0, 0, 1.0, -3.5, 1.0, 1.0)
    assert work["Kind"][1:] == (2, 1, 1, 4.5, 3.5, 4.0, 5.0)
    assert work["Idle"][1:] == (0, 0, 0, None, None, None, None)


# --- How fair the choice is -------------------------------------------------------------------------------------------
def lines(choice: reports.Choice, key: str) -> dict[str, tuple[int, int, int]]:
    part = next(part for part in choice.dimensions if part.key == key)
    return {line.name: line[1:4] for line in part.lines}


def test_sent_in_against_selected_and_quiet_decisions(call):
    work = make_theme(call.event, "work", name_fi="Työ", name_sv="Arbete", name_en="Work")
    make_proposal(call, status="accepted", municipality="853")
    make_proposal(call, themes=[work], session_languages=["sv", "fi"], municipality="235")
    quiet = make_proposal(call, themes=[work], session_languages=["sv"], municipality="all")
    Proposal.objects.filter(pk=quiet.pk).update(decision="accept", decided_at=at("2024-10-12 09:00"))
    make_proposal(call, status="draft")
    choice = reports.fairness(call)
    assert (choice.sent_in, choice.chosen, choice.planned) == (3, 1, 2)
    assert lines(choice, "theme") == {"Työ": (2, 0, 1), "Osallisuus": (1, 1, 1)}
    assert lines(choice, "language") == {"suomi": (2, 1, 1), "ruotsi": (2, 0, 1)}
    assert lines(choice, "region") == {"Koko maa": (1, 0, 1), "Uusimaa": (1, 0, 0), "Varsinais-Suomi": (1, 1, 1)}


def test_what_a_selection_would_leave_swedish_with(call):
    finnish = [make_proposal(call) for _ in range(32)]
    swedish = make_proposal(call, language="sv")
    choice = reports.fairness(call, [row.pk for row in finnish] + [swedish.pk])
    assert dict(reports.language_shares(choice)) == {"suomi": 97, "ruotsi": 3}
    assert dict(reports.language_shares(reports.fairness(call, [finnish[0].pk])))["ruotsi"] == 0


def test_applications_have_figures_by_choice():
    call = make_call(make_event(), "application")
    make_application(call)
    assert lines(reports.fairness(call), "choice") == {"Communication": (1, 0, 0)}


@pytest.mark.parametrize("count", [3, 12])
def test_figures_cost_the_same_for_few_and_many(call, count, django_assert_num_queries):
    reviewer = make_member(call.event, "reviewer")
    for _ in range(count):
        judge(make_proposal(call), reviewer, 3, 3)
    with django_assert_num_queries(2):
        reports.fairness(call)
    with django_assert_num_queries(2):
        reports.workload(call, [reviewer])
