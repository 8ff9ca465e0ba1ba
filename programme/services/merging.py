"""Merging two proposals that are close to each other: one goes on within the other."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import calls, clock, emails
from events.models import LogEntry, User
from events.transitions import InvalidTransition, Refusal
from programme.models import CoPresenter, Proposal


class NotOneCall(Refusal):
    """Two proposals of different calls, or one and the same, cannot be merged."""

    message = _("Only two different proposals of the same call can be merged.")


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
        emails.tell(row, f"programme/{message}", version=f"{source.pk}-{target.pk}", other=other)
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
