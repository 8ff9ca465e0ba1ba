"""Signing up for one webinar or several on one form, cancelling, and having one's links sent again."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from events import clock, places
from events.models import Event, LogEntry, OrganisationType, Place, Pool, User
from events.transitions import move
from webinars import emails
from webinars.models import SignUp, Webinar
from webinars.services import rules


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a person tells when signing up, already validated."""

    language: str
    name: str
    email: str
    organisation: str
    organisation_type: OrganisationType
    privacy_version: int = 1


@transaction.atomic
def sign_up(
    event: Event, webinar_ids: Sequence[int], details: Details, *, form_key: uuid.UUID, by: User | None
) -> list[SignUp]:
    """A place in each of these webinars if one is free, else the end of its waiting list; one mail tells of all.

    The same form sent again changes nothing and mails nothing. Who has signed up for some of them already gets the
    others; who has signed up for all of them gets the way there by mail, and the page reads the same. One that closes
    while the form is filled in is left out; when that is all of them, Closed.
    """
    arrived_at = clock.now()  # in time is in time, however long the wait for the lock
    key = uuid.uuid5(form_key, f"{event.pk}:{details.email.lower()}")
    webinars = [one for one in rules.lock_webinars(webinar_ids) if one.event_id == event.pk]
    if details.organisation_type.event_id != event.pk:
        raise rules.NotPossible
    pools = rules.lock_pools(webinars)
    held = Q(status__in=Place.LIVE, email__iexact=details.email) | Q(form_key=key)
    known = list(SignUp.objects.filter(held, webinar__in=webinars).order_by("pk"))
    open_now = [one for one in webinars if one.takes_sign_ups(arrived_at)]
    if not open_now and not known:
        raise rules.Closed
    has_known = {one.webinar_id for one in known}
    made = [_make(one, pools.get(one.pk), details, key=key, by=by) for one in open_now if one.pk not in has_known]
    if made:
        emails.signed_up(made)
    elif not any(one.form_key == key for one in known):
        emails.already_signed_up(known[0])
    return made


def _make(webinar: Webinar, pool: Pool | None, details: Details, *, key: uuid.UUID, by: User | None) -> SignUp:
    at = clock.now()  # the order of the queue is the order of the lock: a place once told in a mail stays true
    pools = [pool] if pool else []
    rules.settle_lapsed(webinar, pools, at=at)
    made = SignUp(
        event=webinar.event, webinar=webinar, form_key=key, language=details.language, name=details.name,
        email=details.email, organisation=details.organisation, organisation_type=details.organisation_type,
        privacy_version=details.privacy_version, signed_up_at=at, told_at=at,
    )  # fmt: skip
    places.take(made, pools, at=at)
    made.save(force_insert=True)
    if pools:
        made.pools.add(*pools)
        places.recount(pools, SignUp)
    LogEntry.objects.record(made, "signed up for a webinar", by=by, status=made.status)
    return made


@transaction.atomic
def cancel(sign_up_id: int, *, by: User | None) -> SignUp:
    """End a sign-up; what it held goes to the queue in the same moment. Cancelled twice is cancelled once."""
    webinar, pools, row = rules.lock(sign_up_id)
    if not row.is_live:
        return row
    at = clock.now()
    if webinar.is_over(at) and by is None:
        raise rules.NotPossible
    end(row, Place.Status.CANCELLED, at=at)
    rules.settle(webinar, pools, at=at)
    LogEntry.objects.record(row, "cancelled", by=by)
    emails.cancelled(row)
    return row


def end(row: SignUp, status: str, *, at: datetime) -> None:
    """End a locked sign-up; the caller settles, logs and mails."""
    move(row, status)
    row.ended_at = at
    row.version += 1
    row.save(update_fields=["status", "ended_at", "version"])


@transaction.atomic
def send_links(event: Event, email: str, *, by: User | None) -> None:
    """Mail the personal links of somebody's webinars again; nothing happens when there are none."""
    rows = SignUp.objects.filter(event=event).live().by_email(email).select_related("event", "webinar")
    coming = rows.filter(webinar__ends_at__gt=clock.now()).order_by("webinar__starts_at", "pk")
    if row := coming.first() or rows.order_by("-webinar__starts_at", "pk").first():
        LogEntry.objects.record(row, "link sent again", by=by)
        emails.links_again(row)
