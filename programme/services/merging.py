"""Merging two proposals that are close to each other: one goes on within the other."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import calls, clock, emails
from events.models import LogEntry, User
from events.transitions import InvalidTransition, Refusal
from programme.models import CoPresenter, Proposal


class NotOneCall(Refusal):
    """Two proposals of different calls, or one and the same, cannot be merged."""

    message = _("Only two different proposals of the same call can be merged.")


class TooManyTogether(Refusal):
    """A proposal with more people than its form takes could not be saved by its sender any more."""

    message = _("Together they would have more than 10 co-presenters. Ask the senders to name fewer people first.")


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
    refuse_too_many(source, target)
    source.merged_into = target
    calls.merge(source, at=at, kept_in="merged_into")
    _bring_along(source, target)
    target.version += 1
    target.save(update_fields=["version"])
    LogEntry.objects.record(source, "merged into another", by=by, number=target.pk)
    LogEntry.objects.record(target, "another was merged into it", by=by, number=source.pk)
    for row, other, message in ((source, target, "letter_merged"), (target, source, "letter_merged_with")):
        emails.tell(row, f"programme/{message}", version=f"{source.pk}-{target.pk}", other=other)
    return target


def refuse_too_many(source: Proposal, target: Proposal) -> None:
    """Refuse before anything is moved; the page that shows both side by side asks too."""
    if target.co_presenters.count() + len(_newcomers(source, target)) > CoPresenter.MOST:
        raise TooManyTogether


def _newcomers(source: Proposal, target: Proposal) -> list[CoPresenter]:
    """Who comes along and is not there yet: the sender, because they have sent it in, then the co-presenters."""
    at, known = clock.now(), {target.email.lower(), *(one.email.lower() for one in target.co_presenters.all())}
    sender = CoPresenter(
        email=source.email, name=source.name or source.email, organisation=source.organisation,
        status=CoPresenter.Status.ACCEPTED, invited_at=at, answered_at=at,
    )  # fmt: skip
    people = {one.email.lower(): one for one in (*source.co_presenters.all(), sender)}
    return [one for email, one in people.items() if email not in known]


def _bring_along(source: Proposal, target: Proposal) -> None:
    """Co-presenters keep their answer and their link's row."""
    for one in _newcomers(source, target):
        one.proposal = target
        one.save()
