"""Working hours: Monday to Friday 8-16 in Helsinki, public holidays and their closed eves out."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import office_hours
from tests.factories import at


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2024-10-14 09:00", 8, "2024-10-15 09:00"),  # Monday to Tuesday
        ("2024-10-14 08:00", 8, "2024-10-14 16:00"),  # exactly one day
        ("2024-10-14 06:30", 1, "2024-10-14 09:00"),  # before the office opens
        ("2024-10-14 16:00", 1, "2024-10-15 09:00"),  # as it closes
        ("2024-10-14 22:00", 1, "2024-10-15 09:00"),
        ("2024-10-18 15:30", 1, "2024-10-21 08:30"),  # over a weekend
        ("2024-10-19 12:00", 1, "2024-10-21 09:00"),  # from a Saturday
        ("2024-10-25 12:00", 8, "2024-10-28 12:00"),  # over the end of summer time
        ("2025-03-28 12:00", 8, "2025-03-31 12:00"),  # over its beginning
        ("2024-12-05 15:00", 2, "2024-12-09 09:00"),  # Independence Day is a Friday
        ("2024-12-23 15:00", 2, "2024-12-27 09:00"),  # Christmas Eve and two holidays
        ("2024-06-20 15:00", 2, "2024-06-24 09:00"),  # Midsummer Eve
        ("2024-12-31 15:00", 2, "2025-01-02 09:00"),  # into the next year
        ("2024-10-14 10:00", 0, "2024-10-14 10:00"),
        ("2024-10-19 10:00", 0, "2024-10-21 08:00"),
        ("2024-10-14 09:00", 80, "2024-10-28 09:00"),  # ten working days
    ],
)
def test_so_many_working_hours_later(start, hours, end):
    assert office_hours.later(at(start), hours) == at(end)


def test_a_moment_in_another_zone_is_the_same_moment():
    start = datetime(2024, 10, 14, 6, 0, tzinfo=UTC)  # 9 o'clock in Helsinki
    assert office_hours.later(start, 1) == at("2024-10-14 10:00")


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2024, 10, 14), True),
        (date(2024, 10, 19), False),
        (date(2024, 12, 6), False),
        (date(2024, 12, 24), False),
        (date(2024, 6, 21), False),
        (date(2024, 5, 1), False),
        (date(2024, 5, 9), False),  # Ascension Day
        (date(2025, 4, 18), False),  # Good Friday
        (date(2024, 12, 31), True),
    ],
)
def test_working_days(day, is_working):
    assert office_hours.is_working_day(day) is is_working


MOMENTS = st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: at("2024-01-01 00:00") + timedelta(minutes=minutes))


@given(start=MOMENTS, hours=st.integers(0, 100))
def test_the_end_lies_in_working_hours_and_not_before_the_start(start, hours):
    end = office_hours.later(start, hours)
    assert end >= start
    assert office_hours.is_working_day(end.date())
    assert office_hours.OPENS <= end.time() <= office_hours.CLOSES


@given(start=MOMENTS, first=st.integers(1, 20), second=st.integers(1, 20))
def test_hours_add_up(start, first, second):
    assert office_hours.later(office_hours.later(start, first), second) == office_hours.later(start, first + second)


@given(start=MOMENTS, hours=st.integers(1, 20), later=st.integers(1, 10_000))
def test_who_is_asked_later_has_until_later_or_as_long(start, hours, later):
    assert office_hours.later(start, hours) <= office_hours.later(start + timedelta(minutes=later), hours)
