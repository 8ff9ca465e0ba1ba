import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import clock
from registration import checkin, services
from registration.models import Admission, Badge, Conflict, Registration, Scan
from registration.roster import milliseconds
from tests.door import EVENT_MORNING, batch, code_of, item, live_scan, make_device, make_gate, make_list, undo
from tests.factories import at, make_event, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


@pytest.fixture
def people(event):
    return [register(event) for _ in range(3)]


@pytest.fixture
def door(event, people, moment):
    """Two devices at two gates of a dinner, to which one does not come twice."""
    moment.move_to(at("2024-11-14 18:00"), tick=False)
    dinner = make_list(event, "Illallinen", is_return_normal=False)
    names = ("Pääovi", "Sali")
    return [make_device(event, dinner, make_gate(event, name), is_help_desk=True)[0] for name in names]


def open_conflicts() -> list[str]:
    return sorted(Conflict.objects.filter(closed_at=None).values_list("kind", flat=True))


def inside() -> set[int]:
    return set(Admission.objects.exclude(admitted_at=None).values_list("registration", flat=True))


def test_what_has_happened_is_kept_and_counts(door, people):
    told = checkin.take(door[0], batch(*(item(door[0], code_of(person)) for person in people), unsent=3, battery=80))
    assert [result["status"] for result in told["results"]] == ["kept"] * 3
    assert inside() == {person.pk for person in people}
    door[0].refresh_from_db()
    assert (door[0].unsent, door[0].battery, door[0].last_contact_at) == (3, 80, clock.now())


def test_a_batch_that_comes_twice_counts_once(door, people):
    sent = batch(item(door[0], code_of(people[0])))
    checkin.take(door[0], sent)
    told = checkin.take(door[0], sent)
    assert told["results"][0]["status"] == "repeat"
    assert (Scan.objects.count(), Admission.objects.count(), open_conflicts()) == (1, 1, [])


def test_the_earliest_arrival_is_the_admission_whenever_it_comes(door, people):
    late = item(door[0], code_of(people[0]), happened=at("2024-11-14 17:30"))
    early = item(door[1], code_of(people[0]), happened=at("2024-11-14 17:10"))
    for device, scan in ((door[0], late), (door[1], early)):
        checkin.take(device, batch(scan))
    admission = Admission.objects.get()
    assert (str(admission.scan_id), admission.gate) == (early["id"], door[1].gate)
    assert open_conflicts() == ["double"]


def test_two_devices_that_let_one_badge_in_are_one_conflict(door, people):
    for device in door:
        checkin.take(device, batch(item(device, code_of(people[0]))))
        checkin.take(device, batch(item(device, code_of(people[1]), tone="in", reason="already")))
    conflict = Conflict.objects.get()
    assert (conflict.kind, conflict.registration, conflict.check_in_list) == (
        "double",
        people[0],
        door[0].check_in_list,
    )


@pytest.mark.parametrize(("minutes", "expected"), [(9, ["double"]), (10, [])])
def test_where_coming_back_is_normal_only_two_gates_at_once_are_a_conflict(event, people, moment, minutes, expected):
    moment.move_to(at("2024-11-14 12:00"), tick=False)
    day = make_list(event)
    devices = [make_device(event, day, make_gate(event))[0] for _ in range(2)]
    checkin.take(devices[0], batch(item(devices[0], code_of(people[0]), happened=at("2024-11-14 09:00"))))
    happened = at("2024-11-14 09:00") + timedelta(minutes=minutes)
    checkin.take(devices[1], batch(item(devices[1], code_of(people[0]), happened=happened)))
    assert open_conflicts() == expected


def test_an_undo_takes_back_even_before_its_scan_has_come(door, people):
    scan = item(door[0], code_of(people[0]))
    checkin.take(door[0], batch(undo(door[0], scan)))
    checkin.take(door[0], batch(scan))
    assert inside() == set()
    other = item(door[0], code_of(people[1]))
    checkin.take(door[0], batch(other))
    checkin.take(door[0], batch(undo(door[0], other)))
    assert inside() == set()
    checkin.take(door[1], batch(item(door[1], code_of(people[1]))))
    assert inside() == {people[1].pk}
    assert open_conflicts() == []


def test_an_undo_later_than_fifteen_minutes_takes_nothing_back(door, people, moment):
    scan = item(door[0], code_of(people[0]))
    moment.move_to(at("2024-11-14 18:15:01"), tick=False)
    checkin.take(door[0], batch(scan, undo(door[0], scan)))
    assert inside() == {people[0].pk}


