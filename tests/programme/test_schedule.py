"""The programme by day, time and room: places in the grid, filters, what goes on now and comes next."""

from datetime import date

import pytest
from django.utils import translation

from events.models import Event
from programme import schedule
from programme.models import Session
from tests.factories import at, make_event, make_format, make_theme
from tests.programme.helpers import make_break, make_programme, words
from tests.sessions import make_release, make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
DAY = "2024-11-14"


@pytest.fixture
def event() -> Event:
    return make_event()


def published(event: Event, language: str = "fi") -> list[schedule.Item]:
    return schedule.items(make_release(event), language)


def places(event: Event) -> dict[str, str]:
    """The classes of each slot by its title, on the only day."""
    (day,) = schedule.arranged(published(event)).days
    return {slot.item.title: slot.place for group in day.groups for slot in group.slots}


def make(event: Event, title: str, starts: str, minutes: int = 60, **fields) -> Session:
    return make_session(event, starts=f"{DAY} {starts}", minutes=minutes, **words("title", (title,) * 3), **fields)


# --- Reading ----------------------------------------------------------------------------------------------------------
def test_an_item_has_the_words_of_its_language_and_says_which_they_are(event: Event):
    people = [make_speaker(event, name="Pia"), make_speaker(event, name="Ola")]
    room = make_room(event)
    make_session(
        event, starts=f"{DAY} 10:00", room=room, speakers=people, title_fi="Suomeksi", title_sv="", title_en=""
    )
    (item,) = published(event, "sv")
    assert (item.title, item.title_language, item.room, item.format_name) == (
        "Suomeksi",
        "fi",
        "Hall sv",
        "Föreläsning",
    )
    assert (item.theme_names, item.speakers, item.room_id) == (["Delaktighet"], ["Pia", "Ola"], room.pk)
    with translation.override("sv"):
        assert (item.time, item.day) == ("kl. 10.00–10.45", date(2024, 11, 14))


def test_it_takes_one_question_however_many_sessions_there_are(event: Event, django_assert_num_queries):
    make_programme(event, count=10, rooms=2)
    release = make_release(event)
    with django_assert_num_queries(1):
        assert len(schedule.items(release, "en")) == 13


# --- Places -----------------------------------------------------------------------------------------------------------
def test_rooms_are_columns_and_a_slot_reaches_from_its_beginning_to_its_end(event: Event):
    one, two = make_room(event, "one", order=1), make_room(event, "two", order=2)
    make(event, "long", "09:00", 90, room=two)
    make(event, "first", "09:00", 30, room=one)
    make(event, "second", "09:30", 60, room=one)
    assert places(event) == {"first": "r2 e3 c2", "long": "r2 e4 c3", "second": "r3 e4 c2"}


def test_a_break_without_a_room_reaches_across_all_unless_something_goes_on(event: Event):
    room = make_room(event)
    make(event, "talk", "10:45", room=room)
    make_break(event, DAY)
    assert places(event) == {"talk": "r2 e3 c2", "Lounas": "r3 e4 c2 x3"}
    make(event, "through lunch", "11:50", 20, room=room)
    assert places(event)["Lounas"].endswith("c3")


def test_what_was_cancelled_does_not_lie_upon_what_came_instead(event: Event):
    room = make_room(event)
    make(event, "was", "10:00", room=room, cancelled_at=at("2024-10-10 09:00"))
    make(event, "is", "10:00", room=room)
    assert places(event) == {"is": "r2 e3 c2", "was": "r2 e3 c3"}


def test_sessions_without_a_room_stand_beside_each_other(event: Event):
    make(event, "a", "10:00")
    make(event, "b", "10:00")
    make(event, "c", "11:00")
    assert places(event) == {"a": "r2 e3 c2", "b": "r2 e3 c3", "c": "r3 e4 c2"}


def test_a_day_with_more_than_the_stylesheet_knows_is_a_list(event: Event):
    for number in range(schedule.MOST_COLUMNS + 1):
        make(event, f"{number}", "10:00")
    (day,) = schedule.arranged(published(event)).days
    assert (day.columns, len(day.groups[0].slots)) == ([], schedule.MOST_COLUMNS + 1)


