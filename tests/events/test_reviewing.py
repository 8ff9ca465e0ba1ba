"""Who sees what, judging, conflicts of interest, and sharing the work out."""

from collections import Counter

import pytest

from events import reports
from events.calls import HasConflict, NoScores, OwnSubmission
from events.kinds import Kind
from events.models import Call, LogEntry, Membership, User
from events.services import reviewing
from events.transitions import InvalidTransition
from programme.kinds import APPLICATIONS, PROPOSALS
from programme.models import Application, Proposal, ProposalReview
from tests.factories import make_application, make_call, make_event, make_organiser, make_proposal, make_theme
from tests.organisers import make_member

pytestmark = pytest.mark.django_db
KIND = PROPOSALS


@pytest.fixture
def call() -> Call:
    return make_call(make_event())


@pytest.fixture
def reviewer(call: Call) -> User:
    return make_member(call.event, Membership.Role.REVIEWER)


def scores(call: Call, *given: int) -> dict[str, int]:
    return {str(criterion.pk): score for criterion, score in zip(call.criteria.all(), given, strict=True)}


def seen(user: User, kind: Kind = KIND) -> set[int]:
    user = User.objects.get(pk=user.pk)  # a new request
    return set(reviewing.visible(kind.rows.objects.all(), user, kind).values_list("pk", flat=True))


# --- Who sees what ----------------------------------------------------------------------------------------------------
def test_reviewers_see_their_themes_and_what_is_assigned(call, reviewer):
    work = make_theme(call.event, "work")
    own, other, assigned = make_proposal(call, themes=[work]), make_proposal(call), make_proposal(call)
    assert seen(reviewer) == {own.pk, other.pk, assigned.pk}
    reviewer.memberships.get().themes.add(work)
    assert seen(reviewer) == {own.pk}
    ProposalReview.objects.create(proposal=assigned, reviewer=reviewer)
    assert seen(reviewer) == {own.pk, assigned.pk}
    Call.objects.update(is_by_assignment=True)
    assert seen(reviewer) == {assigned.pk}


def test_themes_do_not_narrow_applications(reviewer, call):
    reviewer.memberships.get().themes.add(make_theme(call.event))
    application = make_application(make_call(call.event, "application"))
    assert seen(reviewer, APPLICATIONS) == {application.pk}


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_reviewers_never_see_drafts_nor_what_was_taken_back(call, reviewer, status):
    row = make_proposal(call, status=status)
    assert seen(reviewer) == set()
    assert seen(make_organiser(call.event)) == {row.pk}


def test_nobody_sees_another_events(call, reviewer):
    other = make_proposal(make_call(make_event(slug="2020", is_current=False)))
    assert other.pk not in seen(reviewer) | seen(make_organiser(call.event))
    assert seen(make_member(call.event, Membership.Role.TRANSLATOR)) == set()


def test_names_are_hidden_in_blind_calls_from_reviewers_alone(call, reviewer):
    assert reviewing.sees_names(reviewer, call)
    call.is_blind = True
    assert not reviewing.sees_names(reviewer, call)
    assert reviewing.sees_names(make_organiser(call.event), call)


# --- Judging ----------------------------------------------------------------------------------------------------------
def test_a_review_is_written_and_rewritten_as_one_row(call, reviewer):
    row = make_proposal(call)
    reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 1), comment="Hyvä")
    review = reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 2, 1), comment="")
    assert ProposalReview.objects.get() == review
    assert review.mean(reports.weights_of(call.criteria.all())) == pytest.approx(5 / 3)
    assert [entry.action for entry in LogEntry.objects.about(row)] == ["reviewed", "reviewed"]


@pytest.mark.parametrize("given", [{}, {"1": 5}, {"both": 6}, {"both": -1}])
def test_every_criterion_needs_a_score_from_0_to_5(call, reviewer, given):
    row = make_proposal(call)
    given = scores(call, given["both"], 1) if "both" in given else given
    with pytest.raises(NoScores):
        reviewing.review(KIND, row.pk, by=reviewer, scores=given, comment="")
    assert not ProposalReview.objects.exists()


def test_the_own_organisation_cannot_be_judged(call, reviewer):
    row = make_proposal(call, email="other@2024.example")
    assert reviewer.email.endswith("@2024.example")
    with pytest.raises(OwnSubmission):
        reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="")


