"""The door in the admin: gates and lists, people put on them, devices, scans, conflicts, the live board."""

import base64
import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import zxingcpp
from django.test import Client

from events import clock
from events.models import Event, LogEntry, Membership
from registration import services
from registration.checkin import pair, take
from registration.models import CheckInList, Conflict, Device, Gate, Registration, Scan
from tests.door import EVENT_MORNING, batch, code_of, item, make_device, make_gate, make_list
from tests.events.test_qr import image
from tests.factories import at, make_event, make_organiser, register
from tests.organisers import enter, make_member, save

pytestmark = pytest.mark.django_db
BASE = "/en/admin/registration/"
PEOPLE = f"{BASE}registration/"


@pytest.fixture
def event(moment) -> Event:
    event = make_event(on_site_closes_at=at("2024-11-15 12:00"))
    moment.move_to(at(EVENT_MORNING))
    return event


@pytest.fixture
def organiser(client: Client, event: Event) -> Client:
    return enter(client, make_organiser(event))


@pytest.fixture
def lead(client: Client, event: Event) -> Client:
    return enter(client, make_member(event, Membership.Role.DOOR_LEAD))


def text(client: Client, address: str, **query: Any) -> str:
    """What the page says, without the tags."""
    html = client.get(f"{BASE}{address}", query).content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", html.replace("&quot;", '"').replace("&#x27;", "'")).split())


