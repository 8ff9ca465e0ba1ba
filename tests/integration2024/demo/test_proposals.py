"""What the demo's calls have brought: 120 proposals with reviews and decisions, planning groups, the municipalities."""

from collections import Counter

from django.test import Client

from events import clock
from events.kinds import kind_of
from events.models import Call, Event, LogEntry, Mail, Membership
from events.services.reviewing import visible
from integration2024.demo import loader, moments, proposals
from programme.models import Application, ApplicationReview, CoPresenter, Proposal, ProposalReview


def load() -> list[int]:
    return [proposals.load(event) for event in loader.load()]


def test_a_hundred_and_twenty_proposals_in_all_states_and_once(demo) -> None:
    assert load() == [140, 11, 0]
    assert load() == [0, 0, 0]
    rows = Proposal.objects.for_event(demo).prefetch_related("themes")
    assert Counter(row.status for row in rows) == {
        "confirmed": 55, "rejected": 33, "submitted": 10, "reserved": 8, "declined": 4, "withdrawn": 4, "merged": 3,
        "draft": 2, "cancelled": 1,
    }  # fmt: skip
    assert Counter(row.decision for row in rows if row.status == "submitted") == {
        "": 5, "accept": 3, "reserve": 1, "reject": 1,
    }  # fmt: skip
    assert Counter(row.language for row in rows) == {"fi": 76, "sv": 26, "en": 18}
    assert {row.format for row in rows} == set(demo.formats.all())
    assert {theme for row in rows for theme in row.themes.all()} == set(demo.themes.all())
    assert len({row.email.lower() for row in rows}) > 100
    assert all(row.email.endswith(".example") for row in rows)
    assert all(row.merged_into.status == "confirmed" for row in rows if row.status == "merged")
    assert CoPresenter.objects.filter(proposal__event=demo).count() == 22


def test_everything_has_happened_in_its_order_and_before_the_demo_begins(demo) -> None:
    load()
    for row in [*Proposal.objects.select_related("call"), *Application.objects.select_related("call")]:
        steps = [row.call.opens_at, row.started_at, row.submitted_at, row.decided_at, row.letter_at, row.answered_at]
        told = [at for at in steps if at]
        assert told == sorted(told), row
        assert row.submitted_at is None or row.submitted_at <= row.call.closes_at
        assert told[-1] < moments.BEGINNING
    for review in ProposalReview.objects.select_related("proposal"):
        assert review.proposal.submitted_at < review.reviewed_at < moments.BEGINNING
    assert not LogEntry.objects.filter(at__gt=moments.BEGINNING).exists()
    assert not Mail.objects.exists()


def test_most_have_three_reviews_by_people_of_other_organisations(demo) -> None:
    load()
    each = Counter(ProposalReview.objects.values_list("proposal", flat=True))
    assert Counter(each.values())[3] > 95
    criteria = {str(pk) for call in demo.calls.all() for pk in call.criteria.values_list("pk", flat=True)}
    shares: Counter[int] = Counter()
    for review in ProposalReview.objects.select_related("proposal", "reviewer"):
        assert review.proposal.email.rpartition("@")[2] != review.reviewer.email.rpartition("@")[2]
        assert set(review.scores) <= criteria
        assert bool(review.scores) is not review.has_conflict
        shares[review.reviewer_id] += 1
    assert len(shares) == 7
    assert max(shares.values()) < 2 * min(shares.values())


def test_the_reviewer_sees_two_themes_and_has_something_left_to_do(demo) -> None:
    load()
    right = Membership.objects.get(user__email=proposals.REVIEWER)
    assert {theme.slug for theme in right.themes.all()} == {"inclusion", "two-way-integration"}
    kind = kind_of(demo.calls.get(slug="programme"))
    seen = visible(Proposal.objects.for_event(demo), right.user, kind)
    assert 20 < seen.count() < 70
    mine = ProposalReview.objects.filter(reviewer=right.user).values("proposal")
    assert seen.filter(status="submitted", decision="").exclude(pk__in=mine).count() == 4


def test_planning_groups_and_municipalities_have_been_decided(demo) -> None:
    load()
    groups = Application.objects.for_event(demo)
    assert groups.count() == 20
    assert {choice.slug for row in groups for choice in row.choices.all()} == {
        "programme", "communication", "participation", "exhibition", "practical",
    }  # fmt: skip
    assert {row.is_first_time for row in groups} == {True, False}
    former = Event.objects.get(slug="2022")
    assert Counter(former.applications.values_list("status", flat=True)) == {
        "confirmed": 7, "reserved": 2, "rejected": 2,
    }  # fmt: skip
    assert former.calls.get().chosen_at_most == 7
    assert ApplicationReview.objects.filter(application__event=former).count() == 22


def test_only_what_is_open_at_the_moment_can_be_sent_in(demo, client: Client) -> None:
    opened = {}
    for moment in ("2023-10-10", "2024-02-13", "2024-03-04", "2024-10-14"):
        clock.travel(moments.morning(moments.date.fromisoformat(moment)))
        opened[moment] = [call.slug for call in Call.objects.filter(event=demo).open_at(clock.now())]
    assert opened == {
        "2023-10-10": ["planning-groups"],
        "2024-02-13": ["programme"],
        "2024-03-04": [],
        "2024-10-14": ["films-and-photographs"],
    }
    assert "Lyhytelokuvien ja valokuvien täydennyshaku" in client.get("/fi/").content.decode()
