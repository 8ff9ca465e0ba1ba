"""Calls: the one mechanism by which something is sent in, reviewed, decided quietly, told by letter, and answered.

An app has a table of `Submission` and one of `Review`, and hands their rows to these functions. They lock, check, move
and save; the app's own service logs and mails. A quiet decision changes nothing that its sender can see; releasing the
letter does, once.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from events.models import Call, Submission, User
from events.models.call import SCORES, Review
from events.transitions import InvalidTransition, Refusal, move

Row = TypeVar("Row", bound=Submission)


class CallClosed(Refusal):
    """Nothing can be sent in or edited outside the window."""

    message = _("The call is not open: nothing can be sent in or changed.")


class DecidedMeanwhile(Refusal):
    """Somebody else has decided, or the submission was edited, since the page was opened."""

    message = _("Somebody else has changed this meanwhile. Look at it again before you decide.")


class NotDecided(Refusal):
    """There is no quiet decision to tell."""

    message = _("There is no decision yet that could be told.")


class TooManyChosen(Refusal):
    """The call says how many are chosen at most."""

    message = _("No more can be selected: the call says how many are chosen at most.")


class OwnSubmission(Refusal):
    """Nobody reviews their own submission or one of their own organisation."""

    message = _("You cannot review this: it comes from yourself or from your own organisation.")


class HasConflict(Refusal):
    """Who has declared a conflict of interest gives no scores."""

    message = _("You have declared a conflict of interest. Take that back before you give scores.")


class NoScores(Refusal):
    """A review needs a score for each criterion."""

    message = _("Give a score from 0 to 5 for each criterion.")


def lock(model: type[Row], pk: int) -> Row:
    """The fresh row with its call and event, locked until the transaction ends."""
    return _rows(model).select_related("event", "call").select_for_update(of=("self",)).get(pk=pk)


def lock_call(pk: int) -> Call:
    """The call, where its numbers count: how many are chosen, who is next on the reserve list."""
    return Call.objects.select_for_update().get(pk=pk)


# --- The sender -------------------------------------------------------------------------------------------------------
def submit(row: Submission, *, at: datetime) -> None:
    """Send a draft in; the caller has locked and filled the row, and saves it with `SUBMIT_FIELDS`."""
    if not row.call.is_open(at):
        raise CallClosed
    if row.is_draft:
        move(row, Submission.Status.SUBMITTED)
        row.submitted_at = at
    elif not row.is_sent_in:
        raise InvalidTransition
    edit(row, at=at)


def edit(row: Submission, *, at: datetime) -> None:
    """Note that the sender has changed something; refused when the call is closed or the row past editing."""
    if not row.call.is_open(at):
        raise CallClosed
    if not row.can_be_edited(at):
        raise InvalidTransition
    row.edited_at = at
    row.version += 1


def withdraw(row: Submission, *, at: datetime) -> None:
    """The sender takes it back, whatever has been decided quietly; possible until they have confirmed."""
    move(row, Submission.Status.WITHDRAWN)
    row.ended_at, row.reserve_order = at, None
    row.version += 1
    row.save(update_fields=["status", "ended_at", "reserve_order", "version"])


def take_up_again(row: Submission, *, at: datetime) -> None:
    """What was withdrawn is a draft again while the call is open."""
    if not row.call.is_open(at):
        raise CallClosed
    move(row, Submission.Status.DRAFT)
    row.ended_at, row.submitted_at, row.decision, row.decided_at, row.decided_by = None, None, "", None, None
    row.edited_at = at
    row.version += 1
    row.save(
        update_fields=[
            "status", "ended_at", "submitted_at", "decision", "decided_at", "decided_by", "edited_at", "version",
        ]
    )  # fmt: skip


def confirm(row: Submission, *, at: datetime) -> None:
    """The sender says yes to being selected."""
    _answer(row, Submission.Status.CONFIRMED, at=at)


def decline(row: Submission, *, at: datetime) -> None:
    """The sender says no; somebody on the reserve list may move up."""
    _answer(row, Submission.Status.DECLINED, at=at)


def _answer(row: Submission, status: str, *, at: datetime) -> None:
    move(row, status)
    row.answered_at = at
    row.ended_at = at if row.has_ended else None
    row.version += 1
    row.save(update_fields=["status", "answered_at", "ended_at", "version"])


# --- Reviewers --------------------------------------------------------------------------------------------------------
def has_own_interest(user: User, row: Submission) -> bool:
    """Whether it comes from the reviewer, or somebody of their own organisation: the domain of its mail tells."""
    mine = user.email.lower()
    return any(mine == theirs or _is_one_organisation(mine, theirs) for theirs in map(str.lower, row.addresses()))


def _is_one_organisation(mine: str, theirs: str) -> bool:
    """Whether two addresses share a domain of an organisation, or one lies within the other: edu.turku.fi, turku.fi."""
    own, other = _domain(mine), _domain(theirs)
    return own not in FREE_MAIL and (own == other or own.endswith(f".{other}") or other.endswith(f".{own}"))


FREE_MAIL = {
    "gmail.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "yahoo.com",
    "live.com",
    "proton.me",
    "luukku.com",
    "elisanet.fi",
    "googlemail.com",
    "hotmail.fi",
    "kolumbus.fi",
    "live.fi",
    "outlook.fi",
    "pp.inet.fi",
    "protonmail.com",
    "saunalahti.fi",
    "suomi24.fi",
    "welho.com",
}


def _domain(email: str) -> str:
    return email.rpartition("@")[2]


def give_review(review: Review, row: Submission, *, scores: Mapping[str, int], comment: str, at: datetime) -> None:
    """Write or rewrite a judgement, until the decision is told. All criteria are scored from 0 to 5."""
    _refuse_late(row)
    if has_own_interest(review.reviewer, row):
        raise OwnSubmission
    if review.has_conflict:
        raise HasConflict
    wanted = {str(pk) for pk in row.call.criteria.values_list("pk", flat=True)}
    if set(scores) != wanted or not all(score in SCORES for score in scores.values()):
        raise NoScores
    review.scores, review.comment, review.reviewed_at = dict(scores), comment, at
    review.save()


def declare_conflict(review: Review, row: Submission, *, at: datetime) -> None:
    """The reviewer says that they cannot judge this; scores given before are taken back."""
    _refuse_late(row)
    review.scores, review.comment, review.has_conflict, review.reviewed_at = {}, "", True, at
    review.save()


def take_conflict_back(review: Review, row: Submission) -> None:
    """It was declared by mistake: they may give scores again."""
    _refuse_late(row)
    review.has_conflict, review.reviewed_at = False, None
    review.save()


def _refuse_late(row: Submission) -> None:
    if not row.is_sent_in:
        raise InvalidTransition


# --- Deciding quietly, and telling ------------------------------------------------------------------------------------
def decide(row: Submission, decision: str, *, reason: str, seen_version: int, by: User, at: datetime) -> None:
    """Decide without telling; an empty decision takes an earlier one back.

    `seen_version` is the row's version when the page was opened: of two organisers who decide at once the second is
    told so.
    """
    if row.version != seen_version:
        raise DecidedMeanwhile
    if not row.is_sent_in and row.status not in {Submission.Status.RESERVED, Submission.Status.REJECTED}:
        raise InvalidTransition
    row.decision, row.decision_reason = decision, reason
    row.decided_at, row.decided_by = (at, by) if decision else (None, None)
    row.version += 1
    row.save(update_fields=["decision", "decision_reason", "decided_at", "decided_by", "version"])


def release(row: Submission, *, at: datetime) -> None:
    """Tell: the quiet decision becomes the status, once. The caller holds the call's lock and queues the letter."""
    if not row.outcome or row.status == row.outcome:
        raise NotDecided
    if row.outcome == Submission.Status.ACCEPTED:
        refuse_too_many(row)
    move(row, row.outcome)
    is_reserved = row.status == Submission.Status.RESERVED
    row.reserve_order = _next_reserve_order(row) if is_reserved else None
    row.letter_at, row.letters = at, row.letters + 1
    row.ended_at = at if row.has_ended else None
    row.version += 1
    row.save(update_fields=["status", "reserve_order", "letter_at", "letters", "ended_at", "version"])


