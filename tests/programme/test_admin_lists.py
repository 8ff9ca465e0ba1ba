"""Every list of the programme in the admin asks the same number of questions for 3 rows and for 30."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events import clock
from events.models import Event
from programme.models import Release
from tests.factories import make_application, make_call, make_event, make_format, make_organiser, make_proposal
from tests.organisers import enter
from tests.sessions import make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def fill_calls(event: Event, number: int) -> None:
    make_call(event, slug=f"call-{number}")


def fill_formats(event: Event, number: int) -> None:
    make_format(event, f"format-{number}")


def fill_proposals(event: Event, number: int) -> None:
    make_proposal(event.calls.first() or make_call(event))


def fill_applications(event: Event, number: int) -> None:
    make_application(event.calls.first() or make_call(event, "application"))


def fill_sessions(event: Event, number: int) -> None:
    speakers = [make_speaker(event) for _ in range(2)]
    make_session(event, room=make_room(event), speakers=speakers, places=10)


def fill_rooms(event: Event, number: int) -> None:
    make_session(event, room=make_room(event, f"room-{number}"))


def fill_speakers(event: Event, number: int) -> None:
    make_session(event, speakers=[make_speaker(event)])


def fill_releases(event: Event, number: int) -> None:
    Release.objects.create(event=event, number=number, released_at=clock.now(), released_by=make_organiser_once(event))


def make_organiser_once(event: Event):
    return event.memberships.first().user


FILL: dict[str, Callable[[Event, int], None]] = {
    "call": fill_calls,
    "format": fill_formats,
    "proposal": fill_proposals,
    "application": fill_applications,
    "session": fill_sessions,
    "room": fill_rooms,
    "speaker": fill_speakers,
    "release": fill_releases,
}


@pytest.mark.parametrize("name", FILL)
def test_a_list_asks_the_same_for_3_and_30_rows(event: Event, client: Client, name: str):
    enter(client, make_organiser(event))
    address = reverse(f"admin:programme_{name}_changelist" if name != "call" else "admin:events_call_changelist")
    for number in range(1, 4):
        FILL[name](event, number)
    client.get(address)  # fills what a process keeps
    few = asked(client, address)
    for number in range(4, 31):
        FILL[name](event, number)
    assert asked(client, address) == few


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)
