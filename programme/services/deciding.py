"""Deciding quietly, telling by letter once, the reserve list, and merging two proposals."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import calls, clock, outbox
from events.models import Call, LogEntry, Submission, User
from events.transitions import InvalidTransition, Refusal
from programme import emails
from programme.models import CoPresenter, Proposal
from programme.reports import UNTOLD, Kind, kind_of

OUTCOMES = Submission.OUTCOMES


class LettersChanged(Refusal):
    """What was previewed is not what would be sent now."""

    message = _("Something has been decided or changed since the letters were shown. Look at them again.")


class NothingToTell(Refusal):
    """There is no quiet decision in this call."""

    message = _("There are no letters to send.")


class NotOneCall(Refusal):
    """Two proposals of different calls, or one and the same, cannot be merged."""

    message = _("Only two different proposals of the same call can be merged.")


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


def decide_many(kind: Kind, seen: Mapping[int, int], decision: str, *, reason: str, by: User) -> Done:
    """The same for several, each by itself: {key: version that was seen}. What somebody else has decided is told."""
    refused: list[tuple[Any, Refusal]] = []
    for pk, version in sorted(seen.items()):
        try:
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
    subject, text, _html = outbox.render(
        f"programme/emails/letter_{row.outcome}", row.event, row.language, {"row": row}
    )
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
        LogEntry.objects.record(row, "moved up from the reserve list", by=by)
        emails.letter(row)
    return row


# --- Merging ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def merge(source_id: int, target_id: int, *, by: User) -> Proposal:
    """Let one proposal go on within another: its people become co-presenters there, and both senders are told."""
    at = clock.now()
    locked = {pk: calls.lock(Proposal, pk) for pk in sorted({source_id, target_id})}
    if len(locked) < 2 or locked[source_id].call_id != locked[target_id].call_id:
        raise NotOneCall
    source, target = locked[source_id], locked[target_id]
    if not target.is_sent_in:
        raise InvalidTransition
    source.merged_into = target
    calls.merge(source, at=at, kept_in="merged_into")
    _bring_along(source, target, at=at)
    target.version += 1
    target.save(update_fields=["version"])
    LogEntry.objects.record(source, "merged into another", by=by, number=target.pk)
    LogEntry.objects.record(target, "another was merged into it", by=by, number=source.pk)
    for row, other, message in ((source, target, "letter_merged"), (target, source, "letter_merged_with")):
        outbox.queue(
            f"programme/{message}", row, to=row.email, language=row.language, version=f"{source.pk}-{target.pk}",
            context={"other": other},
        )  # fmt: skip
    return target


def _bring_along(source: Proposal, target: Proposal, *, at: Any) -> None:
    """The sender comes along, because they have sent it in; co-presenters keep their answer and their link's row."""
    known = {target.email.lower(), *(one.email.lower() for one in target.co_presenters.all())}
    if source.email.lower() not in known:
        known.add(source.email.lower())
        CoPresenter.objects.create(
            proposal=target, email=source.email, name=source.name or source.email, organisation=source.organisation,
            status=CoPresenter.Status.ACCEPTED, invited_at=at, answered_at=at,
        )  # fmt: skip
    for one in source.co_presenters.all():
        if one.email.lower() not in known:
            known.add(one.email.lower())
            one.proposal = target
            one.save(update_fields=["proposal"])
