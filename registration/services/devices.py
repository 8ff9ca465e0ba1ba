"""Devices of the door: made by an organiser or door lead, paired by a phone (`checkin`), revoked."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import clock, tokens
from events.models import Event, LogEntry, User
from events.transitions import Refusal
from registration.models import CheckInList, Device, Gate
from registration.services import rules

DEVICE = "device"  # what a pairing link is for


class DeviceInUse(Refusal):
    """A phone already holds this device: a second one would be taken for it, and the first could not send any more."""

    message = _("This device is in use. Make another one for another phone.")


class DeviceRevoked(Refusal):
    """What was revoked stays revoked."""

    message = _("This device has been revoked. Make another one.")


class EventOver(Refusal):
    """Devices end with their event."""

    message = _("The event is over; its devices no longer work.")


@transaction.atomic
def make_device(
    event: Event,
    gate: Gate,
    check_in_list: CheckInList,
    *,
    name: str,
    language: str,
    is_help_desk: bool,
    by: User | None,
) -> Device:
    """A device that waits for a phone; its link is good for an hour from now."""
    if {gate.event_id, check_in_list.event_id} != {event.pk}:
        raise rules.NotPossible
    at = clock.now()
    device = Device(
        event=event, gate=gate, check_in_list=check_in_list, name=name, language=language, is_help_desk=is_help_desk,
        pairing_ends_at=at + Device.PAIRING_TIME, made_by=by,
    )  # fmt: skip
    _refuse_after_event(device, at)
    device.save()
    LogEntry.objects.record(device, "device made", by=by)
    return device


@transaction.atomic
def new_pairing_link(device_id: int, *, by: User | None) -> Device:
    """Another link, good for another hour; the one given out before dies."""
    at = clock.now()
    device = _lock(device_id)
    if device.revoked_at:
        raise DeviceRevoked
    if device.paired_at:
        raise DeviceInUse
    _refuse_after_event(device, at)
    device.link_version += 1
    device.pairing_ends_at = at + Device.PAIRING_TIME
    device.save(update_fields=["link_version", "pairing_ends_at"])
    LogEntry.objects.record(device, "new pairing link", by=by)
    return device


@transaction.atomic
def revoke(device_id: int, *, by: User | None) -> Device:
    """End a device: it sends what is unsent and wipes itself at its next contact. Twice is once."""
    device = _lock(device_id)
    if device.revoked_at:
        return device
    device.revoked_at = clock.now()
    device.link_version += 1
    device.save(update_fields=["revoked_at", "link_version"])
    LogEntry.objects.record(device, "device revoked", by=by)
    return device


def pairing_token(device: Device) -> str:
    """What the phone shows to become this device."""
    return tokens.make(DEVICE, device.pk, device.link_version)


def pairing_link(device: Device) -> str:
    """The address to open on the phone. The token stands behind the #, so that it reaches no log."""
    return f"{settings.SITE_URL}/door/#pair={pairing_token(device)}"


def can_be_paired(device: Device, at: datetime) -> bool:
    """Whether the link that was given out last is still good."""
    return not (device.paired_at or device.revoked_at or device.is_expired(at)) and at < device.pairing_ends_at


def _lock(device_id: int) -> Device:
    rows = Device.objects.select_related("event").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=device_id)


def _refuse_after_event(device: Device, at: datetime) -> None:
    if device.is_expired(at):
        raise EventOver
