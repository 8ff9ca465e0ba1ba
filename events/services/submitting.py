"""What the sender does until the call closes: begin, save, send in, change, withdraw, take up again; and the link."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from events import calls, clock, emails
from events.kinds import KINDS, kind_of
from events.models import Call, Event, LogEntry, Mail, Submission
from events.transitions import InvalidTransition, Refusal

REMINDER_DAYS = (1, 3)  # the nearer first: who is reminded of the last day is not reminded of three days too


class ChangedMeanwhile(Refusal):
    """The page was opened before somebody else, or another tab, saved."""

    message = _("This has been changed in another window since you opened the page. Nothing was overwritten.")


class NotEditable(Refusal):
    """It has been decided, or withdrawn, or merged with another."""

    message = _("This can no longer be changed: look at your page to see how it stands.")


@dataclass(frozen=True)
class Answers:
    """What was typed: plain columns, rows chosen from lists, and what the kind keeps in rows of its own."""

    plain: dict[str, Any]
    chosen: dict[str, Sequence[Any]] = field(default_factory=dict)
    more: Any = None


class Outcome(NamedTuple):
    """The row, and whether this call made it."""

    row: Any
    is_new: bool


def key_of(call: Call, email: str, form_key: uuid.UUID) -> uuid.UUID:
    """The same form sent again by the same person is the same row; with another address it is another one."""
    return uuid.uuid5(form_key, f"{call.pk}:{email.lower()}")


def begin(
    call: Call, answers: Answers, *, language: str, form_key: uuid.UUID, is_sending: bool, at: datetime
) -> Outcome:
    """Save a draft or send in at once. The same form sent again finds the row that it has made.

    `at` is when the form arrived: in time is in time, however long the work takes.
    """
    table = kind_of(call).rows
    if not call.is_open(at):
        raise calls.CallClosed
    key = key_of(call, answers.plain["email"], form_key)
    try:
        with transaction.atomic():
            made: Any = table(event=call.event, call=call, language=language, form_key=key, started_at=at, edited_at=at)
            return Outcome(_save(made, answers, is_sending=is_sending, at=at), is_new=True)
    except IntegrityError:
        known = find(call, answers.plain["email"], form_key)
        if known is None:
            raise
        return Outcome(known, is_new=False)


def find(call: Call, email: str, form_key: uuid.UUID) -> Any:
    """What this form has made before."""
    rows = kind_of(call).rows.objects.select_related("event", "call")
    return rows.filter(form_key=key_of(call, email, form_key)).first()


@transaction.atomic
def save(row: Submission, answers: Answers, *, seen_version: int, is_sending: bool, at: datetime) -> Submission:
    """Change a draft or what is sent in already, until the call closes; refused when the page was an old one."""
    fresh: Any = calls.lock(type(row), row.pk)
    if not fresh.can_be_edited(at):
        raise NotEditable if fresh.call.is_open(at) else calls.CallClosed
    if fresh.version != seen_version:
        raise ChangedMeanwhile
    return _save(fresh, answers, is_sending=is_sending or fresh.is_sent_in, at=at)


def _save(row: Any, answers: Answers, *, is_sending: bool, at: datetime) -> Any:
    """Fill, move, save, record, tell."""
    is_new, was_draft, old_email = row.pk is None, row.is_draft, row.email
    for name, value in answers.plain.items():
        setattr(row, name, value)
    _refuse_strangers(row, answers)
    if not is_new and old_email.lower() != row.email.lower():
        row.link_version += 1  # the link goes to the new address; the old one no longer opens it
    if is_sending:
        calls.submit(row, at=at)
    else:
        calls.edit(row, at=at)
    row.save(force_insert=is_new)
    for name, values in answers.chosen.items():
        getattr(row, name).set(values)
    kind_of(row).keep(row, answers.more, at=at)
    _record_and_tell(row, is_sending=is_sending, was_draft=was_draft)
    return row


def _refuse_strangers(row: Any, answers: Answers) -> None:
    """Rows of another event or call are refused; the form never offers them."""
    given = [*answers.plain.values(), *(one for several in answers.chosen.values() for one in several)]
    for found in given:
        if isinstance(found, models.Model) and (
            getattr(found, "event_id", row.event_id) != row.event_id
            or getattr(found, "call_id", row.call_id) != row.call_id
        ):
            raise InvalidTransition


def _record_and_tell(row: Submission, *, is_sending: bool, was_draft: bool) -> None:
    if not is_sending:
        LogEntry.objects.record(row, "draft saved", by=None)
        emails.draft_saved(row)
        return
    LogEntry.objects.record(row, "sent in" if was_draft else "edited by the sender", by=None)
    if was_draft:
        emails.received(row)
    else:
        emails.edited(row)


@transaction.atomic
def send_in(row: Submission, *, at: datetime) -> Submission:
    """Send in a draft as it stands; the caller has seen that nothing is missing."""
    fresh: Any = calls.lock(type(row), row.pk)
    if not fresh.is_draft:
        return fresh
    calls.submit(fresh, at=at)
    fresh.save(update_fields=["status", "submitted_at", "edited_at", "version"])
    kind_of(fresh).sent_in(fresh, at=at)
    _record_and_tell(fresh, is_sending=True, was_draft=True)
    return fresh


@transaction.atomic
def take_up_again(row: Submission) -> Submission:
    """What was withdrawn is a draft again while the call is open."""
    fresh: Any = calls.lock(type(row), row.pk)
    calls.take_up_again(fresh, at=clock.now())
    LogEntry.objects.record(fresh, "taken up again", by=None)
    return fresh


def send_links(event: Event, email: str) -> None:
    """Mail the link of everything that somebody has begun or sent in; nothing happens for an unknown address."""
    for kind in KINDS.values():
        rows = kind.rows.objects.select_related("event", "call").for_event(event).by_email(email)
        for row in rows.exclude(status=Submission.Status.MERGED):
            send_link(row)


@transaction.atomic
def send_link(row: Submission) -> None:
    """Mail one link again."""
    LogEntry.objects.record(row, "link sent again", by=None)
    emails.link_again(row)


def remind_of_drafts() -> int:
    """Remind those whose draft lies there three days and one day before its call closes; the number of mails.

    The post's key sees to it that two beats at once remind once.
    """
    return sum(_remind(call, days) for days in REMINDER_DAYS for call in _closing_within(days))


def _closing_within(days: int) -> list[Call]:
    """Open calls with so many days to go, and not yet as few as the next reminder's."""
    at = clock.now()
    fewer = max((other for other in REMINDER_DAYS if other < days), default=0)
    rows = Call.objects.open_at(at).of_kind(*KINDS).filter(closes_at__lte=at + timedelta(days=days))
    return list(rows.filter(closes_at__gt=at + timedelta(days=fewer)) if fewer else rows)


def _remind(call: Call, days: int) -> int:
    kind, due_at = kind_of(call), call.closes_at - timedelta(days=days)
    told = Mail.objects.filter(message=emails.REMINDER, about_type=kind.label, created_at__gte=due_at)
    rows = kind.rows.objects.select_related("event", "call").filter(call=call, started_at__lt=due_at)
    drafts = list(rows.drafts().exclude(pk__in=told.values("about_id")))
    for row in drafts:
        with transaction.atomic():
            emails.reminder(row, days)
    return len(drafts)
