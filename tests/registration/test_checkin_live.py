import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Place
from registration import checkin, rehearsal, services
from registration.models import Admission, Badge, Device, Registration, Scan
from tests.door import EVENT_MORNING, code_of, live_scan, make_device, make_gate, make_list
from tests.factories import at, make_event, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def morning(moment):
    moment.move_to(at(EVENT_MORNING), tick=False)


def answer(device: Device, token: str, *args, **given) -> tuple[str, str]:
    told = checkin.check_in(token, live_scan(device, *args, **given))
    return told["tone"], told["reason"]


def test_a_badge_is_let_in_and_the_person_is_told_of(event, moment):
    person = register(event, first_name="Åsa", last_name="Öhman", photo="no_photo", language="sv")
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    told = checkin.check_in(token, live_scan(device, code_of(person)))
    assert (told["tone"], told["reason"], told["since"]) == ("go", "admit", None)
    assert told["person"] == [person.pk, "Åsa Öhman", "Auranlaakson kunta", person.role_id, "sv", 1, ""]
    admission = Admission.objects.get()
    assert (admission.registration, admission.gate, admission.admitted_at) == (person, device.gate, at(EVENT_MORNING))


def test_coming_back_is_calm_on_a_day_and_looked_into_at_dinner(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    day, dinner = make_list(event), make_list(event, "Illallinen", is_return_normal=False)
    gate, other = make_gate(event), make_gate(event, "Sali")
    device, token = make_device(event, day, gate)
    second, second_token = make_device(event, dinner, other)
    assert answer(device, token, code_of(person)) == ("go", "admit")
    assert answer(second, second_token, code_of(person)) == ("go", "admit")
    moment.move_to(at("2024-11-14 12:00"), tick=False)
    back = checkin.check_in(token, live_scan(device, code_of(person)))
    assert (back["tone"], back["reason"], back["gate"]) == ("go", "back", gate.pk)
    assert back["since"] == int(at(EVENT_MORNING).timestamp() * 1000)
    assert answer(second, second_token, code_of(person)) == ("in", "already")


def test_people_who_may_not_enter_are_looked_into_or_stopped(event, moment):
    days = list(event.days.all())
    first_day = make_list(event, days=days[:1])
    second_only = register(event, days=days[1:])
    remote = register(event, attendance=Registration.Attendance.ON_SITE)
    gone = register(event)
    services.switch_to_remote(remote.pk, by=None)
    services.cancel(gone.pk, by=None)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event, first_day)
    assert answer(device, token, code_of(second_only)) == ("look", "other_list")
    assert answer(device, token, code_of(remote)) == ("look", "remote")
    assert answer(device, token, code_of(gone)) == ("stop", "cancelled")
    assert Admission.objects.count() == 0
    assert Scan.objects.filter(is_admitting=False).count() == 3


def test_a_person_on_the_waiting_list_is_looked_into(moment):
    event = make_event(capacity=1)
    register(event)
    waiting = register(event)
    assert waiting.status == Place.Status.WAITING
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    assert answer(device, token, code_of(waiting)) == ("look", "waiting")


def test_a_badge_that_was_passed_on_tells_no_name(event, moment):
    giver = register(event)
    old = code_of(giver)
    Badge.objects.update(revoked_at=at("2024-10-20 09:00"))
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    told = checkin.check_in(token, live_scan(device, old))
    assert (told["tone"], told["reason"], told["person"]) == ("stop", "revoked", None)


@pytest.mark.parametrize(
    ("names_only", "expected"), [(True, ("look", "other_list")), (False, ("go", "admit"))], ids=["names only", "all"]
)
def test_a_list_of_names_admits_those_on_it_alone(event, moment, names_only, expected):
    guest, other = register(event), register(event)
    dinner = make_list(event, has_names_only=names_only)
    dinner.entries.create(registration=guest)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event, dinner)
    assert answer(device, token, code_of(guest)) == ("go", "admit")
    assert answer(device, token, code_of(other)) == expected


def test_a_list_admits_by_role_and_attendance(event, moment):
    speakers = make_list(event, roles=event.roles.filter(slug="speaker"))
    everyone = make_list(event, attendance="")
    person = register(event)
    remote = register(event)
    services.switch_to_remote(remote.pk, by=None)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event, speakers)
    assert answer(device, token, code_of(person)) == ("look", "other_list")
    assert answer(device, token, code_of(remote), list=everyone.number) == ("go", "admit")


def test_an_assistant_is_a_person_of_their_own(event, moment):
    person = register(event, has_assistant=True)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    assert answer(device, token, code_of(person)) == ("go", "admit")
    assert answer(device, token, code_of(person, is_assistant=True)) == ("go", "admit")
    assert sorted(Admission.objects.values_list("is_assistant", flat=True)) == [False, True]


