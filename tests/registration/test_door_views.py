import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import tokens
from registration import services
from registration.models import Admission, Device, Registration, Scan
from tests.door import EVENT_MORNING, batch, code_of, item, live_scan, make_device, make_gate, make_list
from tests.factories import at, make_event, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


def as_device(token: str) -> Client:
    return Client(headers={"Authorization": f"Device {token}"}, raise_request_exception=False)


def post(client: Client, path: str, body) -> tuple[int, dict]:
    response = client.post(f"/door/api/{path}", json.dumps(body), content_type="application/json")
    return response.status_code, response.json()


def waiting_device(event, **fields) -> Device:
    fields = {"pairing_ends_at": at("2024-11-14 09:30"), "paired_at": None, "token_hash": None, **fields}
    return make_device(event, **fields)[0]


def link(device: Device) -> str:
    return tokens.make("device", device.pk, device.link_version)


def test_a_link_pairs_one_phone_once(event, moment):
    moment.move_to(at(EVENT_MORNING))
    device = waiting_device(event, is_help_desk=True)
    said = {"token": link(device), "name": "Aulan puhelin", "language": "sv", "version": "abc"}
    status, told = post(Client(), "pair", said)
    assert status == 200
    assert told["device"] == {
        "id": device.pk, "name": "Aulan puhelin", "gate": device.gate_id, "list": device.check_in_list.number,
        "is_help_desk": True, "language": "sv", "event": "2024",
    }  # fmt: skip
    assert as_device(told["token"]).get("/door/api/roster").status_code == 200
    assert post(Client(), "pair", said)[0] == 410
    device.refresh_from_db()
    assert told["token"] not in (device.token_hash or "")


@pytest.mark.parametrize(
    "fields",
    [
        {"pairing_ends_at": at("2024-11-14 08:29")},
        {"revoked_at": at("2024-11-14 08:00")},
        {"link_version": 2},
    ],
    ids=["too late", "revoked", "another link"],
)
def test_a_link_that_is_no_longer_good_pairs_nobody(event, moment, fields):
    moment.move_to(at(EVENT_MORNING))
    device = waiting_device(event, **fields)
    told = post(Client(), "pair", {"token": tokens.make("device", device.pk, 1)})
    assert (told[0], told[1]["error"]) == (410, "used")
    for wrong in (None, [], {"token": 7}, {"token": "x\u0000"}):
        assert post(Client(), "pair", wrong)[0] == 410


def test_a_scan_takes_no_more_than_three_statements_and_no_cookie(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING))
    device, token = make_device(event)
    client, code = as_device(token), code_of(person)
    with CaptureQueriesContext(connection) as queries:
        status, told = post(client, "scan", live_scan(device, code))
    assert (status, told["reason"]) == (200, "admit")
    assert len(queries) <= 3
    response = client.get("/door/api/roster")
    assert response.cookies == {}
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "roster"), ("get", "people"), ("get", "card"), ("post", "scan"), ("post", "scans"), ("post", "on-site"),
    ],
)  # fmt: skip
def test_without_a_good_token_every_address_says_wipe(event, method, path):
    device, token = make_device(event)
    for header in ({}, {"Authorization": "Device x"}, {"Authorization": f"Bearer {token}"}):
        client = Client(headers=header)
        sent = {"data": json.dumps(live_scan(device)), "content_type": "application/json"} if method == "post" else {}
        response = getattr(client, method)(f"/door/api/{path}", **sent)
        assert (response.status_code, response.json()["wipe"]) == (401, True)


def test_a_revoked_device_gives_what_it_holds_and_wipes(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING))
    device, token = make_device(event, revoked_at=at("2024-11-14 08:00"))
    client = as_device(token)
    assert post(client, "scan", live_scan(device, code_of(person)))[0] == 401
    before = item(device, code_of(person), happened=at("2024-11-14 07:59"))
    status, told = post(client, "scans", batch(before))
    assert (status, told["wipe"], told["results"][0]["status"]) == (200, True, "kept")
    device.refresh_from_db()
    assert device.wiped_at is not None
    assert Admission.objects.count() == 1