def test_an_undone_arrival_gives_way_to_the_next_one(door, people):
    first = item(door[0], code_of(people[0]), happened=at("2024-11-14 17:50"))
    second = item(door[1], code_of(people[0]), happened=at("2024-11-14 17:55"))
    checkin.take(door[0], batch(first))
    checkin.take(door[1], batch(second))
    assert open_conflicts() == ["double"]
    checkin.take(door[0], batch(undo(door[0], first, happened=at("2024-11-14 17:52"))))
    assert str(Admission.objects.get().scan_id) == second["id"]
    assert open_conflicts() == []
    assert Conflict.objects.get().reason == ""


def test_a_conflict_that_a_person_has_closed_stays_closed_until_it_happens_again(door, people, moment):
    sent = [batch(item(device, code_of(people[0]))) for device in door]
    for device, one in zip(door, sent, strict=True):
        checkin.take(device, one)
    moment.shift(60)
    Conflict.objects.update(closed_at=clock.now(), reason="Avustaja")
    checkin.take(door[0], sent[0])
    assert open_conflicts() == []
    moment.shift(60)
    checkin.take(door[0], batch(item(door[0], code_of(people[0]))))
    assert open_conflicts() == ["double"]


def test_a_device_that_is_no_help_desk_lets_nobody_in_by_name(event, door, people):
    phone, _token = make_device(event, door[0].check_in_list)
    by_name = item(phone, kind="name", registration=people[0].pk)
    told = checkin.take(phone, batch(by_name, item(phone, kind="walk_in", person=newcomer(event))))
    assert [result["status"] for result in told["results"]] == ["broken", "broken"]
    assert (inside(), open_conflicts()) == (set(), ["broken", "broken"])
    assert not Registration.objects.filter(email="uusi@kunta.example").exists()


def test_what_a_revoked_device_reports_counts_until_then_and_a_person_looks_at_it(event, door, people, moment):
    door[0].revoked_at = clock.now()
    door[0].save(update_fields=["revoked_at"])
    before = item(door[0], code_of(people[0]))
    moment.shift(60)
    after = item(door[0], code_of(people[1]))
    told = checkin.take(door[0], batch(before, after, item(door[0], kind="walk_in", person=newcomer(event))))
    assert [result["status"] for result in told["results"]] == ["kept", "kept", "broken"]
    assert inside() == {people[0].pk}
    assert open_conflicts() == ["broken", "revoked"]


def test_an_undo_settles_what_was_done_against_the_servers_answer(event, door, people):
    checkin.take(door[0], batch(item(door[0], code_of(people[0]))))
    device, token = make_device(event, door[1].check_in_list, door[1].gate)
    asked = live_scan(device, code_of(people[0]))
    checkin.check_in(token, asked)
    acted = item(device, code_of(people[0]), id=asked["id"])
    checkin.take(device, batch(acted))
    assert open_conflicts() == ["told_otherwise"]
    checkin.take(device, batch(undo(device, acted)))
    assert open_conflicts() == []


def test_letting_in_somebody_who_has_cancelled_is_a_conflict(door, people, moment):
    services.cancel(people[0].pk, by=None)
    before = item(door[0], code_of(people[0]), happened=at("2024-11-14 17:59"))
    checkin.take(door[0], batch(before))
    assert open_conflicts() == []
    checkin.take(door[1], batch(item(door[1], code_of(people[0]))))
    assert open_conflicts() == ["cancelled", "double"]


def test_a_badge_passed_on_that_lets_in_is_a_conflict(door, people):
    code = code_of(people[0])
    Badge.objects.filter(code=code).update(revoked_at=at("2024-11-01 09:00"))
    checkin.take(door[0], batch(item(door[0], code)))
    assert open_conflicts() == ["cancelled"]


def test_an_unknown_code_let_in_by_hand_is_a_conflict_until_it_is_taken_back(door):
    stranger = item(door[0], "I24-" + "B" * 26, kind="let_in", reason="let_in")
    read = item(door[0], "I24-" + "B" * 26, tone="look", reason="unknown")
    checkin.take(door[0], batch(read, stranger))
    assert open_conflicts() == ["unknown"]
    checkin.take(door[0], batch(undo(door[0], stranger)))
    assert open_conflicts() == []


def test_a_device_that_acted_against_the_servers_answer_is_a_conflict(door, people, event):
    checkin.take(door[0], batch(item(door[0], code_of(people[0]))))
    device, token = make_device(event, door[1].check_in_list, door[1].gate)
    asked = live_scan(device, code_of(people[0]))
    assert checkin.check_in(token, asked)["tone"] == "in"
    told = checkin.take(device, batch(item(device, code_of(people[0]), id=asked["id"])))
    assert told["results"][0] == {"id": asked["id"], "status": "repeat", "tone": "in", "reason": "already"}
    assert open_conflicts() == ["told_otherwise"]
    assert Scan.objects.get(pk=asked["id"]).reason == "already"