def messages(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# --- Gates and lists --------------------------------------------------------------------------------------------------
def test_a_list_is_made_in_three_languages_with_a_number_of_its_own(organiser: Client, event: Event):
    make_list(event)
    data = {"event": event.pk, "name_fi": "Illallinen", "name_sv": "Middag", "name_en": "Dinner", "order": 1,
            "attendance": "on_site", "has_names_only": "on", "number": 77}  # fmt: skip
    assert organiser.post(f"{BASE}checkinlist/add/", data).status_code == 302
    made = CheckInList.objects.get(name_sv="Middag")
    assert (made.number, made.has_names_only, made.is_return_normal) == (2, True, False)
    address = f"{BASE}checkinlist/{made.pk}/change/"
    save(organiser, address, name_en="Supper", number="99")
    made.refresh_from_db()
    assert (made.name_en, made.number) == ("Supper", 2)


def test_a_list_says_in_words_whom_it_admits_and_how_many_that_makes(organiser: Client, event: Event):
    first, _second = event.days.all()
    day = make_list(event, "Day 1", days=[first], roles=[event.roles.get(slug="participant")])
    dinner = make_list(event, "Dinner", has_names_only=True)
    make_list(event, "All", attendance="")
    people = [register(event) for _ in range(3)]
    services.put_on_list(dinner.pk, [people[0].pk], by=None)
    page = text(organiser, "checkinlist/")
    assert "Day 1 on site · Thu 14 Nov 2024 · Participant 3 0" in page
    assert "Dinner only 1 person put on the list 1 0" in page
    assert "All everyone confirmed 3 0" in page
    services.put_on_list(day.pk, [people[0].pk], by=None)
    assert "Participant; besides, 1 person put on the list 3 0" in text(organiser, "checkinlist/")


def test_the_lists_cost_the_same_for_1_3_and_9_rows(organiser: Client, event: Event, django_assert_max_num_queries):
    costs = []
    for rows in (1, 2, 6):
        for _ in range(rows):
            make_list(event, days=event.days.all(), roles=event.roles.all()[:2])
        organiser.get(f"{BASE}checkinlist/")
        with django_assert_max_num_queries(15) as queries:
            organiser.get(f"{BASE}checkinlist/")
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs


@pytest.mark.parametrize(("model", "table"), [(Gate, "gate"), (CheckInList, "checkinlist")])
def test_what_has_scans_or_devices_is_kept_and_the_refusal_says_why(
    organiser: Client, event: Event, model: Any, table: str
):
    device, _token = make_device(event)
    take(device, batch(item(device, code_of(register(event)))))
    unused = {"gate": make_gate(event), "checkinlist": make_list(event)}[table]
    used = {"gate": device.gate, "checkinlist": device.check_in_list}[table]
    for act in (organiser.get, lambda address, **options: organiser.post(address, {"post": "yes"}, **options)):
        response = act(f"{BASE}{table}/{used.pk}/delete/", follow=True)
        assert "is kept, because it has 1 scan and 1 device" in messages(response)
    organiser.post(f"{BASE}{table}/{unused.pk}/delete/", {"post": "yes"})
    assert list(model.objects.all()) == [used]
    assert b"delete_selected" not in organiser.get(f"{BASE}{table}/").content


def test_a_list_of_another_event_s_days_is_refused(organiser: Client, event: Event):
    other = make_event(slug="2020", is_current=False)
    data = {"event": event.pk, "name_fi": "x", "name_sv": "x", "order": 0, "days": [other.days.first().pk]}
    assert organiser.post(f"{BASE}checkinlist/add/", data).status_code == 200
    assert not CheckInList.objects.exists()


# --- People put on a list ---------------------------------------------------------------------------------------------
def ticked(rows: list[Registration], action: str, **more: Any) -> dict[str, Any]:
    return {"action": action, "_selected_action": [row.pk for row in rows], **more}


def test_people_ticked_in_the_list_of_registrations_come_onto_a_list_and_leave_it(organiser: Client, event: Event):
    dinner = make_list(event, "Dinner", has_names_only=True)
    people = [register(event) for _ in range(3)]
    stranger = register(make_event(slug="2020", is_current=False, on_site_closes_at=event.on_site_closes_at))
    asked = organiser.post(PEOPLE, ticked(people[:2], "put_on_list"))
    assert "Dinner" in asked.content.decode()
    assert dinner.entries.count() == 0
    chosen = {"confirmed": "yes", "check_in_list": dinner.pk}
    done = organiser.post(PEOPLE, ticked([*people[:2], stranger], "put_on_list", **chosen), follow=True)
    assert "2 people were put on Dinner." in messages(done)
    done = organiser.post(PEOPLE, ticked(people, "take_off_list", **chosen), follow=True)
    assert "2 people were taken off Dinner." in messages(done)
    assert dinner.entries.count() == 0


def test_a_list_of_another_event_cannot_be_chosen(organiser: Client, event: Event):
    make_list(event)
    other = make_list(make_event(slug="2020", is_current=False))
    data = ticked([register(event)], "put_on_list", confirmed="yes", check_in_list=other.pk)
    assert organiser.post(PEOPLE, data).status_code == 422
    assert other.entries.count() == 0


def test_a_door_lead_puts_nobody_on_a_list(lead: Client, event: Event):
    dinner = make_list(event)
    person = register(event, email="maija@kunta.example")
    lead.post(PEOPLE, ticked([person], "put_on_list", confirmed="yes", check_in_list=dinner.pk))
    page = f"{BASE}checkinlist/{dinner.pk}/people/"
    assert lead.get(page).status_code == 200
    assert lead.post(page, {"put": "yes", "emails": "maija@kunta.example"}).status_code == 403
    assert dinner.entries.count() == 0


def test_addresses_are_pasted_however_they_are_separated(organiser: Client, event: Event):
    dinner = make_list(event, "Dinner")
    for name in ("a", "b", "c"):
        register(event, email=f"{name}@kunta.example", last_name=f"Name {name}")
    page = f"{BASE}checkinlist/{dinner.pk}/people/"
    response = organiser.post(page, {"put": "yes", "emails": "A@Kunta.example; Bea <b@kunta.example>,\nx@y.example"})
    assert response.status_code == 422
    assert "Nobody is registered with: x@y.example" in response.content.decode()
    assert "Bea" in response.content.decode()
    organiser.post(page, {"put": "yes", "emails": "A@Kunta.example; Bea <b@kunta.example>,\nc@kunta.example "})
    assert dinner.entries.count() == 3
    person = Registration.objects.get(email="b@kunta.example")
    assert "Name b" in text(organiser, f"checkinlist/{dinner.pk}/people/")
    response = organiser.post(page, {"person": [person.pk, "x", "9" * 30]}, follow=True)
    assert "1 person was taken off Dinner." in messages(response)
    assert "Name b" not in text(organiser, f"checkinlist/{dinner.pk}/people/")


@pytest.mark.parametrize("typed", ["", "no address", "\x00", "@" * 50_000, "x" * 200_000])
def test_strange_addresses_are_no_error(organiser: Client, event: Event, typed: str):
    page = f"{BASE}checkinlist/{make_list(event).pk}/people/"
    assert organiser.post(page, {"put": "yes", "emails": typed}).status_code in {400, 422}


# --- Devices ----------------------------------------------------------------------------------------------------------
def device_data(event: Event, **given: Any) -> dict[str, Any]:
    gate, check_in_list = event.gates.first() or make_gate(event), event.check_in_lists.first() or make_list(event)
    return {"gate": gate.pk, "check_in_list": check_in_list.pk, "name": "", "language": "sv", **given}


def test_a_door_lead_makes_a_device_and_shows_its_code_once(lead: Client, event: Event):
    response = lead.post(f"{BASE}device/add/", device_data(event, is_help_desk="on", name="Phone 1"))
    device = Device.objects.get()
    assert response["Location"] == f"{BASE}device/{device.pk}/pair/"
    assert (device.is_help_desk, device.language, device.made_by) == (True, "sv", Membership.objects.get().user)
    page = lead.get(response["Location"])
    link = services.pairing_link(device)
    assert (page.context["link"], link in page.content.decode()) == (link, True)
    picture = page.context["image"].partition("base64,")[2]
    found = zxingcpp.read_barcodes(image(base64.b64decode(picture)).convert("L"))
    assert [code.text for code in found] == [link]


def test_the_page_of_the_code_says_when_the_phone_has_paired(lead: Client, event: Event):
    lead.post(f"{BASE}device/add/", device_data(event))
    device = Device.objects.get()
    address = f"{BASE}device/{device.pk}/pair/"
    before = lead.get(address).content.decode()
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in before
    pair(services.pairing_token(device), name="Phone", language="fi", version="1")
    after = lead.get(address).content.decode()
    assert "The phone has paired." in after
    assert "#pair=" not in after
    assert "refresh" not in after
    assert "data-seconds" not in after
    assert re.search(r'data-state="[^"]*"', before) != re.search(r'data-state="[^"]*"', after)


def test_the_next_device_is_proposed_for_the_same_gate_and_list(lead: Client, event: Event):
    make_gate(event), make_list(event)
    device, _token = make_device(event, make_list(event, "Dinner"), make_gate(event, "Hall"))
    page = lead.get(f"{BASE}device/{device.pk}/pair/").content.decode()
    address = re.search(r'href="([^"]*device/add/[^"]*)"', page)[1].replace("&amp;", "&")
    form = lead.get(address).context["form"]
    assert (form["gate"].value(), form["check_in_list"].value()) == (str(device.gate.pk), str(device.check_in_list.pk))
    assert lead.get(f"{BASE}device/add/?gate=²&check_in_list={'9' * 30}").status_code == 200


def test_a_new_link_replaces_the_old_one(lead: Client, event: Event, moment):
    lead.post(f"{BASE}device/add/", device_data(event))
    device = Device.objects.get()
    address = f"{BASE}device/{device.pk}/pair/"
    old = lead.get(address).context["link"]
    moment.shift(Device.PAIRING_TIME)
    assert lead.get(address).context["link"] == ""
    assert "The code has expired" in text(lead, f"device/{device.pk}/pair/")
    lead.post(address)
    assert lead.get(address).context["link"] not in {"", old}


def test_gates_and_lists_of_another_event_are_refused(lead: Client, event: Event):
    data = device_data(event)
    other = make_event(slug="2020", is_current=False)
    for wrong in ({"gate": make_gate(other).pk}, {"check_in_list": make_list(other).pk}):
        assert lead.post(f"{BASE}device/add/", {**data, **wrong}).status_code == 422
    assert not Device.objects.exists()


def test_without_a_gate_the_page_says_what_is_missing(lead: Client, event: Event):
    assert "make these first" in messages(lead.get(f"{BASE}device/add/", follow=True))


def test_gate_list_and_name_are_edited_in_place_and_nothing_else(lead: Client, event: Event):
    device, _token = make_device(event)
    hall = make_gate(event, "Hall")
    save(lead, f"{BASE}device/{device.pk}/change/", gate=str(hall.pk), name="Tablet", unsent="7", link_version="9")
    changed = Device.objects.get()
    assert (changed.gate, changed.name) == (hall, "Tablet")
    assert (changed.unsent, changed.link_version, changed.token_hash) == (0, device.link_version, device.token_hash)
    assert LogEntry.objects.about(device).get().action == "edited"


def test_revoking_asks_first_and_says_what_will_happen(lead: Client, event: Event):
    device, _token = make_device(event)
    address = f"device/{device.pk}/revoke/"
    assert "sends what it has not sent yet, deletes everything it holds" in text(lead, address)
    assert Device.objects.paired().exists()
    lead.post(f"{BASE}{address}")
    assert not Device.objects.paired().exists()
    assert "revoked, not wiped yet" in text(lead, "device/")
    lead.post(f"{BASE}device/{device.pk}/pair/")
    device.refresh_from_db()
    assert device.link_version == 2


def test_the_list_of_devices_tells_what_is_wrong(lead: Client, event: Event):
    fine, _token = make_device(event, name="Fine", battery=80, last_contact_at=clock.now())
    make_device(
        event, name="Bad", battery=9, last_contact_at=clock.now() - timedelta(minutes=9), clock_offset_ms=-400_000,
        unsent=31,
    )  # fmt: skip
    page = text(lead, "device/")
    assert f"{fine.gate} {fine.check_in_list} in use just now 0 – - 80 %" in page
    assert "in use ⚠ 9 min ago 31 ⚠ 7 min fast - ⚠ 9 %" in page


def test_devices_are_filtered_by_state(lead: Client, event: Event):
    make_device(event, name="Used")
    lead.post(f"{BASE}device/add/", device_data(event, name="Waiting"))
    for state, name in (("in_use", "Used"), ("waits", "Waiting")):
        rows = lead.get(f"{BASE}device/", {"state": state}).context["cl"].result_list
        assert [row.name for row in rows] == [name]
    assert len(lead.get(f"{BASE}device/", {"state": "\x01"}).context["cl"].result_list) == 2


# --- Scans ------------------------------------------------------------------------------------------------------------
def test_scans_are_found_by_name_and_by_code_and_rehearsals_are_marked(lead: Client, event: Event):
    device, _token = make_device(event)
    aino, bo = register(event, last_name="Aino"), register(event, last_name="Bo")
    take(device, batch(item(device, code_of(aino)), item(device, code_of(bo), kind="test")))

    def found(**query: Any) -> list[str]:
        rows = lead.get(f"{BASE}scan/", query).context["cl"].result_list
        return sorted(row.registration.last_name for row in rows)

    assert found() == ["Aino", "Bo"]
    assert found(q="Aino") == found(q=code_of(aino)) == found(kind__exact="read") == ["Aino"]
    assert found(answer="admit") == ["Aino", "Bo"]
    assert found(answer="back") == []
    assert found(q=code_of(aino)[:10]) == []
    assert '<strong class="rehearsal">rehearsal</strong>' in lead.get(f"{BASE}scan/").content.decode()


def test_a_scan_is_seen_and_never_changed(organiser: Client, event: Event):
    device, _token = make_device(event)
    take(device, batch(item(device, code_of(register(event)))))
    scan = Scan.objects.get()
    address = f"{BASE}scan/{scan.pk}/change/"
    assert "let in" in text(organiser, f"scan/{scan.pk}/change/")
    assert organiser.post(address, {"code": "x"}).status_code == 403
    assert organiser.post(f"{BASE}scan/{scan.pk}/delete/", {"post": "yes"}).status_code == 403


def test_scans_and_conflicts_cost_the_same_for_few_and_for_many_rows(
    lead: Client, event: Event, django_assert_max_num_queries
):
    device, _token = make_device(event)
    other, _token = make_device(event, gate=make_gate(event, "Hall"))
    costs = []
    for people in (1, 4):
        for _ in range(people):
            code = code_of(register(event))
            for gate in (device, other):
                take(gate, batch(item(gate, code), item(gate, f"I24-{uuid.uuid4().hex[:26].translate(LETTERS)}")))
        for table in ("scan", "conflict"):
            lead.get(f"{BASE}{table}/")
            with django_assert_max_num_queries(20) as queries:
                lead.get(f"{BASE}{table}/")
            costs.append((table, len(queries)))
    assert len(set(costs)) == 2, costs


LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHIJKLMNOP")


# --- Conflicts --------------------------------------------------------------------------------------------------------
def test_a_conflict_says_who_where_and_when_and_is_closed_with_a_reason_once(lead: Client, event: Event):
    device, _token = make_device(event, gate=make_gate(event, "Main"), name="Phone 1")
    other, _token = make_device(event, gate=make_gate(event, "Hall"), name="Phone 2")
    code = code_of(register(event, first_name="Aino", last_name="Aalto"))
    take(device, batch(item(device, code, happened=at("2024-11-14 08:02"))))
    take(other, batch(item(other, code, happened=at("2024-11-14 08:04"))))
    conflict = Conflict.objects.get()
    told = (
        "Aino Aalto was let in more than once on the list Päivä 1. 14 November 2024, 8.02, Main (Phone 1); "
        "14 November 2024, 8.04, Hall (Phone 2)."
    )
    for page in ("conflict/", f"conflict/{conflict.pk}/change/", f"conflict/{conflict.pk}/close/"):
        assert told in text(lead, page)
    address = f"{BASE}conflict/{conflict.pk}/close/"
    assert lead.post(address, {"reason": "  "}).status_code == 422
    lead.post(address, {"reason": "Twins"})
    response = lead.post(address, {"reason": "Something else"}, follow=True)
    assert "closed meanwhile" in messages(response)
    conflict.refresh_from_db()
    assert (conflict.reason, conflict.closed_by.name) == ("Twins", "door_lead")
    assert "Twins" in text(lead, f"conflict/{conflict.pk}/change/")
    assert "/close/" not in lead.get(f"{BASE}conflict/{conflict.pk}/change/").content.decode()


def test_open_conflicts_come_first(lead: Client, event: Event, moment):
    device, _token = make_device(event)
    for letter in "ABC":
        take(device, batch(item(device, f"I24-{letter * 26}")))
        moment.shift(60)
    first, second, third = Conflict.objects.order_by("pk")
    services.close_conflict(third.pk, "Done", by=None)
    rows = lead.get(f"{BASE}conflict/").context["cl"].result_list
    assert rows == [second, first, third]
    assert lead.get(f"{BASE}conflict/", {"state": "open"}).context["cl"].result_list == [second, first]
    assert lead.get(f"{BASE}conflict/", {"state": "closed"}).context["cl"].result_list == [third]


def conflict(event: Event, kind: str, **fields: Any) -> str:
    made = Conflict.objects.create(event=event, kind=kind, key=f"{kind}:1", found_at=clock.now(), **fields)
    return f"conflict/{made.pk}/change/"


@pytest.mark.parametrize("kind", Conflict.Kind.values)
def test_every_kind_of_conflict_has_a_sentence_even_without_its_rows(lead: Client, event: Event, kind: str):
    page = text(lead, conflict(event, kind))
    assert "%(" not in page
    assert len(lead.get(f"{BASE}conflict/").context["cl"].result_list) == 1


def test_the_details_of_a_conflict_are_told_in_words(lead: Client, event: Event):
    person = json.dumps({"first_name": "Uusi", "last_name": "<b>Tulija</b>", "email": "uusi@kunta.example"})
    page = lead.get(f"{BASE}{conflict(event, 'not_registered', detail={'problem': 'email', 'person': person})}")
    assert "Uusi, &lt;b&gt;Tulija&lt;/b&gt;, uusi@kunta.example" in page.content.decode()
    detail = {"server": "in/already", "device": "go/admit"}
    told = text(lead, conflict(event, "told_otherwise", detail=detail))
    assert "the server answered: has arrived already the device acted on: let in" in told
    assert "error: no UUID" in text(lead, conflict(event, "broken", detail={"error": "no UUID"}))


# --- A person's page --------------------------------------------------------------------------------------------------
def test_the_page_of_a_person_tells_the_arrivals(organiser: Client, event: Event):
    device, _token = make_device(event, gate=make_gate(event, "Main"))
    person = register(event, has_assistant=True)
    address = f"registration/{person.pk}/change/"
    assert "Arrivals check-in list arrived gate Not yet." in text(organiser, address)
    codes = [code_of(person), code_of(person, is_assistant=True)]
    take(device, batch(*(item(device, code, happened=at("2024-11-14 08:02")) for code in codes)))
    page = text(organiser, address)
    assert "Päivä 1 14 November 2024, 8.02 Main Päivä 1 (assistant) 14 November 2024, 8.02 Main" in page


# --- The live board ---------------------------------------------------------------------------------------------------
def test_the_board_tells_the_figures_and_costs_the_same_however_many(
    lead: Client, event: Event, django_assert_num_queries
):
    device, _token = make_device(event)
    people = [register(event) for _ in range(3)]
    take(device, batch(item(device, code_of(people[0]), happened=at("2024-11-14 08:02"))))
    page = text(lead, "checkinlist/board/")
    assert "1 of 3 have arrived, 2 still expected" in page
    assert "8.00–8.05 1 1" in page
    for number in range(4):
        another, _token = make_device(event, make_list(event, f"L{number}"), make_gate(event, f"G{number}"))
        take(another, batch(item(another, code_of(people[1])), item(another, "I24-" + "ABCD"[number] * 26)))
    with django_assert_num_queries(12):
        lead.get(f"{BASE}checkinlist/board/")


def test_the_board_updates_by_itself_and_can_be_stopped(lead: Client, event: Event):
    make_list(event)
    running = lead.get(f"{BASE}checkinlist/board/").content.decode()
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in running
    assert 'data-seconds="10"' in running
    stopped = lead.get(f"{BASE}checkinlist/board/", {"stop": 1}).content.decode()
    assert "refresh" not in stopped
    assert "board.js" not in stopped
    assert "data-seconds" not in stopped


@pytest.mark.parametrize("name", ["event", "list"])
@pytest.mark.parametrize("value", ["x", "9" * 30, "", "²", "-1"])
def test_strange_choices_show_the_usual_board(lead: Client, event: Event, name: str, value: str):
    check_in_list = make_list(event)
    page = lead.get(f"{BASE}checkinlist/board/", {name: value})
    assert page.context["board"].check_in_list == check_in_list


def test_another_event_s_board_is_not_shown(lead: Client, event: Event):
    other = make_event(slug="2020", is_current=False)
    make_list(other)
    page = lead.get(f"{BASE}checkinlist/board/", {"event": other.pk})
    assert (page.context["event"], page.context["board"].check_in_list) == (event, None)


def test_the_first_page_leads_to_the_board_those_who_may_see_it(client: Client, event: Event):
    for role, is_shown in ((Membership.Role.DOOR_LEAD, True), (Membership.Role.TRANSLATOR, False)):
        page = enter(client, make_member(event, role)).get("/en/admin/").content.decode()
        assert ("/en/admin/registration/checkinlist/board/" in page) is is_shown
