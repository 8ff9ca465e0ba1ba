"""Many confirmed people with badges, made in a second or two: for the loads and the faults of the door."""

import copy
import uuid
from typing import Any

from events import qr
from events.models import Event
from registration import services
from registration.models import Badge, Registration


def many(event: Event, count: int) -> list[Badge]:
    """So many on-site people of all days; the first registers at the door, the others are copies of that row."""
    first = _first(event)
    rows = Registration.objects.bulk_create([_twin(first, number) for number in range(count)], batch_size=500)
    days = Registration.days.through
    of_days = [{"registration_id": row.pk, "day_id": day.pk} for row in rows for day in event.days.all()]
    days.objects.bulk_create([days(**day) for day in of_days], batch_size=2000)
    like = first.badges.get()
    badges = [Badge(registration=row, code=qr.new_code(), matrix=like.matrix, made_at=like.made_at) for row in rows]
    return Badge.objects.bulk_create(badges, batch_size=500)


def _first(event: Event) -> Registration:
    details: dict[str, Any] = {
        "language": "fi",
        "first_name": "Maija",
        "last_name": "Meikäläinen",
        "email": f"{uuid.uuid4().hex}@kunta.example",
        "organisation": "Auranlaakson kunta",
        "organisation_type": event.organisation_types.first(),
        "attendance": Registration.Attendance.ON_SITE,
        "days": list(event.days.all()),
    }
    return services.register_at_door(event, services.Details(**details), form_key=uuid.uuid4())


def _twin(first: Registration, number: int) -> Registration:
    row = copy.copy(first)
    row._state = copy.copy(first._state)
    row.pk, row._state.adding = None, True
    row.form_key, row.email = uuid.uuid4(), f"{uuid.uuid4().hex}@kunta.example"
    row.last_name = f"Meikäläinen {number}"
    return row
