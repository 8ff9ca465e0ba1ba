"""Fixing the letters of the queues: badges and mails made afterwards say in which box a badge waits."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models import Event, LogEntry, User
from events.transitions import Refusal
from registration.letters import ALPHABET
from registration.models import LetterRange


class NotInOrder(Refusal):
    """The queues do not follow one another from A."""

    message = _("The first queue begins with A, and each of the others with a later letter than the one before.")


@transaction.atomic
def fix_letters(event_id: int, firsts: Sequence[str], *, by: User | None) -> list[LetterRange]:
    """Replace the event's ranges by those that begin with these letters; none takes the letters away again."""
    places = [ALPHABET.find(first) if len(first) == 1 else -1 for first in firsts]
    if places and (places[0] != 0 or places != sorted(set(places))):
        raise NotInOrder
    event = Event.objects.select_for_update(no_key=True).get(pk=event_id)  # two who fix at once do it one by one
    event.letter_ranges.all().delete()
    ends = [*places[1:], len(ALPHABET)]
    rows = [
        LetterRange(event=event, first=ALPHABET[start], last=ALPHABET[end - 1], fixed_at=clock.now())
        for start, end in zip(places, ends, strict=False)
    ]
    LetterRange.objects.bulk_create(rows)
    if rows:
        LogEntry.objects.record(event, "letters of the queues fixed", by=by, letters=[str(row) for row in rows])
    else:
        LogEntry.objects.record(event, "letters of the queues taken away", by=by)
    return rows