def refuse_too_many(row: Submission) -> None:
    """Refuse to select more than the call has places for."""
    limit = row.call.chosen_at_most
    if limit and _rows_of_call(row).chosen().count() >= limit:
        raise TooManyChosen


def move_up(model: type[Row], call: Call, *, by: User | None, at: datetime) -> Row | None:
    """Select the first of the reserve list, or None when it is empty or the call is full. Needs the call's lock."""
    rows = _rows(model).filter(call=call)
    first, limit = rows.reserve_list().first(), call.chosen_at_most
    if first is None or (limit and rows.chosen().count() >= limit):
        return None
    row = lock(model, first.pk)
    row.decision, row.decided_at, row.decided_by = Submission.Decision.ACCEPT, at, by
    release(row, at=at)
    row.save(update_fields=["decision", "decided_at", "decided_by"])
    return row


def merge(row: Submission, *, at: datetime, kept_in: str) -> None:
    """It goes on within another submission, which the caller has put into the field `kept_in`."""
    move(row, Submission.Status.MERGED)
    row.ended_at = at
    row.version += 1
    row.save(update_fields=["status", "ended_at", "version", kept_in])


def cancel(row: Submission, *, reason: str, at: datetime) -> None:
    """An organiser takes out what was selected; the caller queues the letter."""
    move(row, Submission.Status.CANCELLED)
    row.decision_reason = reason
    row.letter_at, row.letters, row.ended_at = at, row.letters + 1, at
    row.version += 1
    row.save(update_fields=["status", "decision_reason", "letter_at", "letters", "ended_at", "version"])


def _next_reserve_order(row: Submission) -> int:
    return 1 + (_rows_of_call(row).aggregate(most=Max("reserve_order"))["most"] or 0)


def _rows_of_call(row: Submission) -> Any:
    return _rows(type(row)).filter(call=row.call_id)


def _rows(model: type[Submission]) -> Any:
    """Whose questions are those of SubmissionQuerySet, which only the concrete tables name."""
    return model._default_manager


def reorder_reserve(model: type[Submission], call: Call, keys: Sequence[int]) -> None:
    """Put the reserve list into this order; keys that are not on it are passed over."""
    waiting = {row.pk: row for row in _rows(model).filter(call=call).reserve_list().select_for_update()}
    for order, row in enumerate((waiting[key] for key in keys if key in waiting), start=1):
        row.reserve_order = order
        row.save(update_fields=["reserve_order"])


def similar(row: Submission) -> Q:
    """Other submissions of the same sender or organisation, for reviewers to see."""
    same = Q(email__iexact=row.email)
    return same | Q(organisation__iexact=row.organisation) if row.organisation else same
