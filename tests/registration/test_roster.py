import json
import struct
import time
import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registration import checkin, rehearsal, roster, services
from registration.models import Badge, CheckInList, LetterRange, Registration, RosterOutline
from tests.door import EVENT_MORNING, code_of, live_scan, make_device, make_list
from tests.factories import at, make_event, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_event()


def parse(data: bytes) -> tuple[dict, dict[bytes, tuple], list[tuple]]:
    """The header, the tickets by their id (flags, lists, what is sealed), the arrivals."""
    (length,) = struct.unpack_from(">I", data)
    header, place = json.loads(data[4 : 4 + length]), 4 + length
    tickets = {}
    for _ in range(header["tickets"]):
        identity, flags, count = data[place : place + 8], data[place + 8], data[place + 9]
        place += 10
        lists = list(data[place : place + count])
        (size,) = struct.unpack_from(">H", data, place + count)
        place += count + 2
        tickets[identity] = (flags, lists, data[place : place + size])
        place += size
    arrivals = [struct.unpack_from(">8sBII", data, place + 17 * number) for number in range(header["arrivals"])]
    assert place + 17 * len(arrivals) == len(data)
    return header, tickets, arrivals


def unseal(data: bytes, code: str) -> list | None:
    header, tickets, _ = parse(data)
    identity, key = roster.digest(code)
    sealed = tickets[identity][2]
    return json.loads(AESGCM(key).decrypt(bytes.fromhex(header["nonce"]), sealed, identity)) if sealed else None


def states(data: bytes) -> list[str]:
    return [roster.STATES[flags & 7] for flags, _, _ in parse(data)[1].values()]


def test_everybody_with_a_badge_is_in_it_and_only_the_badge_opens_what_is_told(event):
    day = make_list(event)
    person = register(event, first_name="Åsa", last_name="Öhman", photo="no_photo", language="sv")
    LetterRange.objects.create(event=event, first="A", last="M", fixed_at=at("2024-11-01 09:00"))
    LetterRange.objects.create(event=event, first="N", last="Ö", fixed_at=at("2024-11-01 09:00"))
    device, _ = make_device(event, day)
    data = roster.roster(device, None)
    header, tickets, _ = parse(data)
    assert unseal(data, code_of(person)) == [
        person.pk, "Åsa Öhman", "Auranlaakson kunta", person.role_id, "sv", 1, "N–Ö",
    ]  # fmt: skip
    assert tickets[roster.digest(code_of(person))[0]][:2] == (4, [day.number])
    assert (header["is_full"], header["expected"], header["lists"][0]["name"]["sv"]) == (True, {"1": 1}, "Päivä 1")
    for secret in ("Öhman", "Auranlaakson", code_of(person)):
        assert secret.encode() not in data


def test_endings_come_first_and_revoked_badges_tell_nothing(event):
    people = [register(event) for _ in range(3)]
    old = code_of(people[2])
    services.cancel(people[1].pk, by=None)
    Badge.objects.filter(code=old).update(revoked_at=at("2024-10-14 09:00"))
    device, _ = make_device(event)
    data = roster.roster(device, None)
    assert states(data)[:3] == ["revoked", "ended", "confirmed"]
    assert unseal(data, old) is None


def test_remote_people_and_assistants_are_marked(event):
    with_assistant, remote = register(event, has_assistant=True), register(event)
    services.switch_to_remote(remote.pk, by=None)
    make_list(event)
    tickets = parse(roster.roster(make_device(event)[0], None))[1]
    flags = {code: tickets[roster.digest(code)[0]][:2] for code in Badge.objects.values_list("code", flat=True)}
    assert flags[code_of(with_assistant, is_assistant=True)] == (4 | 16, [1])
    assert flags[code_of(remote)] == (4 | 8, [])


def test_arrivals_are_told_and_so_is_that_one_was_taken_back(event, moment):
    person = register(event)
    moment.move_to(at(EVENT_MORNING), tick=False)
    device, token = make_device(event)
    tests = len([test for test in rehearsal.badges(event) if test.is_inside])
    checkin.check_in(token, live_scan(device, code_of(person)))
    identity, seconds = roster.digest(code_of(person))[0], int(at(EVENT_MORNING).timestamp())
    arrivals = parse(roster.roster(device, None))[2]
    assert arrivals[0] == (identity, device.check_in_list.number, device.gate_id, seconds)
    assert len(arrivals) == 1 + tests
    person.admissions.update(admitted_at=None, gate=None, scan_id=None)
    assert len(parse(roster.roster(device, None))[2]) == tests


def test_the_rehearsals_badges_are_tickets_like_any_other(event):
    make_list(event)
    header, tickets, _ = parse(roster.roster(make_device(event)[0], None))
    known = {test.kind: roster.digest(test.code)[0] for test in rehearsal.badges(event)}
    assert {row["kind"]: row["id"] for row in header["rehearsal"]} == {kind: key.hex() for kind, key in known.items()}
    assert {kind for kind, key in known.items() if key in tickets} == {"valid", "cancelled", "other_day", "double"}


