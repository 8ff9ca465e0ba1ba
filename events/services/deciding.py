"""Deciding quietly, telling by letter once, and the reserve list."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import calls, clock, emails, outbox
from events.kinds import Kind, kind_of
from events.models import Call, LogEntry, Submission, User
from events.reports import UNTOLD
from events.transitions import Refusal

OUTCOMES = Submission.OUTCOMES


class LettersChanged(Refusal):
    """What was previewed is not what would be sent now."""

    message = _("Something has been decided or changed since the letters were shown. Look at them again.")


class NothingToTell(Refusal):
    """There is no quiet decision in this call."""

    message = _("There are no letters to send.")


# --- Quietly ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def decide(kind: Kind, pk: int, decision: str, *, reason: str, seen_version: int, by: User) -> Any:
    """Decide without telling; an empty decision takes an earlier one back."""
    row = calls.lock(kind.rows, pk)
    calls.decide(row, decision, reason=reason, seen_version=seen_version, by=by, at=clock.now())
    LogEntry.objects.record(row, "decided quietly", by=by, decision=decision)
    return row


class Done(NamedTuple):
    """How many were decided, and which were not, with the reason."""

    decided: int
    refused: list[tuple[Any, Refusal]]


def decide_many(kind: Kind, seen: Mapping[int, int], decision: str, *, reasons: Mapping[str, str], by: User) -> Done:
    """The same for several, each by itself: {key: version that was seen}, and the reason in each language.

    What somebody else has decided meanwhile is told.
    """
    languages = dict(kind.rows.objects.filter(pk__in=seen).values_list("pk", "language"))
    refused: list[tuple[Any, Refusal]] = []
    for pk, version in sorted(seen.items()):
        try:
            reason = reasons.get(languages[pk], "")
            decide(kind, pk, decision, reason=reason, seen_version=version, by=by)
        except Refusal as refusal:
            refused.append((kind.rows.objects.get(pk=pk), refusal))
    return Done(len(seen) - len(refused), refused)


# --- Letters ----------------------------------------------------------------------------------------------------------
class Letter(NamedTuple):
    """A letter as it would leave now: links are named, not usable."""

    row: Any
    outcome: str
    subject: str
    text: str


def untold(call: Call) -> Any:
    """What is decided and not told, in the order in which letters are read."""
    rows = kind_of(call).rows.objects.filter(UNTOLD, call=call).select_related("event", "call__offered_instead")
    return rows.order_by("decision", "language", "pk")


def letter(row: Any) -> Letter:
    """In its sender's language."""
    context = {"row": row, **emails.context_of(row), **emails.letter_context(row, row.outcome)}
    template = emails.LETTERS[Submission.Status(row.outcome)].replace("/", "/emails/")
    subject, text, _html = outbox.render(template, row.event, row.language, context)
    return Letter(row, row.outcome, subject, outbox.preview(text))


def seen_letters(rows: Iterable[Any]) -> str:
    """A short name for exactly these decisions: what is released must be what was shown."""
    seen = ",".join(f"{row.pk}:{row.version}" for row in sorted(rows, key=lambda row: row.pk))
    return hashlib.sha256(seen.encode()).hexdigest()[:20]


@transaction.atomic
def release_letters(call_id: int, *, seen: str, by: User) -> int:
    """Tell all quiet decisions of a call at once, each by one letter; all or none. How many."""
    call, at = calls.lock_call(call_id), clock.now()
    rows = list(untold(call).select_for_update(of=("self",)))
    if not rows:
        raise NothingToTell
    if seen_letters(rows) != seen:
        raise LettersChanged
    rows.sort(key=lambda row: (row.status != Submission.Status.SUBMITTED, row.pk))
    for row in rows:
        _tell(row, by=by, at=at)
    LogEntry.objects.record(call, "letters released", by=by, count=len(rows))
    return len(rows)


@transaction.atomic
def release_one(kind: Kind, pk: int, *, seen_version: int, by: User) -> Any:
    """Tell one quiet decision, also while the call is open."""
    calls.lock_call(kind.rows.objects.values_list("call", flat=True).get(pk=pk))
    row = calls.lock(kind.rows, pk)
    if row.version != seen_version:
        raise LettersChanged
    if not kind.rows.objects.filter(UNTOLD, pk=pk).exists():
        raise NothingToTell
    _tell(row, by=by, at=clock.now())
    return row


def _tell(row: Any, *, by: User | None, at: Any) -> None:
    calls.release(row, at=at)
    kind_of(row).moved(row, by=by)
    LogEntry.objects.record(row, "letter released", by=by, outcome=row.status)
    emails.letter(row)


# --- The reserve list -------------------------------------------------------------------------------------------------
@transaction.atomic
def reorder_reserve(call_id: int, keys: Sequence[int], *, by: User) -> None:
    """Put the reserve list into this order; keys that are not on it are passed over."""
    call = calls.lock_call(call_id)
    calls.reorder_reserve(kind_of(call).rows, call, keys)
    LogEntry.objects.record(call, "reserve list reordered", by=by)


@transaction.atomic
def move_up(call_id: int, *, by: User | None) -> Any:
    """Select the first of the reserve list and tell them; None when the list is empty or the call is full."""
    call, at = calls.lock_call(call_id), clock.now()
    row = calls.move_up(kind_of(call).rows, call, by=by, at=at)
    if row is not None:
        kind_of(row).moved(row, by=by)
        LogEntry.objects.record(row, "moved up from the reserve list", by=by)
        emails.letter(row)
    return row
