"""Numbers and lists for organisers."""

import pytest
from django.utils import translation

from events.models import Event
from registration import reports, services
from registration.models import Registration
from tests.factories import make_event, make_organiser, register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_numbers_count_states_attendance_and_days():
    event = make_event(capacity=3)
    first, second = event.days.all()
    register(event, days=[first])
    leaving = register(event)
    services.cancel(leaving.pk, by=None)
    register(event, attendance="remote")
    services.reserve(event, event.roles.get(slug="press"), [second], by=None)
    register(event, days=[second])
    register(event)
    found = reports.numbers(event)
    assert found._replace(days=[]) == reports.Numbers(
        confirmed=2, offered=0, waiting=1, reserved=1, remote=1, ended=1, taken=3, capacity=3, days=[]
    )
    assert [(row.day, row.coming, row.waiting, row.capacity) for row in found.days] == [
        (first, 1, 1, 3), (second, 1, 1, 3),
    ]  # fmt: skip


@pytest.mark.parametrize("people", [1, 3, 30])
def test_numbers_cost_five_queries(people: int, django_assert_num_queries):
    event = make_event()
    for _ in range(people):
        register(event)
    with django_assert_num_queries(5):
        reports.numbers(event)


def test_an_event_without_a_limit_says_so():
    event = make_event(capacity=None)
    assert [row.capacity for row in reports.numbers(event).days] == [None, None]


def test_needs_are_counted_per_day_for_those_who_come():
    event = make_event(capacity=2)
    first, _second = event.days.all()
    register(event, dietary="Kasvisruoka", days=[first])
    register(event, accessibility="Pyörätuolipaikka")
    register(event, dietary="Gluteeniton")  # waits: not counted
    found = reports.needs_numbers(event)
    assert (found.dietary, found.accessibility, found.assistants) == (1, 1, 0)
    assert [(row["dietary"], row["accessibility"]) for row in found.days] == [(1, 1), (0, 1)]


def rows(event: Event) -> list[list[str]]:
    return list(reports.export_rows(Registration.objects.for_event(event).in_alphabet(), event))


def test_the_list_has_the_extra_questions_and_never_the_needs():
    event = make_event()
    question = event.questions.create(key="food", kind="several", label_fi="Mitä?", label_sv="Vad?", label_en="What?")
    tea = question.choices.create(name_fi="Tee", name_sv="Te", name_en="Tea")
    milk = question.choices.create(name_fi="Maito", name_sv="Mjölk", name_en="Milk")
    register(event, dietary="Kasvisruoka", answers={str(question.pk): [str(tea.pk), str(milk.pk)]}, municipality="")
    header, [line] = reports.export_header(event), rows(event)
    assert len(header) == len(line)
    assert (header[-1], line[-1]) == ("What?", "Tea, Milk")
    assert "Kasvisruoka" not in str(line)


def test_the_list_costs_the_same_for_1_3_and_30_rows(django_assert_max_num_queries):
    event = make_event()
    costs = set()
    for people in (1, 2, 27):
        for _ in range(people):
            register(event)
        with django_assert_max_num_queries(10) as queries:
            rows(event)
        costs.add(len(queries))
    assert len(costs) == 1


def test_an_organiser_s_own_numbers_are_not_another_event_s():
    event, other = make_event(), make_event(slug="2020", is_current=False)
    make_organiser(event)
    register(other)
    assert reports.numbers(event).confirmed == 0
