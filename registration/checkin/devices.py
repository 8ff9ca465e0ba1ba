"""Devices: paired once, known by their token, gone when revoked or when the event is over."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from events import clock, tokens
from events.models import LogEntry
from registration import services
from registration.checkin.items import plain
from registration.models import Device, Registration

HELP_DESK = "help_desk"  # refused: only help desks know names
LAST_WORDS_WITHIN = timedelta(hours=1)  # after a revoked device has first been heard of
TOKEN_BYTES = 32
LANGUAGES = set(Registration.Language.values)


class Refused(Exception):
    """A device that may not do what it asks. `must_wipe` tells it to delete what it holds.

    One that is known, revoked or expired, first sends what is unsent; one that is not keeps it.
    """

    def __init__(
        self, word: str, *, must_wipe: bool = False, is_known: bool = False, device: Device | None = None
    ) -> None:
        super().__init__(word)
        self.word, self.must_wipe, self.device = word, must_wipe, device
        self.is_known = is_known or device is not None


@transaction.atomic
def pair(value: str, *, name: str, language: str, version: str) -> tuple[str, Device]:
    """Use up a pairing link: the device's token, which is shown here alone, and the device.

    Raises Refused("used") for a link that is wrong, used, too old or replaced.
    """
    token, at = tokens.read(services.DEVICE, value), clock.now()
    device = Device.objects.select_for_update(of=("self",)).filter(pk=token.pk).first() if token else None
    if device is None or token is None or not _can_be_paired(device, token.version, at):
        raise Refused("used")
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    device.name = plain(name, 80) or device.name
    device.language = language if language in LANGUAGES else device.language
    device.app_version = plain(version, 40)
    device.token_hash, device.paired_at, device.last_contact_at = Device.hash_of(secret), at, at
    device.link_version += 1
    device.save(
        update_fields=[
            "name", "language", "app_version", "token_hash", "paired_at", "last_contact_at", "link_version"
        ]
    )  # fmt: skip
    LogEntry.objects.record(device, "device paired", by=None)
    return secret, device


def _can_be_paired(device: Device, version: int, at: datetime) -> bool:
    return device.link_version == version and services.can_be_paired(device, at)


def authenticate(token: str) -> Device:
    """The device with this token; Refused, with the device if there is one, when it is to wipe itself."""
    rows = Device.objects.select_related("event", "gate", "check_in_list")
    device = rows.filter(token_hash=Device.hash_of(token)).first()
    if device is None:
        raise Refused("unknown", must_wipe=True)
    if device.revoked_at or device.is_expired(clock.now()):
        raise Refused("revoked", must_wipe=True, device=device)
    return device


def last_words(refusal: Refused) -> Device:
    """The device that was revoked, if it may still send what is unsent; else the refusal."""
    device = refusal.device
    if device is None or (device.wiped_at and device.wiped_at < clock.now() - LAST_WORDS_WITHIN):
        raise refusal
    return device


def note_contact(device: Device, told: dict[str, Any], *, offset_ms: int, at: datetime) -> None:
    """What a device tells of itself when it reports."""
    unsent, battery, version = told.get("unsent"), told.get("battery"), told.get("version")
    device.last_contact_at, device.clock_offset_ms = at, offset_ms
    device.unsent = unsent if isinstance(unsent, int) and 0 <= unsent < 2**31 else device.unsent
    device.battery = battery if isinstance(battery, int) and 0 <= battery <= 100 else None
    device.app_version = plain(version, 40) or device.app_version
    if device.wiped_at is None and (device.revoked_at or device.is_expired(at)):
        device.wiped_at = at
    device.save(update_fields=["last_contact_at", "clock_offset_ms", "unsent", "battery", "app_version", "wiped_at"])
