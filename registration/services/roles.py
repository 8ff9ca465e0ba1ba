"""A registered person takes on a role at the event, such as speaker, without registering again."""

from django.db import transaction

from events import clock, places
from events.models import LogEntry, Role, User
from registration import emails
from registration.models import Registration
from registration.services import rules
from registration.services.details import ask_for_badge, save_badges

FIELDS = ["role", "status", "queued_at", "offered_at", "offer_ends_at", "version"]


@transaction.atomic
def give_role(registration_id: int, role: Role, *, by: User | None) -> Registration:
    """Give a live registration a role. One that needs no place sets a held place free, and ends the waiting."""
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    if role.event_id != registration.event_id or not registration.is_live:
        raise rules.NotPossible
    if registration.role_id == role.pk:
        return registration
    registration.role = role
    if not role.needs_place and registration.is_on_site:
        registration.pools.clear()
        places.take(registration, [], at=at)
        registration.remote_meanwhile = False
    registration.version += 1
    registration.save(update_fields=[*FIELDS, "remote_meanwhile"])
    save_badges(registration)
    ask_for_badge(registration)
    rules.settle(registration.event, pools, at=at)
    LogEntry.objects.record(registration, "role given", by=by, role=role.slug)
    emails.changed(registration)
    return registration
