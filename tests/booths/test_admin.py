"""Organisers place booths, make halls and places, publish, answer changes; who may, and what they are told."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from booths.models import Booth, BoothChange, BoothPlace, Hall
from booths.services import exhibiting, placing
from events.models import Event, Mail, Membership
from tests.exhibition import make_booth, make_hall, make_place
from tests.factories import make_event
from tests.organisers import enter, make_member, save

pytestmark = pytest.mark.django_db
PLAN, MOVE = "/en/admin/booths/booth/plan/", "/en/admin/booths/booth/plan/move/"


@pytest.fixture
def event() -> Event:
    return make_event()


@pytest.fixture
def organiser(event: Event, client: Client) -> Client:
    return enter(client, make_member(event, Membership.Role.ORGANISER))


def place_of(booth: Booth) -> BoothPlace | None:
    return Booth.objects.get(pk=booth.pk).place


def step(client: Client, event: Event, action: str, booth: Booth, **more: object) -> dict[str, object]:
    """As the script does."""
    seen = f"{booth.pk}:{booth.place_id or '-'}"
    data = {"event": event.pk, "action": action, "booth": booth.pk, "seen": seen, **more}
    answer = client.post(MOVE, data, headers={"Accept": "application/json"})
    return {"status": answer.status_code, **json.loads(answer.content)}


# --- The plan ---------------------------------------------------------------------------------------------------------
def test_the_plan_shows_places_what_does_not_fit_and_who_waits(organiser: Client, event: Event):
    hall = make_hall(event)
    make_booth(event, make_place(hall), organisation="Silta ry", needs_power=True)
    make_booth(event, organisation="Ovi ry")
    page = organiser.get(PLAN).content.decode()
    assert "1 booth has a place." in page
    assert "spot-clash" in page
    assert "asks for power, and there is none" in page
    assert "Without a place (1)" in " ".join(page.split())


def test_a_booth_is_placed_swapped_and_freed_by_the_script(organiser: Client, event: Event):
    hall = make_hall(event)
    one, two = make_place(hall), make_place(hall)
    first, second = make_booth(event, organisation="Silta ry"), make_booth(event, two)
    answer = step(organiser, event, "place", first, place=one.pk)
    assert (answer["status"], answer["words"], place_of(first)) == (200, "Silta ry: place A1.", one)
    assert 'id="place-' in str(answer["board"])
    first.refresh_from_db()
    other_seen = f"{second.pk}:{two.pk}"
    step(organiser, event, "swap", first, other=second.pk, other_seen=other_seen)
    assert (place_of(first), place_of(second)) == (two, one)
    first.refresh_from_db()
    assert step(organiser, event, "free", first)["words"] == "Silta ry has no place now."


def undo(client: Client, event: Event) -> dict[str, object]:
    """The button above the plan."""
    answer = client.post(MOVE, {"event": event.pk, "action": "undo"}, headers={"Accept": "application/json"})
    return {"status": answer.status_code, **json.loads(answer.content)}


@pytest.mark.parametrize("action", ["place", "free", "swap"])
def test_the_last_step_can_be_undone_once(organiser: Client, event: Event, action: str):
    hall = make_hall(event)
    one, two, three = (make_place(hall) for _ in range(3))
    first, second = make_booth(event, one, organisation="Silta ry"), make_booth(event, two, organisation="Ovi ry")
    more = {"place": {"place": three.pk}, "swap": {"other": second.pk}}.get(action, {})
    answer = step(organiser, event, action, first, **more)
    assert place_of(first) != one
    for board in (str(answer["board"]), organiser.get(PLAN).content.decode()):
        assert "Undo: Silta ry" in board
    answer = undo(organiser, event)
    told = str(answer["words"])
    assert (answer["status"], told[:7], "Silta ry: place A1." in told) == (200, "Undone:", True)
    assert (place_of(first), place_of(second)) == (one, two)
    assert undo(organiser, event)["words"] == "There is nothing to undo."


def test_undoing_is_refused_in_words_when_the_place_is_taken_or_the_booth_moved_meanwhile(
    organiser: Client, event: Event
):
    hall = make_hall(event)
    one, two, three = (make_place(hall) for _ in range(3))
    first, second = make_booth(event, one, organisation="Silta ry"), make_booth(event, organisation="Ovi ry")
    step(organiser, event, "place", first, place=two.pk)
    placing.place(second.pk, one.pk, by=None)
    answer = undo(organiser, event)
    assert (answer["status"], answer["words"]) == (409, "Place A1 is taken: Ovi ry stands there.")
    placing.place(first.pk, three.pk, by=None)
    assert "moved this booth meanwhile" in str(undo(organiser, event)["words"])
    assert place_of(first) == three


def test_nobody_undoes_the_step_of_another_organiser(organiser: Client, event: Event):
    booth, place = make_booth(event), make_place(make_hall(event))
    step(organiser, event, "place", booth, place=place.pk)
    other = enter(Client(), make_member(event, Membership.Role.ORGANISER, email="other@x.example"))
    assert undo(other, event)["words"] == "There is nothing to undo."


def test_two_organisers_at_once_are_told(organiser: Client, event: Event):
    hall = make_hall(event)
    one, two, three = make_place(hall), make_place(hall), make_place(hall)
    booth = make_booth(event, one)
    Booth.objects.filter(pk=booth.pk).update(place=two)
    answer = step(organiser, event, "place", booth, place=three.pk)
    assert (answer["status"], answer["done"]) == (409, False)
    assert "Somebody else has moved this booth meanwhile." in str(answer["words"])
    assert place_of(booth) == two


def test_it_works_without_scripts_by_the_form(organiser: Client, event: Event):
    place, booth = make_place(make_hall(event)), make_booth(event, organisation="Silta ry")
    page = organiser.get(f"{PLAN}?event={event.pk}&booth={booth.pk}").content.decode()
    assert f'<option value="{booth.pk}" selected>' in page
    data = {"event": event.pk, "action": "place", "booth": booth.pk, "seen": f"{booth.pk}:-", "place": place.pk}
    response = organiser.post(MOVE, data, follow=True)
    assert "Silta ry: place A1." in response.content.decode()
    assert place_of(booth) == place


def test_a_form_that_was_filled_for_another_booth_counts_for_the_chosen_one(organiser: Client, event: Event):
    place, booth = make_place(make_hall(event)), make_booth(event)
    data = {"event": event.pk, "action": "place", "booth": booth.pk, "seen": "9999:12", "place": place.pk}
    organiser.post(MOVE, data)
    assert place_of(booth) == place


@pytest.mark.parametrize("data", [
    {"action": "place"}, {"action": "swap"}, {"action": "nonsense"}, {"booth": "x"}, {"place": "99999999999999999999"},
    {"seen": "x:y"}, {"other": "0"},
])  # fmt: skip
def test_a_step_that_makes_no_sense_is_told(organiser: Client, event: Event, data):
    booth = make_booth(event)
    answer = organiser.post(
        MOVE, {"event": event.pk, "action": "place", "booth": booth.pk, **data}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 409
    assert json.loads(answer.content)["words"] != ""
    assert place_of(booth) is None


def test_who_only_translates_places_nothing_and_another_event_is_not_reached(client: Client, event: Event):
    booth, place = make_booth(event), make_place(make_hall(event))
    enter(client, make_member(event, Membership.Role.TRANSLATOR))
    assert client.get(PLAN).status_code == 403
    assert client.post(f"/en/admin/booths/booth/{booth.pk}/step/", {"step": "unpublish"}).status_code == 403
    other = make_event(slug="2020", is_current=False)
    enter(client, make_member(other, Membership.Role.ORGANISER))
    data = {"event": event.pk, "action": "place", "booth": booth.pk, "place": place.pk}
    assert client.post(MOVE, data).status_code == 404
    assert place_of(booth) is None


def test_who_only_translates_does_not_learn_whom_to_write_to(client: Client, event: Event):
    booth = make_booth(event, organisation="Silta ry", name="Pia Pitäjä", email="pia.p@silta.example", phone="0401234")
    rows = "/en/admin/booths/booth/"
    for role, is_told in ((Membership.Role.ORGANISER, True), (Membership.Role.TRANSLATOR, False)):
        enter(client, make_member(event, role))
        page = client.get(f"{rows}{booth.pk}/change/").content.decode()
        assert booth.title_fi in page
        assert [word in page for word in (booth.name, booth.email, booth.phone)] == [is_told] * 3
        assert ("Silta ry" in client.get(rows, {"q": "pia.p@"}).content.decode()) == is_told
        assert client.get(rows, {"email__startswith": "p"}).status_code == 400
        assert "Silta ry" in client.get(rows, {"q": "silta"}).content.decode()


@pytest.mark.parametrize(
    "path", [PLAN, "/en/admin/booths/booth/", "/en/admin/booths/boothplace/", "/en/admin/booths/hall/"]
)
def test_lists_ask_the_same_number_of_questions_for_any_number_of_rows(organiser: Client, event: Event, path: str,
                                                                      django_assert_max_num_queries):  # fmt: skip
    counts = set()
    for count in (1, 3, 30):
        Booth.objects.all().delete()
        event.halls.all().delete()
        for number in range(count):
            hall = make_hall(event, f"hall-{number}", width=100, depth=100)
            make_booth(event, make_place(hall, has_power=True))
            make_booth(event)
        with CaptureQueriesContext(connection) as asked:
            assert organiser.get(path).status_code == 200
        counts.add(len(asked))
    assert len(counts) == 1


def test_exhibitors_are_told_after_a_question(organiser: Client, event: Event):
    make_booth(event, make_place(make_hall(event)))
    address = f"/en/admin/booths/booth/plan/tell/?event={event.pk}"
    assert "1 exhibitor has a new place" in organiser.get(address).content.decode()
    assert not Mail.objects.exists()
    organiser.post(address, {"event": event.pk})
    assert Mail.objects.count() == 1


# --- Halls and places -------------------------------------------------------------------------------------------------
def test_rows_of_places_are_made_in_one_form_and_a_mistake_keeps_what_was_typed(organiser: Client, event: Event):
    hall = make_hall(event)
    address = f"/en/admin/booths/hall/{hall.pk}/places/"
    grid = {"letter": "A", "first": 1, "rows": 3, "in_row": 3, "width": 3, "depth": 2, "x": 1, "y": 0, "aisle": 2,
            "has_power": "on"}  # fmt: skip
    wrong = organiser.post(address, {**grid, "in_row": 30})
    assert wrong.status_code == 422
    assert 'value="30"' in wrong.content.decode()
    assert organiser.post(address, grid).status_code == 302
    assert BoothPlace.objects.filter(hall=hall, has_power=True).count() == 9


def test_a_place_on_another_or_outside_the_hall_is_refused_in_words(organiser: Client, event: Event):
    hall = make_hall(event)
    make_place(hall, x=0, y=0)
    data = {"hall": hall.pk, "number": "B1", "x": 1, "y": 1, "width": 3, "depth": 2}
    page = organiser.post("/en/admin/booths/boothplace/add/", data).content.decode()
    assert "Another place lies there." in page
    page = organiser.post("/en/admin/booths/boothplace/add/", {**data, "x": 18, "y": 9}).content.decode()
    assert "This lies outside the hall, which is 20 × 10 m." in page
    assert BoothPlace.objects.count() == 1


def test_a_hall_that_is_saved_draws_the_public_plan_anew(organiser: Client, event: Event):
    hall = make_hall(event)
    save(organiser, f"/en/admin/booths/hall/{hall.pk}/change/", name_fi="Toinen sali")
    assert Hall.objects.get(pk=hall.pk).name_fi == "Toinen sali"
    assert Event.objects.get(pk=event.pk).public_version == event.public_version + 1


# --- Booths -----------------------------------------------------------------------------------------------------------
def test_a_booth_says_why_it_is_not_public_and_is_published_by_a_button(organiser: Client, event: Event):
    booth = make_booth(event, make_place(make_hall(event)), published_at=None)
    address = f"/en/admin/booths/booth/{booth.pk}/"
    assert "not published" in organiser.get(f"{address}change/").content.decode()
    organiser.post(f"{address}step/", {"step": "publish"})
    assert Booth.objects.get(pk=booth.pk).why_not_public == []
    assert "Public." in organiser.get(f"{address}change/").content.decode()
    assert organiser.post(f"{address}step/", {"step": "nonsense"}).status_code == 404


def test_edited_texts_leave_the_other_languages_behind(organiser: Client, event: Event):
    booth = make_booth(event)
    themes = str(booth.themes.get().pk)
    save(organiser, f"/en/admin/booths/booth/{booth.pk}/change/", title_fi="Uusi", themes=themes)
    page = organiser.get(f"/en/admin/booths/booth/{booth.pk}/change/").content.decode()
    assert page.count("state-outdated") == 2


def test_saving_takes_its_locks_in_the_order_of_all_steps(organiser: Client, event: Event):
    booth = make_booth(event)
    address, themes = f"/en/admin/booths/booth/{booth.pk}/change/", str(booth.themes.get().pk)
    with CaptureQueriesContext(connection) as queries:
        assert save(organiser, address, organisation="Silta ry", themes=themes).status_code == 302
    asked = [query["sql"] for query in queries]

    booth_lock = next(i for i, sql in enumerate(asked) if '"booths_booth"' in sql and "FOR NO KEY UPDATE" in sql)
    event_lock = next(i for i, sql in enumerate(asked) if sql.startswith('UPDATE "events_event"'))
    written = next(i for i, sql in enumerate(asked) if sql.startswith('UPDATE "booths_booth"'))
    assert booth_lock < event_lock < written


def test_a_change_is_shown_beside_the_present_text_with_what_goes_out_of_date(organiser: Client, event: Event):
    booth = make_booth(event)
    change = exhibiting.write_texts(booth.pk, {"title_fi": "Uusi otsikko"})
    assert change is not None
    address = f"/en/admin/booths/boothchange/{change.pk}/answer/"
    page = organiser.get(address).content.decode()
    assert booth.title_fi in page
    assert "Uusi otsikko" in page
    assert "these translations go out of date: Swedish, English" in page
    assert organiser.post(address, {"answer": "decline", "reason": ""}).status_code == 422
    organiser.post(address, {"answer": "accept", "reason": ""})
    assert Booth.objects.get(pk=booth.pk).title_fi == "Uusi otsikko"
    assert BoothChange.objects.get().status == "accepted"


@pytest.mark.parametrize("lack", ["confirmed", "fi", "sv", "en", "place", "published", "change", "nonsense"])
def test_what_is_missing_can_be_looked_for(organiser: Client, event: Event, lack: str):
    make_booth(event)
    assert organiser.get(f"/en/admin/booths/booth/?lack={lack}").status_code == 200


def test_the_signs_of_all_booths_are_made_by_the_worker(organiser: Client, event: Event):
    assert organiser.get("/en/admin/booths/booth/signs.pdf").status_code == 302
    make_booth(event, make_place(make_hall(event)))
    assert organiser.get("/en/admin/booths/booth/signs.pdf").status_code == 202