def test_a_declared_conflict_takes_the_scores_back(call, reviewer):
    row = make_proposal(call)
    reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="Hyvä")
    review = reviewing.declare_conflict(KIND, row.pk, by=reviewer)
    assert (review.has_conflict, review.scores, review.comment) == (True, {}, "")


@pytest.mark.parametrize("address", ["other@mail.2024.example", "other@Example"])
def test_a_part_of_the_own_organisation_is_the_own_organisation(call, reviewer, address):
    with pytest.raises(OwnSubmission):
        reviewing.review(
            KIND, make_proposal(call, email=address).pk, by=reviewer, scores=scores(call, 5, 5), comment=""
        )


def test_who_speaks_along_does_not_judge_and_is_not_asked_to(call, reviewer):
    row = make_proposal(call)
    invited = row.co_presenters.create(name="Me", email=reviewer.email)
    with pytest.raises(OwnSubmission):
        reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="")
    assert reviewing.assign(call.pk, [row.pk], reviewers=[reviewer], each=1, by=reviewer) == 0
    invited.status = "declined"
    invited.save()
    assert reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="").is_given


def test_a_declared_conflict_is_taken_back_before_scores_are_given(call, reviewer):
    row = make_proposal(call)
    reviewing.declare_conflict(KIND, row.pk, by=reviewer)
    with pytest.raises(HasConflict):
        reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="")
    review = reviewing.take_conflict_back(KIND, row.pk, by=reviewer)
    assert (review.has_conflict, review.reviewed_at) == (False, None)
    assert reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="").is_given


def test_what_is_told_is_not_judged_any_more(call, reviewer):
    row = make_proposal(call, status="accepted")
    with pytest.raises(InvalidTransition):
        reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="")


def test_what_one_does_not_see_one_does_not_judge(call, reviewer):
    reviewer.memberships.get().themes.add(make_theme(call.event, "work"))
    row = make_proposal(call)
    with pytest.raises(reviewing.NotYours):
        reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="")


# --- Sharing the work out ---------------------------------------------------------------------------------------------
def test_the_work_is_shared_evenly_and_topped_up(call):
    people = [make_member(call.event, "reviewer", f"r{number}@arvio{number}.example") for number in range(4)]
    rows = [make_proposal(call) for _ in range(6)]
    organiser = make_organiser(call.event)
    keys = [row.pk for row in rows]
    assert reviewing.assign(call.pk, keys, reviewers=people, each=2, by=organiser) == 12
    assert set(Counter(ProposalReview.objects.values_list("reviewer", flat=True)).values()) == {3}
    assert reviewing.assign(call.pk, keys, reviewers=people, each=2, by=organiser) == 0
    assert reviewing.assign(call.pk, keys, reviewers=people, each=3, by=organiser) == 6
    assert max(Counter(ProposalReview.objects.values_list("reviewer", flat=True)).values()) <= 5


def test_nobody_is_assigned_their_own_or_what_lies_outside_their_themes(call):
    own = make_member(call.event, "reviewer", "a@kunta.example")
    elsewhere = make_member(call.event, "reviewer", "b@arvio.example")
    elsewhere.memberships.get().themes.add(make_theme(call.event, "work"))
    row = make_proposal(call, email="pia@kunta.example")
    reviewers = reviewing.reviewers_of(call)
    assert reviewers == [own, elsewhere]
    assert reviewing.assign(call.pk, [row.pk], reviewers=reviewers, each=2, by=make_organiser(call.event)) == 0


def test_an_assignment_can_be_taken_back_until_it_is_a_review(call, reviewer):
    row, organiser = make_proposal(call), make_organiser(call.event)
    reviewing.assign(call.pk, [row.pk], reviewers=[reviewer], each=1, by=organiser)
    reviewing.take_back(KIND, row.pk, reviewer.pk, by=organiser)
    assert not ProposalReview.objects.exists()
    reviewing.review(KIND, row.pk, by=reviewer, scores=scores(call, 5, 5), comment="")
    reviewing.take_back(KIND, row.pk, reviewer.pk, by=organiser)
    assert ProposalReview.objects.exists()


def test_both_kinds_have_their_own_tables():
    assert (KIND.rows, APPLICATIONS.rows) == (Proposal, Application)
