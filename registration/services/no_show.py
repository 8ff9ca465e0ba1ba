"""Who does not come after all: says so after the doors have opened, follows remotely, and the next in the queue comes.

No offer is made any more at that time, because there is no time left to answer one: the place is given at once.
"""

from datetime import datetime

from django.db import transaction

from events import clock, places
from events.models import LogEntry, User
from registration import emails
from registration.models import Admission, Registration
from registration.services import changing, rules
from registration.services.details import ask_for_badge


def may_stay_away(registration: Registration, at: datetime) -> bool:
    """Somebody expected on site who has not been let in on any list."""
    opens_at = registration.event.doors_open_at
    if not registration.has_badge or opens_at is None or at < opens_at or not registration.can_change(at):
        return False
    return not Admission.objects.filter(registration=registration, admitted_at__isnull=False).exists()


@transaction.atomic
def stay_away(registration_id: int, *, by: User | None) -> Registration:
    """Follow remotely; the seats freed go to the next in the queue whom they fit. NotPossible for who has arrived."""
    at = clock.now()
    pools, registration = rules.lock(registration_id)
    if not may_stay_away(registration, at):
        raise rules.NotPossible
    seats = registration.seats
    registration = changing.switch_to_remote(registration_id, by=by)
    for pool in pools:
        pool.refresh_from_db(fields=["taken"])
    for follower in places.give_to_next(pools, Registration, seats=seats):
        follower.remote_meanwhile = False
        follower.version += 1
        follower.save(update_fields=["remote_meanwhile", "version"])
        ask_for_badge(follower)
        LogEntry.objects.record(follower, "place given", by=None)
        emails.registered(follower)
    return registration