def test_codes_of_nobody_and_of_another_event(event, moment):
    other = make_event(slug="2020", is_current=False)
    stranger = register(other)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    assert answer(device, token, "I24-" + "A" * 26) == ("stop", "unknown")
    assert answer(device, token, code_of(stranger)) == ("stop", "other_event")
    assert answer(device, token, "https://integration2024.example/") == ("stop", "not_a_badge")
    assert set(Scan.objects.values_list("registration", "is_admitting")) == {(None, False)}
    assert Scan.objects.get(reason="not_a_badge").code == ""


def test_the_same_scan_sent_again_gets_the_same_answer_and_is_kept_once(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    scan = live_scan(device, code_of(person))
    first, again = checkin.check_in(token, scan), checkin.check_in(token, scan)
    assert (first["tone"], first["reason"], first["is_repeat"]) == ("go", "admit", False)
    assert (again["tone"], again["reason"], again["is_repeat"]) == ("go", "admit", True)
    assert Scan.objects.count() == 1


def test_somebody_found_by_name_is_let_in_without_a_badge(event, moment):
    remote = register(event, attendance=Registration.Attendance.REMOTE)
    everyone = make_list(event, attendance="")
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event, everyone, is_help_desk=True)
    told = answer(device, token, kind="name", registration=remote.pk, is_assistant=False)
    assert told == ("go", "admit")
    with pytest.raises(checkin.BadItem):
        answer(device, token, kind="name", registration=10**9)


def test_a_rehearsed_badge_is_answered_by_the_rule_and_admits_nobody(event, morning):
    device, token = make_device(event)
    for test in rehearsal.badges(event):
        assert "/".join(answer(device, token, test.code)) in test.expected, test.kind
    assert set(Scan.objects.values_list("kind", "is_admitting")) == {("test", False)}
    assert Admission.objects.count() == 0


def test_only_a_help_desk_hears_a_name_without_a_badge(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    with pytest.raises(checkin.Refused) as refusal:
        answer(device, token, kind="name", registration=person.pk)
    assert (refusal.value.word, refusal.value.must_wipe) == (checkin.HELP_DESK, False)


def test_nobody_has_an_assistant_whom_they_did_not_name(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event, is_help_desk=True)
    with pytest.raises(checkin.BadItem):
        answer(device, token, kind="name", registration=person.pk, is_assistant=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "not a key"}, {"id": None}, {"kind": "undo"}, {"kind": ["read"]}, {"code": 7}, {"list": 99},
        {"list": True}, {"gate": -1}, {"scanned_at": "yesterday"}, {"scanned_at": 10**18}, {"sent_at": None},
        {"kind": "name"},
    ],
    ids=str,
)  # fmt: skip
def test_what_no_device_of_ours_sends_is_refused(event, morning, wrong):
    device, token = make_device(event)
    with pytest.raises(checkin.BadItem):
        checkin.check_in(token, live_scan(device, **wrong))
    assert Scan.objects.count() == 0


def test_a_gate_that_is_gone_gives_way_to_the_devices_own(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    assert answer(device, token, code_of(person), gate=10**6) == ("go", "admit")
    assert Scan.objects.get().gate == device.gate


@pytest.mark.parametrize("state", ["unknown", "revoked", "expired"])
def test_a_device_that_is_no_longer_good_is_told_to_wipe(event, moment, state):
    moment.move_to(at("2024-11-17 00:00" if state == "expired" else "2024-11-16 23:59"), tick=False)
    device, token = make_device(event, revoked_at=at("2024-11-14 08:00") if state == "revoked" else None)
    with pytest.raises(checkin.Refused) as refusal:
        checkin.check_in("somebody else's" if state == "unknown" else token, live_scan(device))
    assert (refusal.value.must_wipe, refusal.value.is_known) == (True, state != "unknown")


def test_moments_follow_the_servers_clock(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    day_ahead = live_scan(device)["sent_at"] + 24 * 3600 * 1000
    checkin.check_in(token, live_scan(device, code_of(person), scanned_at=day_ahead - 2000, sent_at=day_ahead))
    scan = Scan.objects.get()
    assert scan.corrected_at == at("2024-11-14 08:29:58")
    assert scan.scanned_at == at("2024-11-15 08:29:58")


def test_the_usual_way_takes_two_statements(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event, last_contact_at=at(EVENT_MORNING))
    first, second = (live_scan(device, code_of(person)) for _ in range(2))
    with CaptureQueriesContext(connection) as queries:
        checkin.check_in(token, first)
    assert len(queries) == 2
    with CaptureQueriesContext(connection) as queries:
        checkin.check_in(token, second)
    assert len(queries) == 2


def test_a_scan_says_that_the_device_is_there(event, moment):
    device, token = make_device(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    checkin.check_in(token, live_scan(device, "I24-" + "A" * 26, id=str(uuid.uuid4())))
    device.refresh_from_db()
    assert device.last_contact_at == at(EVENT_MORNING)
