"""The door in tests: gates, lists, paired devices, and what they send."""

import itertools
import uuid
from datetime import datetime, timedelta
from typing import Any

from events import clock
from events.models import Event
from registration.models import Badge, CheckInList, Device, Gate, Registration
from registration.roster import milliseconds

_numbers = itertools.count(1)
EVENT_MORNING = "2024-11-14 08:30"


def make_gate(event: Event, name: str = "Pääovi") -> Gate:
    """A way in."""
    return Gate.objects.create(event=event, name_fi=name, name_sv=name, name_en=name)


def make_list(event: Event, name: str = "Päivä 1", *, days: Any = (), roles: Any = (), **fields: Any) -> CheckInList:
    """A list; on site, all days and roles unless said otherwise."""
    row = CheckInList.objects.create(event=event, name_fi=name, name_sv=name, name_en=name, **fields)
    row.days.set(days)
    row.roles.set(roles)
    return row


def make_device(
    event: Event, check_in_list: CheckInList | None = None, gate: Gate | None = None, **fields: Any
) -> tuple[Device, str]:
    """A paired device, and its token."""
    token = f"token-{next(_numbers)}"
    device = Device.objects.create(
        event=event,
        gate=gate or event.gates.first() or make_gate(event),
        check_in_list=check_in_list or event.check_in_lists.first() or make_list(event),
        **{
            "paired_at": clock.now() - timedelta(days=1),
            "pairing_ends_at": clock.now(),
            "token_hash": Device.hash_of(token),
            **fields,
        },
    )
    return device, token


def code_of(registration: Registration, *, is_assistant: bool = False) -> str:
    """What a person's badge says."""
    return Badge.objects.valid().get(registration=registration, is_assistant=is_assistant).code


def live_scan(device: Device, code: str = "", **given: Any) -> dict[str, Any]:
    """What a device sends for an answer."""
    now = milliseconds(clock.now())
    return {
        "id": str(uuid.uuid4()), "kind": "read", "code": code, "list": device.check_in_list.number,
        "gate": device.gate_id, "scanned_at": now, "sent_at": now, **given,
    }  # fmt: skip


def item(device: Device, code: str = "", *, happened: datetime | None = None, **given: Any) -> dict[str, Any]:
    """What has happened at a device, by the right clock: let in by its own judgement unless said otherwise."""
    return {
        "id": str(uuid.uuid4()), "kind": "read", "code": code, "list": device.check_in_list.number,
        "gate": device.gate_id, "scanned_at": milliseconds(happened or clock.now()), "tone": "go", "reason": "admit",
        **given,
    }  # fmt: skip


def undo(device: Device, scan: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A scan taken back."""
    return item(device, kind="undo", undoes=scan["id"], **given)


def batch(*items: dict[str, Any], sent_at: datetime | None = None, **told: Any) -> dict[str, Any]:
    """A request with what has happened."""
    return {"sent_at": milliseconds(sent_at or clock.now()), "device": told, "scans": list(items)}
