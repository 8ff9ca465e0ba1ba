"""Reviewing: who sees what, judging, declaring a conflict of interest, and sharing the work out evenly."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from events import access, calls, clock
from events.kinds import Kind, kind_of
from events.models import Call, LogEntry, Membership, Submission, User
from events.transitions import Refusal

Status = Submission.Status
UNSEEN = [Status.DRAFT, Status.WITHDRAWN, Status.MERGED]


class NotYours(Refusal):
    """A reviewer judges what they may see."""

    message = _("You cannot review this: it is not among what you have been given to review.")


# --- Who sees what ----------------------------------------------------------------------------------------------------
def is_organiser(user: Any, row: Any) -> bool:
    """Whether somebody sees everything of the event of this call or submission, names included."""
    return access.may(user, "change", Call, row.event_id)


def sees_names(user: Any, call: Call) -> bool:
    """Whether somebody may know who has sent something in: not a reviewer of a blind call."""
    return not call.is_blind or is_organiser(user, call)


def visible(rows: QuerySet[Any], user: Any, kind: Kind) -> QuerySet[Any]:
    """Organisers see everything of their events; reviewers what is sent in, in their themes or assigned to them."""
    everything = access.event_ids(user, "change", model=kind.rows)
    if everything is None:
        return rows
    seen = Q(event__in=everything)
    for right in access.memberships(user):
        if right.role == Membership.Role.REVIEWER and right.event_id not in everything:
            seen |= _of_reviewer(right, kind)
    return rows.filter(seen)


def _of_reviewer(right: Membership, kind: Kind) -> Q:
    """Their themes are asked for within the one query; without any they review in all."""
    mine = kind.reviews.objects.filter(**{kind.key: OuterRef("pk")}, reviewer=right.user_id)
    in_themes = Q(call__is_by_assignment=False)
    if kind.has_themes:
        own = Membership.themes.through._default_manager.filter(membership=right.pk)
        rows = kind.rows.objects.filter(pk=OuterRef("pk"), themes__in=own.values("theme"))
        in_themes &= Q(Exists(rows)) | ~Q(Exists(own))
    return Q(event=right.event_id) & ~Q(status__in=UNSEEN) & (Q(Exists(mine)) | in_themes)


def reviewers_of(call: Call) -> list[User]:
    """Those who review in the event of a call."""
    rows = User.objects.filter(memberships__event=call.event_id, memberships__role=Membership.Role.REVIEWER)
    return list(rows.filter(is_active=True).order_by("name", "email"))


# --- Judging ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def review(kind: Kind, pk: int, *, by: User, scores: Mapping[str, int], comment: str) -> Any:
    """Write or rewrite one's own judgement; refused for one's own, one's own organisation's, and what is decided."""
    row = calls.lock(kind.rows, pk)
    own = _own_review(kind, row, by)
    calls.give_review(own, row, scores=scores, comment=comment, at=clock.now())
    LogEntry.objects.record(row, "reviewed", by=by)
    return own


@transaction.atomic
def declare_conflict(kind: Kind, pk: int, *, by: User) -> Any:
    """Say that one cannot judge this; scores given before are taken back."""
    row = calls.lock(kind.rows, pk)
    own = _own_review(kind, row, by)
    calls.declare_conflict(own, row, at=clock.now())
    LogEntry.objects.record(row, "conflict of interest declared", by=by)
    return own


@transaction.atomic
def take_conflict_back(kind: Kind, pk: int, *, by: User) -> Any:
    """Say that one can judge this after all."""
    row = calls.lock(kind.rows, pk)
    own = _own_review(kind, row, by)
    if own.has_conflict:
        calls.take_conflict_back(own, row)
        LogEntry.objects.record(row, "conflict of interest taken back", by=by)
    return own


def _own_review(kind: Kind, row: Any, by: User) -> Any:
    """The one that there is, perhaps an assignment, or a new one; the row's lock keeps it one."""
    if not visible(kind.rows.objects.filter(pk=row.pk), by, kind).exists():
        raise NotYours
    known = kind.reviews.objects.filter(**{kind.key: row}, reviewer=by).first()
    return known or kind.reviews(**{kind.key: row}, reviewer=by)


# --- Sharing the work out ---------------------------------------------------------------------------------------------
@transaction.atomic
def assign(call_id: int, keys: Iterable[int], *, reviewers: Sequence[User], each: int, by: User) -> int:
    """Give each submission so many reviewers, those with the least to do first; how many reviews were assigned.

    Nobody gets what comes from themselves or their own organisation, or what lies outside their themes.
    """
    call = calls.lock_call(call_id)
    kind, at = kind_of(call), clock.now()
    rows = kind.rows.objects.filter(call=call, pk__in=list(keys), status=Status.SUBMITTED).order_by("pk")
    load = Counter(kind.reviews.objects.filter(**{f"{kind.key}__call": call}).values_list("reviewer", flat=True))
    themes = _themes_of(call)
    made = []
    for row in kind.with_senders(rows).prefetch_related("reviews", *(["themes"] if kind.has_themes else [])):
        taken = {review.reviewer_id for review in row.reviews.all()}
        free = [
            user for user in reviewers if user.pk not in taken and _fits(user, row, themes if kind.has_themes else {})
        ]
        free.sort(key=lambda user: (load[user.pk], user.pk))
        for user in free[: max(each - len(taken), 0)]:
            load[user.pk] += 1
            made.append(kind.reviews(**{kind.key: row}, reviewer=user, assigned_at=at))
    kind.reviews.objects.bulk_create(made)
    LogEntry.objects.record(call, "reviews assigned", by=by, count=len(made))
    return len(made)


def _themes_of(call: Call) -> dict[int, set[int]]:
    """The themes of each reviewer; an empty set is all of them."""
    rights = Membership.objects.filter(event=call.event_id, role=Membership.Role.REVIEWER).prefetch_related("themes")
    return {right.user_id: {theme.pk for theme in right.themes.all()} for right in rights}


def _fits(user: User, row: Any, themes: Mapping[int, set[int]]) -> bool:
    wanted = themes.get(user.pk, set())
    is_theirs = not wanted or any(theme.pk in wanted for theme in row.themes.all())
    return is_theirs and not calls.has_own_interest(user, row)


@transaction.atomic
def take_back(kind: Kind, pk: int, reviewer_id: int, *, by: User) -> None:
    """Take an assignment back that has not become a review."""
    row = calls.lock(kind.rows, pk)
    open_ = kind.reviews.objects.filter(**{kind.key: row}, reviewer=reviewer_id, reviewed_at=None)
    if open_.delete()[0]:
        LogEntry.objects.record(row, "assignment taken back", by=by)
