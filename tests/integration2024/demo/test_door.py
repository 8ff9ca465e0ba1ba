"""The door in the demo: gates and lists are there, and a newcomer becomes door staff by one click."""

import json

import pytest
from django.test import Client

from events import clock, tokens
from integration2024.demo import door, loader
from integration2024.demo.roles import PARTICIPANT
from registration.models import CheckInList, Device, Gate, ListEntry, Registration
from tests.factories import at, register


def lists(event) -> dict[str, CheckInList]:
    return {row.name_en: row for row in event.check_in_lists.all()}


def test_gates_and_lists_come_with_the_event_and_once(demo) -> None:
    loader.load()
    assert [gate.name_en for gate in demo.gates.all()] == ["Main entrance", "Hall", "Workshop"]
    found = lists(demo)
    assert list(found) == ["Pick-up on the eve", "Day 1", "Day 2", "Dinner"]
    assert [day.date.day for day in found["Day 2"].days.all()] == [15]
    assert not found["Pick-up on the eve"].days.exists()
    assert (found["Dinner"].has_names_only, found["Dinner"].is_return_normal) == (True, False)
    for row in found.values():
        row.full_clean()


def test_what_organisers_renamed_or_deleted_does_not_come_back(demo) -> None:
    demo.gates.filter(name_en="Workshop").delete()
    demo.check_in_lists.filter(name_en="Dinner").delete()
    loader.load()
    assert (demo.gates.count(), demo.check_in_lists.count()) == (2, 3)


def be_door_staff(client: Client, language: str = "sv") -> Device:
    response = client.post("/demo/be/door/", {"language": language})
    assert response.status_code == 303
    path, _, token = response["Location"].partition("#pair=")
    assert path == "/door/"
    return Device.objects.get(pk=tokens.read("device", token).pk)


def test_door_staff_get_a_help_desk_on_the_morning_of_the_event(demo, client: Client) -> None:
    device = be_door_staff(client)
    assert at("2024-11-14 08:00") <= clock.now() < at("2024-11-14 08:01")
    assert (device.is_help_desk, device.language, device.gate.name_en) == (True, "sv", "Main entrance")
    assert device.check_in_list.name_en == "Day 1"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("moment", "now", "name"),
    [
        ("2024-11-14 16:30", "2024-11-14 16:30", "Day 1"),
        ("2024-11-15 09:00", "2024-11-15 09:00", "Day 2"),
        ("2024-11-15 20:00", "2024-11-15 20:00", "Day 2"),
        ("2024-11-29 09:00", "2024-11-14 08:00", "Day 1"),
    ],
)
def test_who_is_at_the_event_already_stays_there(demo, client: Client, moment: str, now: str, name: str) -> None:
    clock.travel(at(moment))
    device = be_door_staff(client)
    assert 0 <= (clock.now() - at(now)).total_seconds() < 60
    assert device.check_in_list.name_en == name


def test_the_participants_badge_is_read_at_the_door(demo, client: Client) -> None:
    client.post("/demo/be/participant/", {"language": "fi"})
    token = client.post("/demo/be/door/")["Location"].partition("#pair=")[2]
    paired = post(client, "pair", {"token": token, "name": "Tab 2", "language": "fi", "version": "1"})
    registration = Registration.objects.get(email=PARTICIPANT)
    now, device = paired["now"], paired["device"]
    scan = {
        "id": "7d9c1f6e-5c0a-4c8e-9a53-0d7c6a1b2c3d", "kind": "read", "code": registration.badges.get().code,
        "list": device["list"], "gate": device["gate"], "scanned_at": now, "sent_at": now,
    }  # fmt: skip
    answer = post(client, "scan", scan, paired["token"])
    assert (answer["tone"], answer["reason"]) == ("go", "admit")


def post(client: Client, name: str, body: dict, token: str = "") -> dict:
    headers = {"authorization": f"Device {token}"} if token else {}
    response = client.post(f"/door/api/{name}", json.dumps(body), content_type="application/json", headers=headers)
    assert response.status_code == 200, response.content
    return response.json()


def test_the_door_opens_though_somebody_has_deleted_every_gate_and_list(demo, client: Client) -> None:
    CheckInList.objects.all().delete()
    Gate.objects.all().delete()
    assert be_door_staff(client).check_in_list.name_en == "Day 1"


def test_the_button_opens_a_tab_of_its_own(demo, client: Client) -> None:
    page = client.get("/en/").content.decode()
    assert 'action="/demo/be/door/" target="_blank"' in page
    assert page.count(" target=") == 1


def test_sixty_people_are_invited_to_the_dinner_as_they_register(demo, monkeypatch) -> None:
    monkeypatch.setattr(door, "GUESTS", 7)
    first, *_ = [register(demo) for _ in range(5)]
    register(demo, attendance="remote")
    assert door.invite_to_dinner(demo) == 5
    ListEntry.objects.get(registration=first).delete()
    assert door.invite_to_dinner(demo) == 0
    for _ in range(5):
        register(demo)
    assert (door.invite_to_dinner(demo), door.invite_to_dinner(demo)) == (3, 0)
    assert ListEntry.objects.count() == 7
    assert not ListEntry.objects.filter(registration=first).exists()