@pytest.mark.django_db(transaction=True)
class TestChanges:
    """What has changed since a cursor; with real transactions, because the cursor counts them."""

    @pytest.fixture
    def device(self, event):
        make_list(event)
        return make_device(event)[0]

    def cursor(self, device) -> int:
        """One from which nothing has changed; transactions of other tests hold it back."""
        cursor, patience = 0, time.monotonic() + 60
        while True:
            header, tickets, _ = parse(roster.roster(device, cursor))
            if not (header["is_full"] or tickets):
                return cursor
            assert time.monotonic() < patience
            time.sleep(0.05)
            cursor = int(header["cursor"])

    def changed(self, device, since: int) -> set[bytes]:
        header, tickets, _ = parse(roster.roster(device, since))
        assert not header["is_full"]
        return set(tickets)

    @pytest.mark.parametrize(
        "change",
        [
            lambda person: services.cancel(person.pk, by=None),
            lambda person: services.switch_to_remote(person.pk, by=None),
            lambda person: Registration.objects.filter(pk=person.pk).update(organisation="Toinen"),
            lambda person: person.days.remove(person.days.first()),
            lambda person: Badge.objects.filter(registration=person).update(revoked_at=at("2024-10-14 09:00")),
            lambda person: person.event.check_in_lists.get().entries.create(registration=person),
        ],
        ids=["cancelled", "remote", "organisation", "days", "badge", "list"],
    )
    def test_whatever_changes_a_person_is_told_however_it_was_written(self, event, device, change):
        person, other = register(event), register(event)
        since = self.cursor(device)
        change(person)
        assert self.changed(device, since) == {roster.digest(code)[0] for code in self.codes(person)}
        assert not {roster.digest(code_of(other))[0]} & self.changed(device, since)

    def codes(self, person) -> list[str]:
        return list(Badge.objects.filter(registration=person).values_list("code", flat=True))

    def test_what_the_door_does_not_show_changes_nothing(self, event, device):
        person = register(event)
        since = self.cursor(device)
        Registration.objects.filter(pk=person.pk).update(job_title="Ohjaaja", link_version=7)
        assert self.changed(device, since) == set()

    def test_a_change_that_is_written_while_the_roster_is_read_comes_next_time(self, event, device):
        person = register(event)
        other = connection.copy()
        try:
            with other.cursor() as writer:
                other.set_autocommit(False)
                statement = "UPDATE registration_registration SET organisation = 'Myöhässä' WHERE id = %s"
                writer.execute(statement, [person.pk])
                register(event)  # begins later, is finished earlier
                since = int(parse(roster.roster(device, None))[0]["cursor"])
                other.commit()
            assert roster.digest(code_of(person))[0] in parse(roster.roster(device, since))[1]
        finally:
            other.close()

    def test_arrivals_are_told_again_with_a_badge_given_anew(self, event, device):
        person = register(event)
        arrived = {"gate": device.gate, "scan_id": uuid.uuid4(), "admitted_at": at(EVENT_MORNING)}
        person.admissions.create(event=event, check_in_list=device.check_in_list, **arrived)
        since = self.cursor(device)
        Badge.objects.filter(registration=person).update(code="I24-" + "Z" * 26)
        assert [row[0] for row in parse(roster.roster(device, since))[2]] == [roster.digest("I24-" + "Z" * 26)[0]]

    def test_a_list_that_changes_makes_everybody_take_the_whole_roster(self, event, device):
        person = register(event)
        since = self.cursor(device)
        event.check_in_lists.get().days.add(event.days.last())
        header, tickets, _ = parse(roster.roster(device, since))
        assert header["is_full"]
        assert roster.digest(code_of(person))[0] in tickets

    def test_a_cursor_of_another_database_gets_everything(self, device):
        assert parse(roster.roster(device, 10**15))[0]["is_full"]


def test_the_number_of_a_list_is_never_given_twice(event):
    make_list(event).delete()
    assert make_list(event).number == 2
    RosterOutline.objects.update(lists_made=255)
    with pytest.raises(ValidationError):
        CheckInList(event=event, name_fi="Liikaa").clean()


def test_a_thousand_people_cost_no_more_statements_than_one(event):
    device, _ = make_device(event)

    def statements() -> int:
        fresh = type(device).objects.select_related("event", "check_in_list").get(pk=device.pk)
        with CaptureQueriesContext(connection) as queries:
            roster.roster(fresh, None)
        return len(queries)

    register(event)
    before = statements()
    for _ in range(4):
        register(event)
    assert statements() == before


def test_the_help_desk_knows_everybody_by_name_in_the_alphabet(event):
    make_list(event)
    for name in ("Öhman", "Aalto", "Åberg"):
        register(event, last_name=name, first_name="X")
    register(event, last_name="Etä", first_name="X", attendance=Registration.Attendance.REMOTE)
    people = roster.people(event)
    assert [person[3] for person in people] == ["X Aalto", "X Etä", "X Åberg", "X Öhman"]
    identity, registration, is_assistant, *told, state, is_remote, lists = people[1]
    assert (is_assistant, state, is_remote, lists, len(told)) == (False, "confirmed", True, [], 6)
    assert identity == roster.id_without_badge(registration).hex()
