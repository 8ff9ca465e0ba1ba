"""Conflicts of the door: a person has looked into the matter and says what came of it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models import LogEntry, User
from events.transitions import Refusal
from registration.models import Conflict


class AlreadyClosed(Refusal):
    """A colleague was quicker; a reason is never written over."""

    message = _("This has been closed meanwhile.")


@transaction.atomic
def close_conflict(conflict_id: int, reason: str, *, by: User | None) -> Conflict:
    """Close it with the reason; it is never opened again."""
    conflict = Conflict.objects.select_for_update(no_key=True).get(pk=conflict_id)
    if conflict.closed_at:
        raise AlreadyClosed
    conflict.closed_at, conflict.closed_by, conflict.reason = clock.now(), by, reason
    conflict.save(update_fields=["closed_at", "closed_by", "reason"])
    LogEntry.objects.record(conflict, "conflict closed", by=by)
    return conflict
