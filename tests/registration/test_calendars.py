"""Calendar files as a calendar would apply them: entries are added, updated and removed."""

import uuid

import pytest
from icalendar import Calendar

from registration import calendars, services
from registration.models import Registration
from tests.factories import at, make_details, make_event, register

pytestmark = pytest.mark.django_db


class Diary:
    """A calendar program: keeps the newest version of each entry, and removes what is cancelled."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[int, Calendar]] = {}

    def receive(self, registration: Registration) -> None:
        registration.refresh_from_db()
        for attachment in (calendars.calendar(registration), calendars.calendar_removed(registration)):
            if attachment:
                self.apply(Calendar.from_ical(attachment.content))

    def apply(self, file: Calendar) -> None:
        for entry in file.walk("VEVENT"):
            uid, sequence = str(entry["uid"]), int(entry["sequence"])
            if file["method"] == "CANCEL":
                self.entries.pop(uid, None)
            elif sequence >= self.entries.get(uid, (-1, None))[0]:
                self.entries[uid] = (sequence, entry)

    @property
    def days(self) -> list[str]:
        return sorted(f"{entry['dtstart'].dt:%Y-%m-%d}" for _, entry in self.entries.values())


@pytest.fixture
def diary():
    return Diary()


def test_on_site_the_chosen_days(diary):
    event = make_event()
    diary.receive(register(event, days=[event.days.first()]))
    assert diary.days == ["2024-11-14"]
    [(sequence, entry)] = diary.entries.values()
    assert (sequence, entry["dtstart"].dt, entry["dtend"].dt) == (0, at("2024-11-14 09:00"), at("2024-11-14 16:00"))
    assert (str(entry["summary"]), str(entry["location"])) == ("Integration 2024", "Logomo, Köydenpunojankatu 14")


def test_a_day_given_up_vanishes_and_the_other_is_updated(diary):
    event = make_event()
    registration = register(event)
    diary.receive(registration)
    services.change(registration.pk, make_details(event, days=[event.days.last()]), by=None)
    diary.receive(registration)
    assert (diary.days, [sequence for sequence, _ in diary.entries.values()]) == (["2024-11-15"], [1])


def test_cancelling_empties_the_diary(diary):
    registration = register(make_event())
    diary.receive(registration)
    services.cancel(registration.pk, by=None)
    diary.receive(registration)
    assert diary.days == []


def test_giving_the_place_to_a_colleague_empties_the_diary(diary):
    event = make_event()
    registration = register(event)
    diary.receive(registration)
    handover = services.give_to_colleague(registration.pk, to_email="k@kunta.example", language="fi", by=None)
    services.take_over(handover.pk, make_details(event), form_key=uuid.uuid4())
    diary.receive(registration)
    assert diary.days == []


def test_to_remote_and_back(diary):
    event = make_event()
    registration = register(event, days=[event.days.first()])
    diary.receive(registration)
    services.switch_to_remote(registration.pk, by=None)
    diary.receive(registration)
    assert (diary.days, {str(entry["location"]) for _, entry in diary.entries.values()}) == (
        ["2024-11-14", "2024-11-15"],
        {"Etäosallistuminen"},
    )
    services.switch_to_on_site(registration.pk, make_details(event, days=[event.days.last()]), by=None)
    diary.receive(registration)
    assert diary.days == ["2024-11-15"]


def test_who_waits_has_nothing_in_the_diary_unless_following_remotely(diary):
    event = make_event(capacity=0)
    diary.receive(register(event))
    assert diary.days == []
    diary.receive(register(event, remote_meanwhile=True))
    assert diary.days == ["2024-11-14", "2024-11-15"]