def test_a_broken_item_is_kept_and_the_others_count(door, people):
    sent = batch(item(door[0], code_of(people[0])), {"id": "7", "code": "\udfff\x00"}, item(door[0], list=200))
    told = checkin.take(door[0], sent)
    assert [result["status"] for result in told["results"]] == ["kept", "broken", "broken"]
    assert told["results"][1]["id"] == "7"
    assert inside() == {people[0].pk}
    assert open_conflicts() == ["broken", "broken"]
    checkin.take(door[0], sent)
    assert open_conflicts() == ["broken", "broken"]


@pytest.mark.parametrize(
    "body", [None, [], {}, {"scans": []}, {"scans": {}, "sent_at": 1}, {"scans": [0] * 1001, "sent_at": 1}]
)
def test_what_is_no_batch_is_refused(door, body):
    with pytest.raises(checkin.BadItem):
        checkin.take(door[0], body)


def test_clocks_that_are_wrong_are_corrected_and_impossible_moments_bounded(door, people):
    now = clock.now()
    day_behind = timedelta(days=-1)
    wrong = [
        item(door[0], code_of(people[0]), happened=now + day_behind - timedelta(minutes=5)),
        item(door[0], code_of(people[1]), happened=now + timedelta(days=3)),
        item(door[0], code_of(people[2]), happened=now - timedelta(days=365)),
    ]
    checkin.take(door[0], batch(*wrong, sent_at=now + day_behind))
    moments = dict(Scan.objects.values_list("registration", "corrected_at"))
    assert moments == {
        people[0].pk: now - timedelta(minutes=5),
        people[1].pk: now,
        people[2].pk: door[0].paired_at,
    }
    door[0].refresh_from_db()
    assert door[0].clock_offset_ms == 24 * 3600 * 1000


def test_a_newcomer_is_registered_once_however_often_the_batch_comes(event, door):
    told = newcomer(event)
    sent = batch(item(door[0], kind="walk_in", person=told))
    first, again = checkin.take(door[0], sent), checkin.take(door[0], sent)
    registration = Registration.objects.get(email="uusi@kunta.example")
    assert first["results"][0]["registration"] == again["results"][0]["registration"] == registration.pk
    assert (registration.is_confirmed, registration.pools.count(), registration.language) == (True, 0, "sv")
    assert inside() == {registration.pk}


def newcomer(event, **given):
    return {
        "registration_key": "8d9f3a52-2024-4a11-8c14-000000000001", "first_name": "Uusi", "last_name": "Tulija",
        "email": "uusi@kunta.example", "organisation": "Kunta", "language": "sv",
        "organisation_type": event.organisation_types.get().pk, **given,
    }  # fmt: skip


def test_a_newcomer_who_is_registered_already_is_that_person(event, door, people):
    told = checkin.take(
        door[0], batch(item(door[0], kind="walk_in", person=newcomer(event, email=people[0].email.upper())))
    )
    assert told["results"][0]["registration"] == people[0].pk
    assert inside() == {people[0].pk}


@pytest.mark.parametrize("strange", [float("inf"), float("nan"), True, None, [], {}, 10**400, "\x00", -1])
def test_a_newcomer_of_a_type_that_is_none_is_a_conflict(event, door, strange):
    told = checkin.take(
        door[0], batch(item(door[0], kind="walk_in", person=newcomer(event, organisation_type=strange)))
    )
    assert told["results"][0]["problem"] == "organisation_type"
    assert Conflict.objects.get().kind == "not_registered"


def test_a_newcomer_without_an_address_is_a_conflict_and_nothing_typed_is_lost(event, door):
    told = checkin.take(door[0], batch(item(door[0], kind="walk_in", person=newcomer(event, email="uusi"))))
    assert told["results"][0]["problem"] == "email"
    assert open_conflicts() == ["not_registered"]
    kept = Conflict.objects.get(kind="not_registered").detail["person"]
    assert json.loads(kept)["last_name"] == "Tulija"


def test_more_scans_cost_no_more_statements(door, people, event):
    def statements(count: int) -> int:
        scans = [item(door[0], code_of(person), happened=at("2024-11-14 17:00")) for person in people[:count]]
        with CaptureQueriesContext(connection) as queries:
            checkin.take(door[0], batch(*scans))
        return len(queries)

    assert statements(1) == statements(3)


def test_other_events_and_lists_are_left_alone(event, door, people):
    day = make_list(event)
    checkin.take(door[0], batch(item(door[0], code_of(people[0]), list=day.number)))
    other = make_event(slug="2020", is_current=False, on_site_closes_at=None)
    stranger = register(other)
    checkin.take(door[0], batch(item(door[0], code_of(stranger), tone="look", reason="unknown")))
    assert Admission.objects.get().check_in_list == day
    assert Scan.objects.get(reason="unknown").registration is None


def test_milliseconds_are_whole():
    assert milliseconds(at(EVENT_MORNING)) == 1731565800000
