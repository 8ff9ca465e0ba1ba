"""People put on a check-in list by name, many at once, and taken off again."""

from collections.abc import Iterable

from django.db import transaction

from events import clock
from events.models import LogEntry, User
from events.models.log import about
from registration.models import CheckInList, ListEntry, Registration

PUT, TAKEN = "put on a check-in list", "taken off a check-in list"


@transaction.atomic
def put_on_list(list_id: int, registration_ids: Iterable[int], *, by: User | None) -> int:
    """Put people of the list's event on it; how many were not on it before."""
    check_in_list = _lock(list_id)
    known = check_in_list.entries.values("registration")
    rows = Registration.objects.filter(event=check_in_list.event_id, pk__in=registration_ids).exclude(pk__in=known)
    keys = sorted(rows.order_by().values_list("pk", flat=True))
    ListEntry.objects.bulk_create(ListEntry(check_in_list=check_in_list, registration_id=key) for key in keys)
    _record(check_in_list, PUT, keys, by)
    return len(keys)


@transaction.atomic
def take_off_list(list_id: int, registration_ids: Iterable[int], *, by: User | None) -> int:
    """Take people off the list; how many were on it. Who fits its days and roles is admitted all the same."""
    check_in_list = _lock(list_id)
    entries = check_in_list.entries.filter(registration__in=list(registration_ids))
    keys = sorted(entries.values_list("registration", flat=True))
    entries.delete()
    _record(check_in_list, TAKEN, keys, by)
    return len(keys)


def _lock(list_id: int) -> CheckInList:
    """Two who change one list wait for each other, so that the count they are told is right."""
    return CheckInList.objects.select_for_update(no_key=True).get(pk=list_id)


def _record(check_in_list: CheckInList, action: str, keys: list[int], by: User | None) -> None:
    """In the history of each person, which says on which list."""
    common = {"event_id": check_in_list.event_id, "action": action, "by": by, "at": clock.now()}
    people = (Registration(pk=key) for key in keys)
    details = {"name": check_in_list.name}
    LogEntry.objects.bulk_create(LogEntry(**common, details=details, **about(person)) for person in people)
    if keys:
        LogEntry.objects.record(check_in_list, action, by=by, count=len(keys))
