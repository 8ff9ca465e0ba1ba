"""Registrations made and changed at the door, where the windows are closed and the person stands in front of one."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from events import places
from events.models import Day, Event, LogEntry
from registration.models import Registration
from registration.services.changing import switch_to_on_site
from registration.services.details import ROW_FIELDS, Details
from registration.services.registering import register
from registration.services.rules import AlreadyRegistered


def register_at_door(event: Event, details: Details, *, form_key: uuid.UUID) -> Registration:
    """A newcomer, without a place of the pools; one whose address is registered already is that person."""
    try:
        return register(event, details, form_key=form_key, by=None, is_at_door=True).registration
    except AlreadyRegistered as known:
        return known.registration


@transaction.atomic
def come_on_site(registration_id: int, *, days: Sequence[Day], device: str) -> Registration:
    """A remote participant stands in the door: a place if one is free, else NoPlaces, and nothing changes."""
    before = Registration.objects.select_related("event", "organisation_type").get(pk=registration_id)
    told = {name: getattr(before, name) for name in ROW_FIELDS}
    details = Details(
        **told,
        language=before.language,
        email=before.email,
        attendance=Registration.Attendance.ON_SITE,
        days=list(days) or list(before.event.days.all()),
    )
    registration = switch_to_on_site(registration_id, details, by=None, is_at_door=True)
    if registration.is_waiting:
        raise places.NoPlaces
    LogEntry.objects.record(registration, "came on site at the door", by=None, device=device)
    return registration
