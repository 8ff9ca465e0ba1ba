"""The figures of the live board: who has come, who is still expected, when and where; and devices in words."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import translation

from events import clock
from events.models import Event
from registration import board, roster, services
from registration.checkin import take
from registration.models import CheckInList, Device
from tests.door import EVENT_MORNING, batch, code_of, item, make_device, make_gate, make_list, undo
from tests.factories import at, make_event, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(moment) -> Event:
    event = make_event(on_site_closes_at=at("2024-11-15 12:00"))
    moment.move_to(at(EVENT_MORNING))
    return event


def figures(event: Event, number: int | None = None) -> board.Board:
    return board.board(event, number=number, at=clock.now())


def let_in(device: Device, *registrations: Any, when: str = "2024-11-14 08:02", **given: Any) -> list[dict[str, Any]]:
    scans = [item(device, code_of(row), happened=at(when), **given) for row in registrations]
    take(device, batch(*scans))
    return scans


# --- Numbers ----------------------------------------------------------------------------------------------------------
def test_expected_arrived_and_missing_follow_the_roster_s_rule(event: Event):
    first, second = event.days.all()
    day = make_list(event, days=[first])
    dinner = make_list(event, "Illallinen", has_names_only=True)
    comes, late, other_day = register(event, has_assistant=True), register(event), register(event, days=[second])
    remote = register(event, attendance="remote")
    services.cancel(register(event).pk, by=None)
    services.put_on_list(dinner.pk, [comes.pk, remote.pk], by=None)
    device, _token = make_device(event, day)
    take(device, batch(item(device, code_of(comes)), item(device, code_of(comes, is_assistant=True))))
    assert board.headcounts(event) == {
        day.pk: board.Headcount(expected=2, missing=1, arrived=1, assistants=1),
        dinner.pk: board.Headcount(expected=2, missing=2),
    }
    assert roster.expected(event) == {day.number: 2, dinner.number: 2}
    let_in(device, other_day, reason="let_in", kind="let_in")
    assert board.headcounts(event)[day.pk] == board.Headcount(expected=2, missing=1, arrived=2, assistants=1)
    let_in(device, late)
    assert board.headcounts(event)[day.pk] == board.Headcount(expected=2, missing=0, arrived=3, assistants=1)


def test_returns_and_people_let_in_by_hand_count_unless_taken_back(event: Event, moment):
    make_list(event)
    device, _token = make_device(event)
    back, by_hand = register(event), register(event)
    let_in(device, back)
    let_in(device, back, when="2024-11-14 08:20", reason="back")
    again = let_in(device, back, when="2024-11-14 08:25", reason="back")
    let_in(device, by_hand, reason="let_in", kind="let_in")
    take(device, batch(undo(device, again[0])))
    shown = figures(event)
    assert shown.happenings == board.Happenings(returns=1, walk_ins=0, let_in=1)
    assert shown.numbers.arrived == 2


def test_each_gate_and_list_has_its_line_and_conflicts_are_counted(event: Event):
    day, dinner = make_list(event), make_list(event, "Illallinen", has_names_only=True)
    main, hall = make_gate(event, "Pääovi"), make_gate(event, "Sali")
    device, _token = make_device(event, day, main)
    other, _token = make_device(event, day, hall)
    people = [register(event) for _ in range(3)]
    let_in(device, *people[:2])
    let_in(other, people[2])
    take(device, batch(item(device, "I24-" + "A" * 26)))
    shown = figures(event)
    assert [tuple(line) for line in shown.gates] == [("Pääovi", 2), ("Sali", 1)]
    assert [(line.check_in_list, line.numbers.arrived) for line in shown.lists] == [(day, 3), (dinner, 0)]
    assert shown.conflicts == 1
    assert figures(event, dinner.number).numbers.arrived == 0
    assert figures(event, 99).check_in_list == day


def test_the_figures_cost_the_same_for_few_and_for_many(event: Event, django_assert_num_queries):
    first, second = event.days.all()
    for size in (1, 3):
        for number in range(size):
            check_in_list = make_list(event, f"Lista {size}{number}", days=[first, second])
            gate = make_gate(event, f"Ovi {size}{number}")
            device, _token = make_device(event, check_in_list, gate)
            let_in(device, register(event), register(event))
        with django_assert_num_queries(7):
            figures(event)


def test_an_event_without_lists_has_no_figures(event: Event):
    shown = figures(event)
    assert (shown.check_in_list, shown.lists, shown.chart.bars) == (None, [], [])


# --- The list that is open --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment_of_asking", "name"),
    [
        ("2024-11-13 12:00", "eve"),  # the next to open
        ("2024-11-13 17:00", "eve"),
        ("2024-11-14 09:00", "day"),
        ("2024-11-14 19:00", "dinner"),  # the day is open still; the one opened last is meant
        ("2024-11-14 22:30", "day"),
        ("2024-11-15 12:00", "always"),  # no window: when nothing else is open
    ],
)
def test_the_open_list_is_the_one_opened_last(moment_of_asking: str, name: str):
    lists = [
        CheckInList(pk=1, name="always"),
        CheckInList(pk=2, name="eve", opens_at=at("2024-11-13 16:00"), closes_at=at("2024-11-13 20:00")),
        CheckInList(pk=3, name="day", opens_at=at("2024-11-14 07:30"), closes_at=at("2024-11-14 23:00")),
        CheckInList(pk=4, name="dinner", opens_at=at("2024-11-14 18:00"), closes_at=at("2024-11-14 22:00")),
    ]
    chosen = board.open_list(lists, at(moment_of_asking))
    assert chosen is not None
    assert chosen.name == name
    assert board.open_list([], at(moment_of_asking)) is None


# --- The chart --------------------------------------------------------------------------------------------------------
def test_bars_are_five_minutes_of_helsinki_without_a_gap():
    arrivals = [at("2024-11-14 08:00"), at("2024-11-14 08:04"), at("2024-11-14 08:05"), at("2024-11-14 09:59")]
    shown = board.chart(arrivals)
    assert len(shown.bars) == 24
    assert [(bar.begins_at, bar.arrived, bar.so_far) for bar in shown.filled] == [
        (at("2024-11-14 09:55"), 1, 4), (at("2024-11-14 08:05"), 1, 3), (at("2024-11-14 08:00"), 2, 2)
    ]  # fmt: skip
    assert shown.most == 2
    assert sum(bar.arrived for bar in shown.bars) == len(arrivals)


def test_the_chart_shows_the_latest_day_and_counts_the_days_before():
    eve = [at("2024-11-13 17:00")] * 7
    shown = board.chart([*eve, at("2024-11-14 00:01")])
    assert [(bar.arrived, bar.so_far) for bar in shown.filled] == [(1, 8)]
    assert len(shown.bars) == board.FEWEST_BARS
    assert board.chart([]) == board.Chart([], 0)


def test_the_chart_is_drawn_in_whole_numbers_and_told_in_the_language():
    arrivals = [at("2024-11-14 08:00")] * 3 + [at("2024-11-14 08:10")]
    with translation.override("fi"):
        drawn = board.drawn(board.chart(arrivals))
    assert drawn is not None
    assert (drawn.width, drawn.height) == ("120", "3")
    assert drawn.bars == [{"x": "1", "y": "0", "height": "3"}, {"x": "21", "y": "2", "height": "1"}]
    assert drawn.times == ["klo 8.00", "klo 8.30", "klo 9.00"]
    assert drawn.peak_at == "klo 8.00–8.05"
    assert drawn.day == "torstai 14. marraskuuta"
    assert board.drawn(board.chart([])) is None


# --- Devices in words -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "just now"), (59, "just now"), (60, "1 min ago"), (3599, "59 min ago"), (3600, "1 h ago"),
     (86_399, "23 h ago"), (86_400, "13 November 2024, 8.30"), (None, "never")],
)  # fmt: skip
@translation.override("en")
def test_the_last_contact_is_told_as_people_say_it(seconds: int | None, text: str):
    now = at(EVENT_MORNING)
    assert board.ago(None if seconds is None else now - timedelta(seconds=seconds), now) == text


def test_a_silent_device_is_noticed_on_event_days_alone(event: Event):
    device, _token = make_device(event)

    def is_silent(now: str, seconds: int) -> bool:
        device.last_contact_at = at(now) - timedelta(seconds=seconds)
        return board.is_silent(device, event, at(now))

    assert not is_silent("2024-11-14 09:00", 300)
    assert is_silent("2024-11-14 09:00", 301)
    assert is_silent("2024-11-13 17:00", 301)  # badges are given out on the eve
    assert not is_silent("2024-11-12 17:00", 301)
    assert not is_silent("2024-11-16 09:00", 301)
    device.revoked_at = clock.now()
    assert not is_silent("2024-11-14 09:00", 301)


@pytest.mark.parametrize(
    ("offset_ms", "text"),
    [(0, ""), (60_000, ""), (-60_000, ""), (60_001, "1 min slow"), (-600_000, "10 min fast"), (90_100, "2 min slow")],
)
@translation.override("en")
def test_a_clock_is_told_when_it_is_more_than_a_minute_off(offset_ms: int, text: str):
    assert board.clock_of(Device(clock_offset_ms=offset_ms)) == text


@translation.override("en")
def test_a_clock_that_is_behind_is_called_slow(event: Event):
    device, _token = make_device(event)
    take(device, batch(sent_at=clock.now() - timedelta(minutes=7)))
    device.refresh_from_db()
    assert board.clock_of(device) == "7 min slow"


@translation.override("en")
def test_every_state_of_a_device_has_its_words(event: Event, moment):
    waiting = services.make_device(
        event, make_gate(event), make_list(event), name="", language="fi", is_help_desk=False, by=None
    )  # fmt: skip
    used, _token = make_device(event)

    def word(device: Device) -> str:
        return board.state_of(device, clock.now()).word

    assert board.state_of(waiting, clock.now()) == ("waits", "waits for a phone until 9.30")
    assert (word(used), [line.device for line in figures(event).devices]) == ("in_use", [used])
    moment.shift(Device.PAIRING_TIME)
    assert word(waiting) == "link_ended"
    used = services.revoke_device(used.pk, by=None)
    assert (word(used), figures(event).devices) == ("revoked", [])
    used.wiped_at = clock.now()
    assert word(used) == "wiped"
    other, _token = make_device(event)
    moment.move_to(at("2024-11-17 00:00"))
    assert (word(other), figures(event).devices) == ("expired", [])
