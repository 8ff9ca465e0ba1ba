"""The help desk: from remote to on site, and a badge printed again."""

import base64
from typing import Any

from events import places
from registration import roster, services
from registration.checkin.devices import Refused
from registration.models import Badge, Device, Registration
from registration.printing import faces


def come_on_site(device: Device, registration_id: int) -> list[Any]:
    """A remote participant stands in the door: a place if one is free. What the screen says of them then.

    Raises Refused("full"), or Refused("not_possible") for one who is no remote participant of this event.
    """
    found = Registration.objects.for_event(device.event).filter(pk=registration_id).exists()
    if not found:
        raise Refused("not_possible")
    try:
        services.come_on_site(registration_id, days=list(device.check_in_list.days.all()), device=str(device))
    except places.NoPlaces as refusal:
        raise Refused("full") from refusal
    except services.Refusal as refusal:
        raise Refused("not_possible") from refusal
    return roster.person(device.event, registration_id)


def card(device: Device, registration_id: int, *, is_assistant: bool) -> dict[str, Any]:
    """What a badge says and its code as bits, to be printed by the browser. Raises Refused("not_possible")."""
    rows = Badge.objects.valid().filter(registration=registration_id, registration__event=device.event)
    badge = rows.select_related("registration__event", "registration__role").filter(is_assistant=is_assistant).first()
    if badge is None:
        raise Refused("not_possible")
    face = faces([badge], device.event)[0]
    return {
        "lang": face.lang,
        "event": face.event_name,
        "dates": face.event_dates,
        "name": face.name,
        "organisation": face.organisation,
        "role": face.role,
        "role_colour": face.role_colour,
        "days": list(face.days),
        "photo_mark": face.photo_mark,
        "box": face.box,
        "assistant_of": face.assistant_of,
        "funding": face.funding_statement,
        "code": badge.code,
        "matrix": base64.b64encode(face.qr).decode(),
    }
