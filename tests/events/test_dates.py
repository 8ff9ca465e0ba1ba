"""Days and times in the three languages, as the glossary writes them."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format, number_format

from events import dates

LANGUAGES = ("fi", "sv", "en")


def helsinki(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=dates.HELSINKI)


def in_each_language(function, *args) -> tuple[str, ...]:
    return tuple(function(*args, language=language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2024, 11, 14), date(2024, 11, 15), ("14.–15.11.2024", "14–15.11.2024", "14–15 November 2024")),
        (date(2024, 11, 14), date(2024, 11, 14), ("14.11.2024", "14.11.2024", "14 November 2024")),
        (date(2024, 11, 14), None, ("14.11.2024", "14.11.2024", "14 November 2024")),
        (
            date(2024, 11, 30),
            date(2024, 12, 1),
            ("30.11.–1.12.2024", "30.11–1.12.2024", "30 November – 1 December 2024"),
        ),
        (
            date(2024, 12, 31),
            date(2025, 1, 1),
            ("31.12.2024–1.1.2025", "31.12.2024–1.1.2025", "31 December 2024 – 1 January 2025"),
        ),
    ],
)
def test_a_range_writes_once_what_its_days_share(first, last, expected):
    assert in_each_language(dates.day_range, first, last) == expected


def test_days_with_their_weekday():
    day = date(2024, 11, 14)
    assert in_each_language(dates.long_day, day) == (
        "torstai 14. marraskuuta",
        "torsdag den 14 november",
        "Thursday 14 November",
    )
    assert in_each_language(dates.short_day, day) == ("to 14.11.2024", "to 14.11.2024", "Thu 14 Nov 2024")


def test_times_and_moments():
    start, end = helsinki(2024, 11, 14, 9, 0), helsinki(2024, 11, 14, 16, 15)
    assert in_each_language(dates.time_range, start, end) == ("klo 9.00–16.15", "kl. 9.00–16.15", "9.00–16.15")
    assert in_each_language(dates.time_range, start, None) == ("klo 9.00", "kl. 9.00", "9.00")
    assert in_each_language(dates.moment, start) == (
        "14.11.2024 klo 9.00",
        "14.11.2024 kl. 9.00",
        "14 November 2024, 9.00",
    )
    assert in_each_language(dates.moment, start, end) == (
        "14.11.2024 klo 9.00–16.15",
        "14.11.2024 kl. 9.00–16.15",
        "14 November 2024, 9.00–16.15",
    )


def test_a_deadline_is_told_to_the_minute():
    assert in_each_language(dates.deadline, helsinki(2024, 2, 18, 23, 59)) == (
        "viimeistään 18.2.2024 klo 23.59",
        "senast 18.2.2024 kl. 23.59",
        "by 18 February 2024, 23.59",
    )


def test_every_moment_is_told_in_helsinki_time():
    late_in_utc = datetime(2024, 11, 13, 23, 30, tzinfo=UTC)  # already the 14th in Helsinki
    assert dates.moment(late_in_utc, language="fi") == "14.11.2024 klo 1.30"
    assert dates.long_day(late_in_utc, language="sv") == "torsdag den 14 november"
    assert in_each_language(dates.helsinki_time) == ("Suomen aikaa", "finsk tid", "Helsinki time")


def test_the_hour_that_comes_twice_keeps_its_wall_time():
    before, after = (datetime(2024, 10, 27, hour, 30, tzinfo=UTC) for hour in (0, 1))
    assert dates.moment(before, language="fi") == dates.moment(after, language="fi") == "27.10.2024 klo 3.30"


def test_the_active_language_is_used_and_others_read_english():
    with translation.override("sv"):
        assert dates.day_range(date(2024, 11, 14), date(2024, 11, 15)) == "14–15.11.2024"
    assert dates.short_day(date(2024, 11, 14), language="de") == "Thu 14 Nov 2024"


@pytest.mark.parametrize(
    ("language", "day", "moment", "thousand", "share"),
    [
        ("fi", "14.11.2024", "14.11.2024 klo 9.00", "1\xa0000", "12,5"),
        ("sv", "14.11.2024", "14.11.2024 kl. 9.00", "1\xa0000", "12,5"),
        ("en", "14 November 2024", "14 November 2024, 9.00", "1,000", "12.5"),
    ],
)
def test_the_formats_that_templates_use(language, day, moment, thousand, share):
    at = helsinki(2024, 11, 14, 9, 0)
    with translation.override(language):
        assert date_format(at, "DATE_FORMAT") == day
        assert date_format(at, "DATETIME_FORMAT") == moment
        assert date_format(at, "TIME_FORMAT") == "9.00"
        assert number_format(1000, force_grouping=True) == thousand
        assert number_format(12.5) == share