def test_what_has_no_slot_is_not_lost(event: Event):
    make_session(event, is_all_day=True, **words("title", ("Näyttely",) * 3))
    make_session(event, **words("title", ("Avoin",) * 3))
    make_session(event, starts=f"{DAY} 09:00", is_all_day=True, **words("title", ("Elokuvat",) * 3))
    shown = schedule.arranged(published(event))
    assert [item.title for item in shown.always] == ["Näyttely"]
    assert [item.title for item in shown.later] == ["Avoin"]
    assert [item.title for item in shown.days[0].all_day] == ["Elokuvat"]
    assert shown.days[0].groups == []


def test_a_session_before_midnight_in_utc_belongs_to_its_day_in_helsinki(event: Event):
    make(event, "early", "01:00")
    assert [day.key for day in schedule.arranged(published(event)).days] == [DAY]


# --- Filters ----------------------------------------------------------------------------------------------------------
@pytest.fixture
def mixed(event: Event) -> list[schedule.Item]:
    make(event, "lecture", "09:00", is_streamed=True, languages=["fi", "sv"])
    panel = make_format(event, "panel", name_fi="Keskustelu")
    other = make(event, "panel", "11:00", languages=["en"], format=panel)
    other.themes.set([make_theme(event, "work", name_fi="Työ")])
    make_session(event, starts="2024-11-15 09:00", **words("title", ("second day",) * 3))
    make_session(event, is_all_day=True, **words("title", ("always",) * 3))
    make_break(event, DAY)
    return published(event)


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        ({}, ["lecture", "panel", "Lounas", "second day", "always"]),
        ({"day": DAY}, ["lecture", "panel", "Lounas", "always"]),
        ({"day": "2024-11-15"}, ["second day", "always"]),
        ({"theme": "work"}, ["panel"]),
        ({"format": "lecture", "day": DAY}, ["lecture", "always"]),
        ({"language": "sv"}, ["lecture"]),
        ({"streamed": "1"}, ["lecture"]),
        ({"streamed": "1", "language": "en"}, []),
    ],
)
def test_filters_leave_what_fits_all_of_them(mixed: list[schedule.Item], wanted: dict[str, str], left: list[str]):
    assert [item.title for item in schedule.narrowed(mixed, wanted)] == left


def test_only_what_leads_somewhere_can_be_chosen(mixed: list[schedule.Item]):
    found = schedule.choices(mixed)
    assert found.days == [date(2024, 11, 14), date(2024, 11, 15)]
    assert found.themes == [("inclusion", "Osallisuus"), ("work", "Työ")]
    assert found.formats == [("panel", "Keskustelu"), ("lecture", "Luento")]
    assert (found.languages, found.has_streams) == (["fi", "sv", "en"], True)


# --- Now and next -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("clock", "now", "coming"),
    [
        ("05:00", [], []),
        ("08:59", [], ["a", "b"]),
        ("09:00", ["a", "b"], ["c"]),
        ("09:59", ["a", "b"], ["c"]),
        ("10:00", [], ["c"]),
        ("11:00", ["c"], []),
        ("12:00", [], []),
    ],
)
def test_now_and_next_to_the_minute(event: Event, clock: str, now: list[str], coming: list[str]):
    make(event, "a", "09:00")
    make(event, "b", "09:00")
    make(event, "never", "09:00", cancelled_at=at("2024-10-10 09:00"))
    make(event, "c", "11:00")
    make_session(event, starts="2024-11-15 00:30", **words("title", ("tomorrow",) * 3))
    found = schedule.now_and_next(published(event), at(f"{DAY} {clock}"))
    assert ([item.title for item in found.now], [item.title for item in found.next]) == (now, coming)


@pytest.mark.parametrize(
    ("moment_of", "is_open"),
    [("2024-11-14 08:59", False), ("2024-11-14 09:00", True), ("2024-11-28 10:00", True), ("2024-11-28 10:01", False)],
)
def test_feedback_is_open_from_the_beginning_until_two_weeks_after_the_end(moment_of: str, is_open: bool):
    assert schedule.feedback_is_open(at(f"{DAY} 09:00"), at(f"{DAY} 10:00"), at(moment_of)) is is_open
