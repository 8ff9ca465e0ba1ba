"""What happens after the decision: the sender's answer, and whenever a place among the chosen becomes free."""

from typing import Any

from django.db import transaction

from events import calls, clock, emails
from events.kinds import kind_of
from events.models import Call, LogEntry, Submission, User


@transaction.atomic
def confirm(row: Submission) -> Submission:
    """Yes, we come. Saying so twice is once."""
    fresh = _lock(row)
    if fresh.status == fresh.Status.CONFIRMED:
        return fresh
    calls.confirm(fresh, at=clock.now())
    kind_of(fresh).moved(fresh, by=None)
    LogEntry.objects.record(fresh, "confirmed by the sender", by=None)
    emails.confirmed(fresh)
    return fresh


@transaction.atomic
def decline(row: Submission) -> Submission:
    """No; the first of the reserve list moves up if the call has a limit. Saying so twice is once."""
    fresh = _lock(row)
    if fresh.status == fresh.Status.DECLINED:
        return fresh
    calls.decline(fresh, at=clock.now())
    kind_of(fresh).moved(fresh, by=None)
    LogEntry.objects.record(fresh, "declined by the sender", by=None)
    emails.declined(fresh)
    fill_place(fresh.call)
    return fresh


@transaction.atomic
def withdraw(row: Submission) -> Submission:
    """Taken back by the sender, whatever has been decided quietly; a place among the chosen goes to the next."""
    fresh = _lock(row)
    if fresh.status == fresh.Status.WITHDRAWN:
        return fresh
    was_chosen = fresh.is_chosen
    calls.withdraw(fresh, at=clock.now())
    kind_of(fresh).moved(fresh, by=None)
    LogEntry.objects.record(fresh, "withdrawn", by=None)
    emails.withdrawn(fresh)
    if was_chosen:
        fill_place(fresh.call)
    return fresh


@transaction.atomic
def cancel(row: Submission, *, reason: str, by: User) -> Submission:
    """An organiser takes out what was selected; its sender is told why, and its place goes to the next."""
    fresh = _lock(row)
    calls.cancel(fresh, reason=reason, at=clock.now())
    kind_of(fresh).moved(fresh, by=by)
    LogEntry.objects.record(fresh, "selection cancelled", by=by)
    emails.cancelled(fresh)
    fill_place(fresh.call)
    return fresh


def fill_place(call: Call) -> Submission | None:
    """The first of the reserve list is selected and gets the letter; the caller holds the call's lock.

    Without a limit nobody waits for a place: organisers select from the reserve list themselves.
    """
    if not call.chosen_at_most:
        return None
    moved: Any = calls.move_up(kind_of(call).rows, call, by=None, at=clock.now())
    if moved is not None:
        kind_of(moved).moved(moved, by=None)
        LogEntry.objects.record(moved, "moved up from the reserve list", by=None)
        emails.letter(moved)
    return moved


def _lock(row: Submission) -> Any:
    """The call first, because its numbers count; then the row."""
    calls.lock_call(row.call_id)
    return calls.lock(type(row), row.pk)
