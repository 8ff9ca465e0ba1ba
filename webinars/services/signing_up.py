"""Signing up for one webinar or several on one form, cancelling, and having one's links sent again."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events import clock, outbox, places
from events.models import Event, LogEntry, OrganisationType, Place, Pool, User
from events.transitions import Refusal, TooOften, move
from webinars import emails
from webinars.models import SignUp, SignUpQuerySet, Webinar
from webinars.services import rules

CORRECTIONS = 5  # of one sign-up


class AlreadySignedUp(Refusal):
    """The right address is somebody's who has signed up."""

    message = _("Somebody has already signed up with this address. Cancel this sign-up instead.")


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
    event: Event, webinar_ids: Sequence[int], details: Details, *, form_key: uuid.UUID, by: User | None,
    sent_before: Collection[str] = (),
) -> list[SignUp]:  # fmt: skip
    """A place in each of these webinars if one is free, else the end of its waiting list; one mail tells of all.

    The same form sent again changes nothing and mails nothing. Who has signed up for some of them already gets the
    others; who has signed up for all of them gets the way there by mail, and the page reads the same. One that closes
    while the form is filled in is left out; when that is all of them, Closed.

    A form that was `sent_before` with a mistyped address corrects it: what it has made gets the right one, or ends
    where the right one has signed up already; what it could not make, the mistyped one being known, is made now.
    """
    arrived_at = clock.now()  # in time is in time, however long the wait for the lock
    key = _key(form_key, event, details.email)
    webinars = [one for one in rules.lock_webinars(webinar_ids) if one.event_id == event.pk]
    if details.organisation_type.event_id != event.pk:
        raise rules.NotPossible
    pools = rules.lock_pools(webinars)
    held = Q(status__in=Place.LIVE, email__iexact=details.email) | Q(form_key=key)
    mistyped = [_key(form_key, event, email) for email in sent_before]
    before = _locked(SignUp.objects.filter(webinar__in=webinars, form_key__in=mistyped))
    others = SignUp.objects.filter(webinar__in=webinars).exclude(pk__in=[row.pk for row in before])
    known = list(others.filter(held).order_by("pk"))
    has_known = {one.webinar_id for one in known}
    for row in before:
        if row.webinar_id in has_known:
            _end_double(row)
            rules.settle(row.webinar, rules.pools_of(row.webinar), at=clock.now())
        else:
            _readdress(row, details.email, by=by)
    kept = [row for row in before if row.is_live]
    open_now = [one for one in webinars if one.takes_sign_ups(arrived_at)]
    if not open_now and not known and not before:
        raise rules.Closed
    has_one = has_known | {row.webinar_id for row in kept}
    fresh = [_make(one, pools.get(one.pk), details, key=key, by=by) for one in open_now if one.pk not in has_one]
    if kept or fresh:
        emails.signed_up([*kept, *fresh])
    elif not any(one.form_key == key for one in known):
        emails.already_signed_up(known[0])
    return [*kept, *fresh]


def _key(form_key: uuid.UUID, event: Event, email: str) -> uuid.UUID:
    """A form that comes back with another person's address is another sign-up."""
    return uuid.uuid5(form_key, f"{event.pk}:{email.lower()}")


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
def correct_address(sign_up_id: int, email: str, *, by: User) -> list[SignUp]:
    """An organiser corrects the address of all that came on the same form; the links that went to the old one die."""
    row = SignUp.objects.get(pk=sign_up_id)
    form = SignUp.objects.filter(event=row.event_id, form_key=row.form_key, email__iexact=row.email)
    rules.lock_webinars(form.values_list("webinar", flat=True))
    rows = _locked(form)
    if not rows:
        raise rules.NotPossible
    held = SignUp.objects.live().filter(webinar__in=[one.webinar_id for one in rows], email__iexact=email)
    if held.exclude(pk__in=[one.pk for one in rows]).exists():
        raise AlreadySignedUp
    for one in rows:
        _readdress(one, email, by=by)
    emails.signed_up(rows)
    return rows


def _locked(rows: SignUpQuerySet) -> list[SignUp]:
    """The live ones among these; the caller holds the locks of their webinars."""
    live = rows.live().select_related("event", "webinar__event").order_by("pk")
    return list(live.select_for_update(of=("self",), no_key=True))


def _readdress(row: SignUp, email: str, *, by: User | None) -> None:
    """What has not left for the old address stays here, and the link that went there dies."""
    if not by and LogEntry.objects.about(row).filter(action="address corrected", by=None).count() >= CORRECTIONS:
        raise TooOften
    outbox.forget_unsent(row)
    row.email, row.told_at = email, clock.now()
    row.link_version += 1
    row.version += 1
    row.save(update_fields=["email", "told_at", "link_version", "version"])
    LogEntry.objects.record(row, "address corrected", by=by)


def _end_double(row: SignUp) -> None:
    """The second sign-up of one person ends without a mail to the mistyped address."""
    outbox.forget_unsent(row)
    end(row, Place.Status.CANCELLED, at=clock.now())
    LogEntry.objects.record(row, "ended as a double", by=None)


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
