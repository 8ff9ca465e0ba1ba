"""Those who speak along: named in a proposal, asked by mail when it is sent in, each answers by their own link."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from events import clock
from events.models import LogEntry
from events.transitions import InvalidTransition, Refusal
from programme import emails
from programme.models import CoPresenter, Proposal

Status = CoPresenter.Status
ASKED, ASKED_A_DAY = "co-presenter asked", 30


class TooManyCoPresenters(Refusal):
    """There is a limit, which the form tells first."""

    message = _("A proposal can have 10 co-presenters at most.")


class KnownCoPresenter(Refusal):
    """One address is asked once for a proposal, and nobody asks themselves."""

    message = _("This address is named in the proposal already.")


class TooOften(Refusal):
    """What mails strangers is possible so many times a day only."""

    message = _("You have invited many people today already. Try again tomorrow, or write to us.")


class Person(NamedTuple):
    """Somebody as named by the proposer."""

    email: str
    name: str
    organisation: str = ""


def keep(proposal: Proposal, people: Sequence[Person], *, at: datetime) -> None:
    """Write who is named now; who was named before keeps the answer. Those of a sent proposal are asked."""
    if len(people) > CoPresenter.MOST:
        raise TooManyCoPresenters
    known = {row.email.lower(): row for row in proposal.co_presenters.all()}
    for person in people:
        row = known.pop(person.email.lower(), None) or CoPresenter(proposal=proposal, email=person.email)
        if row.pk is None or (row.name, row.organisation) != (person.name, person.organisation):
            row.name, row.organisation = person.name, person.organisation
            row.save()
    for row in known.values():
        row.delete()
    if proposal.is_sent_in:
        invite(proposal, at=at)


def invite(proposal: Proposal, *, at: datetime) -> None:
    """Ask those who have not been asked; not again where somebody has said that it was not for them."""
    waiting = list(proposal.co_presenters.filter(invited_at=None, answered_at=None))
    asked = LogEntry.objects.about(proposal).filter(action=ASKED, at__gt=at - timedelta(days=1)).count()
    if waiting and asked + len(waiting) > ASKED_A_DAY:
        raise TooOften
    for row in waiting:
        row.invited_at = at
        row.save(update_fields=["invited_at"])
        LogEntry.objects.record(proposal, ASKED, by=None)
        emails.co_presenter_invited(row)


def lock(pk: int) -> CoPresenter:
    """The proposal first, then the row."""
    proposal_id = CoPresenter.objects.values_list("proposal_id", flat=True).get(pk=pk)
    Proposal.objects.select_for_update().get(pk=proposal_id)
    rows = CoPresenter.objects.select_related("proposal__event", "proposal__call").select_for_update(of=("self",))
    return rows.get(pk=pk)


@transaction.atomic
def answer(pk: int, *, is_yes: bool, name: str, organisation: str) -> CoPresenter:
    """Yes or no, with the own name as it should be written; the mind may be changed. The proposer is told."""
    row = lock(pk)
    if row.proposal.has_ended:
        raise InvalidTransition
    wanted = Status.ACCEPTED if is_yes else Status.DECLINED
    has_changed = row.status != wanted
    row.status, row.name, row.organisation = wanted, name or row.name, organisation
    row.answered_at = clock.now() if has_changed else row.answered_at
    row.save(update_fields=["status", "name", "organisation", "answered_at"])
    if has_changed:
        LogEntry.objects.record(row.proposal, "co-presenter answered", by=None)
        emails.co_presenter_answered(row)
    return row


@transaction.atomic
def not_me(pk: int) -> CoPresenter:
    """The invitation has reached the wrong person: its link ends, and the proposer is asked to correct it."""
    row = lock(pk)
    row.status, row.answered_at, row.invited_at = Status.INVITED, clock.now(), None
    row.link_version += 1
    row.save(update_fields=["status", "answered_at", "invited_at", "link_version"])
    LogEntry.objects.record(row.proposal, "invitation reached the wrong person", by=None)
    emails.co_presenter_answered(row)
    return row


@transaction.atomic
def correct(pk: int, person: Person) -> CoPresenter:
    """The proposer mends an address: whoever had the old link can no longer answer, the right person is asked."""
    row = lock(pk)
    if row.proposal.has_ended:
        raise InvalidTransition
    others = row.proposal.co_presenters.exclude(pk=row.pk)
    if person.email.lower() == row.proposal.email.lower() or others.filter(email__iexact=person.email).exists():
        raise KnownCoPresenter
    row.email, row.name, row.organisation = person
    row.status, row.answered_at, row.invited_at = Status.INVITED, None, None
    row.link_version += 1
    row.save(update_fields=["email", "name", "organisation", "status", "answered_at", "invited_at", "link_version"])
    LogEntry.objects.record(row.proposal, "co-presenter corrected", by=None)
    if not row.proposal.is_draft:
        invite(row.proposal, at=clock.now())
    return row
