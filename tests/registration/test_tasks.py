"""What the clock sets going."""

import pytest

from events.models import LogEntry
from registration import tasks
from registration.models import Needs
from tests.factories import at, make_event, register

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("moment_text", "left"), [("2024-11-28 23:59", 1), ("2024-11-29 00:00", 0)])
def test_needs_are_deleted_14_days_after_the_event(moment, moment_text, left):
    register(make_event(), dietary="Vegaani")
    moment.move_to(at(moment_text), tick=False)
    for _ in range(3):
        tasks.forget_needs()
    entries = LogEntry.objects.filter(action="needs of the event forgotten").values_list("details", flat=True)
    assert (Needs.objects.count(), list(entries)) == (left, [] if left else [{"count": 1}])


def test_the_needs_of_a_coming_event_stay(moment):
    event = make_event()
    make_event(slug="2020", is_current=False, starts_on="2020-11-25", ends_on="2020-11-26")
    register(event, dietary="Vegaani")
    tasks.forget_needs()
    assert Needs.objects.count() == 1
