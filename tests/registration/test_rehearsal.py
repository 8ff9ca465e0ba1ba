"""Six test badges: their codes are codes of ours that belong to nobody, and the rule answers as the sheet says."""

import pytest
from django.test import override_settings

from registration import rehearsal, verdict
from registration.models import CheckInList
from tests.factories import make_event, register

pytestmark = pytest.mark.django_db


def make_lists(event):
    for name in ("Day 1", "Dinner"):
        CheckInList.objects.create(event=event, name_fi=name, name_sv=name, is_return_normal=name == "Day 1")
    return list(event.check_in_lists.all())


def test_codes_are_of_our_form_and_the_same_every_time():
    event = make_event()
    codes = [badge.code for badge in rehearsal.badges(event)]
    assert [verdict.code_in(code) for code in codes] == codes
    assert len(set(codes)) == 6
    assert codes == [badge.code for badge in rehearsal.badges(event)]


def test_codes_differ_between_events_and_between_servers():
    event, other = make_event(), make_event(slug="2020", is_current=False)
    codes = {badge.code for badge in rehearsal.badges(event)}
    assert not codes & {badge.code for badge in rehearsal.badges(other)}
    with override_settings(SECRET_KEY="another key " * 5):
        assert not codes & {badge.code for badge in rehearsal.badges(event)}


def test_a_test_badge_is_found_by_its_code_and_others_cost_no_query(django_assert_num_queries):
    event, other = make_event(), make_event(slug="2020", is_current=False)
    make_lists(event)
    code = register(event).badges.get().code
    for badge in rehearsal.badges(event):
        assert rehearsal.by_code(event, badge.code) == badge
        assert rehearsal.by_code(other, badge.code) is None
    with django_assert_num_queries(0):
        assert rehearsal.by_code(event, code) is None


def answers(badge: rehearsal.TestBadge, on_list: CheckInList, *, is_certain: bool) -> str:
    return "/".join(
        verdict.verdict(
            badge.code,
            badge.ticket,
            on_list=on_list.number,
            is_return_normal=on_list.is_return_normal,
            is_inside=badge.is_inside,
            is_certain=is_certain,
            is_other_event=is_certain and badge.kind == "other_event",
        )
    )


def test_the_rule_answers_as_the_sheet_says_on_every_list_with_and_without_network():
    event = make_event()
    for on_list in make_lists(event):
        for badge in rehearsal.badges(event):
            for is_certain in (True, False):
                assert answers(badge, on_list, is_certain=is_certain) in badge.expected


def test_every_answer_of_the_sheet_is_given_somewhere():
    event = make_event()
    given = {
        (badge.kind, answers(badge, on_list, is_certain=is_certain))
        for on_list in make_lists(event)
        for badge in rehearsal.badges(event)
        for is_certain in (True, False)
    }
    assert given == {(badge.kind, answer) for badge in rehearsal.badges(event) for answer in badge.expected}


def test_names_are_in_three_languages():
    for badge in rehearsal.badges(make_event()):
        assert set(badge.name) == set(badge.organisation) == {"fi", "sv", "en"}
