"""The schedule in the admin without scripts, and what the script gets: one step, one POST."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.models import Event
from programme.admin.schedule import board
from programme.models import Session
from programme.services.scheduling import Slot, slot_of
from tests.factories import at, make_call, make_event, make_organiser, make_proposal
from tests.organisers import enter
from tests.sessions import make_room, make_session, make_speaker

pytestmark = pytest.mark.django_db
PAGE, MOVE = "/en/admin/programme/session/schedule/", "/en/admin/programme/session/schedule/move/"
DAY = "2024-11-14"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def organiser(event: Event, client: Client) -> Client:
    return enter(client, make_organiser(event))


def fresh(session: Session) -> Slot:
    return slot_of(Session.objects.get(pk=session.pk))


def move(client: Client, event: Event, action: str, **given: Any) -> Any:
    data = {"event": event.pk, "day": DAY, "action": action, **given}
    return client.post(MOVE, data, headers={"Accept": "application/json"})


def there(session: Session, room: Any, start: str = "09:00", minutes: int = 45) -> dict[str, Any]:
    return {"session": session.pk, "room": room.pk if room else "", "on": DAY, "start": start, "minutes": minutes}


def test_a_session_is_placed_by_a_plain_form(event: Event, organiser: Client):
    session, room = make_session(event, title_en="Languages"), make_room(event)
    response = organiser.post(MOVE, {"event": event.pk, "day": DAY, "action": "place", **there(session, room)})
    assert response.status_code == 302
    assert response["Location"].endswith(f"?event={event.pk}&day={DAY}")
    assert fresh(session) == Slot(room.pk, at("2024-11-14 09:00"), at("2024-11-14 09:45"))
    assert "“Languages”: Hall en, 9.00–9.45." in organiser.get(response["Location"]).content.decode()


def test_a_click_on_a_session_fills_in_the_form_without_scripts(event: Event, organiser: Client):
    session = make_session(event, room=make_room(event), starts="2024-11-14 10:05", minutes=30)
    html = organiser.get(f"{PAGE}?session={session.pk}&day={DAY}").content.decode()
    assert re.search(rf'<option value="{session.pk}" selected>', html)
    assert 'value="10:05"' in html
    assert f'href="{PAGE}?event={event.pk}&amp;day={DAY}&amp;session={session.pk}#move"' in html


def test_a_day_is_a_table_of_rooms_with_five_minutes_a_line(event: Event):
    room = make_room(event)
    one = make_session(event, room=room, starts="2024-11-14 09:05", minutes=40)
    two = make_session(event, starts="2024-11-14 09:00", minutes=60)
    three = make_session(event, starts="2024-11-14 09:30", minutes=60)
    waiting, films = make_session(event), make_session(event, is_all_day=True)
    picture = board(event, at("2024-11-14 09:00").date())
    assert [column.key for column in picture.columns] == [str(room.pk), "", ""]
    cells = {cell.card.session: cell for line in picture.lines for cell in line.cells if cell.card}
    assert (cells[one].minute, cells[one].lines) == (9 * 60 + 5, 8)
    assert {two, three} <= set(cells)
    assert [card.session for card in picture.waiting] == [waiting]
    assert [card.session for card in picture.aside] == [films]
    assert [sum(cell.lines for line in picture.lines for cell in line.cells)] == [len(picture.lines) * 3]


def test_clashes_are_answered_in_words_with_the_day_as_it_is(event: Event, organiser: Client):
    room, speaker = make_room(event), make_speaker(event, name="Pia Puhuja")
    make_session(event, room=room, starts="2024-11-14 09:00", speakers=[speaker], title_en="First")
    second = make_session(event, speakers=[speaker])
    answer = move(organiser, event, "place", **there(second, room))
    assert (answer.status_code, answer.json()["done"]) == (409, False)
    assert answer.json()["words"] == "Hall en is taken: “First” is there 9.00–9.45."
    assert 'class="schedule"' in answer.json()["board"]
    answer = move(organiser, event, "place", **there(second, make_room(event, "studio"), "09:15"))
    assert answer.json()["words"] == "Pia Puhuja is in another session then: “First”, 9.00–9.45."


def test_swapping_and_undoing_are_one_step_each(event: Event, organiser: Client):
    hall, studio = make_room(event), make_room(event, "studio")
    first = make_session(event, room=hall, starts="2024-11-14 09:00", minutes=60)
    second = make_session(event, room=studio, starts="2024-11-14 10:00", minutes=30)
    before = fresh(first), fresh(second)
    answer = move(organiser, event, "swap", session=first.pk, other=second.pk)
    assert answer.json()["done"]
    assert "Undo:" in answer.json()["board"]
    assert fresh(first).room_id == studio.pk
    assert move(organiser, event, "undo").json()["done"]
    assert (fresh(first), fresh(second)) == before
    answer = move(organiser, event, "undo")
    assert (answer.status_code, answer.json()["words"]) == (409, "There is nothing to undo.")


def test_undoing_puts_a_session_back_without_a_time(event: Event, organiser: Client):
    session = make_session(event)
    move(organiser, event, "place", **there(session, make_room(event)))
    move(organiser, event, "undo")
    assert fresh(session) == Slot(None, None, None)


def test_what_somebody_has_moved_since_is_neither_moved_nor_undone(event: Event, organiser: Client):
    room = make_room(event)
    session = make_session(event, room=room, starts="2024-11-14 09:00")
    seen = re.search(r'data-seen="([^"]+)"', organiser.get(PAGE).content.decode())[1]
    move(organiser, event, "place", **there(session, room, "10:00"), seen=seen)
    assert fresh(session).starts_at == at("2024-11-14 10:00")
    colleague = enter(Client(), make_organiser(event, "colleague@ely.example"))
    move(colleague, event, "place", **there(session, room, "11:00"))
    for answer in (
        move(organiser, event, "undo"),
        move(organiser, event, "unplace", session=session.pk, seen=seen),
        move(organiser, event, "unplace", session=session.pk, seen="nonsense"),
    ):
        assert answer.json()["words"].startswith("Somebody else has moved this session meanwhile.")
    assert fresh(session).starts_at == at("2024-11-14 11:00")


@pytest.mark.parametrize(
    "given",
    [{"start": ""}, {"start": "25:00"}, {"minutes": "0"}, {"minutes": "7"}, {"minutes": "x"}, {"on": "2024-12-24"},
     {"room": "999999"}, {"session": "999999"}, {"session": ""}],
)  # fmt: skip
def test_nonsense_is_refused_in_words(event: Event, organiser: Client, given: dict[str, str]):
    session = make_session(event)
    answer = move(organiser, event, "place", **{**there(session, None), **given})
    assert (answer.status_code, bool(answer.json()["words"])) == (409, True)
    assert fresh(session).starts_at is None


def test_the_doubled_and_the_skipped_hour_are_refused(event: Event, organiser: Client):
    session = make_session(event)
    for day in ("2024-10-27", "2025-03-30"):
        event.days.create(date=day)
        answer = move(organiser, event, "place", **{**there(session, None, "03:30"), "on": day})
        assert "Clocks are changed that night" in answer.json()["words"]


def test_when_somebody_cannot_come_stands_on_the_session(event: Event, organiser: Client):
    proposal = make_proposal(make_call(event), unavailable="Thursday morning")
    make_session(event, proposal=proposal)
    assert "cannot come: Thursday morning" in organiser.get(PAGE).content.decode()


def test_sessions_of_another_event_are_out_of_reach(event: Event, organiser: Client):
    other = make_event(slug="2020", is_current=False)
    session = make_session(other)
    assert move(organiser, other, "place", **there(session, None)).status_code in {403, 404}
    assert move(organiser, event, "place", **there(session, None)).status_code == 409
    assert fresh(session).starts_at is None


def test_150_sessions_take_as_many_queries_as_three(event: Event, organiser: Client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert organiser.get(PAGE).status_code == 200
        return len(found)

    rooms = [make_room(event, f"room-{number}") for number in range(8)]
    for number in range(3):
        make_session(event, room=rooms[number], starts="2024-11-14 09:00", speakers=[make_speaker(event)])
    queries()
    few = queries()
    for number in range(147):
        hour, room = divmod(number, 8)
        starts = f"2024-11-{14 + hour // 9} {10 + hour % 9:02}:00"
        make_session(event, room=rooms[room], starts=starts, minutes=60, speakers=[make_speaker(event)])
    assert queries() == few