def test_a_revoked_device_has_an_hour_for_its_last_words(event, moment):
    moment.move_to(at(EVENT_MORNING))
    device, token = make_device(event, revoked_at=at("2024-11-14 08:00"))
    client = as_device(token)
    assert post(client, "scans", batch())[0] == 200
    moment.move_to(at("2024-11-14 09:32"))
    status, told = post(client, "scans", batch())
    assert (status, told["wipe"], told["known"]) == (401, True, True)


def test_the_thin_way_knows_its_own_name_alone(event):
    client = as_device(make_device(event)[1])
    assert client.get("/door/api/roster", headers={"Host": "elsewhere.example"}).status_code == 400
    assert client.get("/door/api/nothing").json() == {"error": "not_found"}


def test_names_are_for_help_desks_alone(event):
    register(event)
    phone, desk = make_device(event)[1], make_device(event, is_help_desk=True)[1]
    assert as_device(phone).get("/door/api/people").status_code == 403
    assert as_device(phone).get("/door/api/card?registration=1").status_code == 403
    assert len(as_device(desk).get("/door/api/people").json()["people"]) == 1


def test_a_remote_participant_comes_on_site_if_a_place_is_free(moment):
    event = make_event(capacity=1)
    remote = register(event, attendance=Registration.Attendance.REMOTE)
    moment.move_to(at(EVENT_MORNING))
    client = as_device(make_device(event)[1])
    status, told = post(client, "on-site", {"registration": remote.pk})
    assert (status, told["person"][:2]) == (200, [remote.pk, remote.full_name])
    remote.refresh_from_db()
    assert remote.has_badge
    assert post(client, "on-site", {"registration": remote.pk})[1]["error"] == "not_possible"


def test_a_remote_participant_stays_remote_when_it_is_full(moment):
    event = make_event(capacity=1)
    remote = register(event, attendance=Registration.Attendance.REMOTE)
    register(event)
    moment.move_to(at(EVENT_MORNING))
    told = post(as_device(make_device(event)[1]), "on-site", {"registration": remote.pk})
    assert (told[0], told[1]["error"]) == (409, "full")
    remote.refresh_from_db()
    assert remote.attendance == Registration.Attendance.REMOTE


def test_nobody_of_another_event_is_moved_or_printed(event):
    other = make_event(slug="2020", is_current=False)
    stranger = register(other)
    client = as_device(make_device(event, is_help_desk=True)[1])
    assert post(client, "on-site", {"registration": stranger.pk})[0] == 409
    assert client.get(f"/door/api/card?registration={stranger.pk}").status_code == 409


def test_a_badge_is_printed_again(event):
    person = register(event, first_name="Åsa", last_name="Öhman", language="sv")
    card = as_device(make_device(event, is_help_desk=True)[1]).get(f"/door/api/card?registration={person.pk}").json()
    assert (card["name"], card["lang"], card["code"]) == ("Åsa Öhman", "sv", code_of(person))


def test_bodies_that_are_too_large_or_no_json_are_refused(event):
    client = as_device(make_device(event)[1])
    for body, status in ((b"{" * 100_000, 400), (b"\xff", 400), (b"x" * 1_000_001, 413)):
        assert client.post("/door/api/scans", body, content_type="application/json").status_code == status
    assert Scan.objects.count() == 0


def test_other_methods_are_refused(event):
    assert Client().get("/door/api/scan").status_code == 405
    assert Client().post("/door/api/roster").status_code == 405


def test_a_full_list_of_changes_is_answered_by_the_roster(event):
    make_list(event)
    make_gate(event)
    client = as_device(make_device(event)[1])
    for since in ("", "0", "x", "9" * 30, "²"):
        assert client.get("/door/api/roster", {"since": since}).status_code == 200


def test_a_cancelled_person_is_stopped_at_once(event, moment):
    person = register(event)
    device, token = make_device(event, paired_at=at("2024-10-14 08:00"))
    services.cancel(person.pk, by=None)
    moment.move_to(at(EVENT_MORNING))
    assert post(as_device(token), "scan", live_scan(device, code_of(person)))[1]["reason"] == "cancelled"
