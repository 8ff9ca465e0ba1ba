"""Making, pairing anew and revoking devices; closing conflicts; many people put on a list at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from events import clock, tokens
from events.models import Event, LogEntry
from registration import services
from registration.checkin import Refused, pair, take
from registration.models import Conflict, Device, ListEntry
from tests.door import batch, item, make_device, make_gate, make_list
from tests.factories import make_event, make_organiser, register

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def made(event: Event, **given: Any) -> Device:
    told = {"name": "Puhelin 1", "language": "sv", "is_help_desk": True, "by": None, **given}
    return services.make_device(event, make_gate(event), make_list(event), **told)


def join(device: Device, **given: Any) -> tuple[str, Device]:
    token = given.pop("token", None) or services.pairing_token(device)
    return pair(token, **{"name": "", "language": "fi", "version": "1", **given})


def is_now(when: datetime | None) -> bool:
    return when is not None and abs(clock.now() - when) < timedelta(seconds=5)


# --- Making -----------------------------------------------------------------------------------------------------------
def test_a_device_waits_an_hour_for_its_phone(event: Event, moment, settings):
    organiser = make_organiser(event)
    device = made(event, by=organiser)
    assert (device.name, device.language, device.is_help_desk, device.made_by) == ("Puhelin 1", "sv", True, organiser)
    assert is_now(device.pairing_ends_at - Device.PAIRING_TIME)
    assert services.pairing_link(device) == f"{settings.SITE_URL}/door/#pair={services.pairing_token(device)}"
    assert tokens.read(services.DEVICE, services.pairing_token(device)) == (device.pk, device.link_version)
    assert services.can_be_paired(device, clock.now())
    assert LogEntry.objects.about(device).get().action == "device made"
    moment.shift(Device.PAIRING_TIME)
    assert not services.can_be_paired(device, clock.now())
    with pytest.raises(Refused):
        join(device)


def test_the_gate_and_the_list_are_of_the_event(event: Event):
    other = make_event(slug="2020", is_current=False)
    for gate, check_in_list in ((make_gate(other), make_list(event)), (make_gate(event), make_list(other))):
        with pytest.raises(services.NotPossible):
            services.make_device(
                event, gate, check_in_list, name="", language="fi", is_help_desk=False, by=None
            )  # fmt: skip
    assert not Device.objects.exists()


def test_no_device_is_made_when_the_event_is_over(event: Event, moment):
    device = made(event)
    moment.move_to("2024-11-16T23:00+02:00")  # a day after the last one
    made(event)
    moment.move_to("2024-11-17T00:00+02:00")
    with pytest.raises(services.EventOver):
        made(event)
    with pytest.raises(services.EventOver):
        services.new_pairing_link(device.pk, by=None)


# --- Another link -----------------------------------------------------------------------------------------------------
def test_a_new_link_is_good_for_another_hour_and_the_old_one_dies(event: Event, moment):
    device = made(event)
    old = services.pairing_token(device)
    moment.shift(Device.PAIRING_TIME * 2)
    device = services.new_pairing_link(device.pk, by=None)
    with pytest.raises(Refused):
        join(device, token=old)
    _token, paired = join(device, name="Oven puhelin")
    assert (paired.name, is_now(paired.paired_at)) == ("Oven puhelin", True)
    assert [entry.action for entry in LogEntry.objects.about(device)] == [
        "device made", "new pairing link", "device paired"
    ]  # fmt: skip


def test_a_device_in_use_gets_no_second_phone(event: Event):
    device, _token = make_device(event)
    with pytest.raises(services.DeviceInUse):
        services.new_pairing_link(device.pk, by=None)


# --- Revoking ---------------------------------------------------------------------------------------------------------
def test_a_revoked_device_stays_revoked_and_its_link_dies(event: Event, moment):
    device = made(event)
    link = services.pairing_token(device)
    revoked = services.revoke_device(device.pk, by=None)
    first = revoked.revoked_at
    moment.shift(60)
    assert services.revoke_device(device.pk, by=None).revoked_at == first
    with pytest.raises(Refused):
        join(device, token=link)
    with pytest.raises(Refused):
        join(Device.objects.get(pk=device.pk))
    with pytest.raises(services.DeviceRevoked):
        services.new_pairing_link(device.pk, by=None)
    assert LogEntry.objects.about(device).filter(action="device revoked").count() == 1


# --- Conflicts --------------------------------------------------------------------------------------------------------
def test_a_conflict_is_closed_once_with_its_reason(event: Event, moment):
    organiser = make_organiser(event)
    device, _token = make_device(event)
    take(device, batch(item(device, "I24-" + "A" * 26)))
    conflict = Conflict.objects.get()
    services.close_conflict(conflict.pk, "Painovirhe", by=organiser)
    conflict.refresh_from_db()
    assert (conflict.reason, conflict.closed_by, is_now(conflict.closed_at)) == ("Painovirhe", organiser, True)
    moment.shift(60)
    with pytest.raises(services.AlreadyClosed):
        services.close_conflict(conflict.pk, "Muu syy", by=None)
    conflict.refresh_from_db()
    assert conflict.reason == "Painovirhe"
    assert LogEntry.objects.about(conflict).get().action == "conflict closed"


# --- People on a list -------------------------------------------------------------------------------------------------
def test_many_people_come_onto_a_list_and_leave_it(event: Event, django_assert_max_num_queries):
    dinner = make_list(event, "Illallinen", has_names_only=True)
    people = [register(event).pk for _ in range(5)]
    stranger = register(make_event(slug="2020", is_current=False)).pk
    assert services.put_on_list(dinner.pk, people[:2], by=None) == 2
    with django_assert_max_num_queries(8):
        assert services.put_on_list(dinner.pk, [*people, *people, stranger], by=None) == 3
    assert sorted(dinner.entries.values_list("registration", flat=True)) == sorted(people)
    assert services.take_off_list(dinner.pk, [people[0], stranger], by=None) == 1
    assert services.take_off_list(dinner.pk, [people[0]], by=None) == 0
    assert ListEntry.objects.count() == 4
    history = LogEntry.objects.filter(about_type="registration.registration", about_id=people[0]).order_by("pk")
    assert [(entry.action, entry.details) for entry in history[1:]] == [
        ("put on a check-in list", {"name": "Illallinen"}), ("taken off a check-in list", {"name": "Illallinen"})
    ]  # fmt: skip
    assert [entry.details["count"] for entry in LogEntry.objects.about(dinner)] == [2, 3, 1]
