"""Passing a place on: to a colleague, or from a reserved place to the one who opens its link."""

import uuid
from datetime import timedelta

from django.db import transaction

from events import clock
from events.models import LogEntry, Place, User
from registration import emails
from registration.models import Badge, Claim, Handover, Needs, Registration
from registration.services import registering, rules
from registration.services.details import Details

HANDOVERS_A_DAY = 3


@transaction.atomic
def give_to_colleague(registration_id: int, *, to_email: str, language: str, by: User | None) -> Handover:
    """Offer one's place to a colleague; it stays one's own until they confirm. A new offer ends the one before."""
    at = clock.now()
    _, registration = rules.lock(registration_id)
    if not registration.has_badge or not (by or registration.can_change(at)):
        raise rules.NotPossible
    if registration.handovers.filter(made_at__gt=at - timedelta(days=1)).count() >= HANDOVERS_A_DAY:
        raise rules.TooOften
    registration.handovers.filter(ended_at=None).update(ended_at=at)
    handover = Handover.objects.create(registration=registration, to_email=to_email, language=language, made_at=at)
    LogEntry.objects.record(registration, "place offered to a colleague", by=by)
    emails.handover_offered(handover)
    return handover


@transaction.atomic
def keep_after_all(registration_id: int, *, by: User | None) -> Registration:
    """Take back the offer to a colleague."""
    registration = rules.lock_registration(registration_id)
    registration.handovers.filter(ended_at=None).update(ended_at=clock.now())
    LogEntry.objects.record(registration, "offer to a colleague taken back", by=by)
    return registration


@transaction.atomic
def take_over(handover_id: int, details: Details, *, form_key: uuid.UUID) -> Registration:
    """A colleague registers on the place; the giver's registration ends and its badge code dies."""
    at = clock.now()
    handover = Handover.objects.select_related("registration").get(pk=handover_id)
    rules.lock_pools(handover.registration.event_id)
    giver = rules.lock_registration(handover.registration_id)
    handover = Handover.objects.select_related("taken_by__event").select_for_update(of=("self",)).get(pk=handover_id)
    if handover.taken_by:
        return _same_form(handover.taken_by, details, form_key)
    if handover.ended_at or not giver.has_badge:
        raise rules.LinkUsed
    if details.email.lower() == handover.to_email.lower():  # the link came to this address, so it is theirs
        _end_lesser_registration(giver, details.email)
    taker = registering.register_on(giver, details, form_key=form_key)
    handover.ended_at, handover.taken_by = at, taker
    handover.save(update_fields=["ended_at", "taken_by"])
    Badge.objects.filter(registration=giver).valid().update(revoked_at=at)
    Needs.objects.filter(registration=giver).delete()
    rules.settle(giver.event, rules.lock_pools(giver.event_id), at=at)  # an assistant's seat or an offer may be left
    LogEntry.objects.record(giver, "place given to a colleague", by=None)
    emails.handed_over(giver)
    return taker


def _same_form(taker: Registration, details: Details, form_key: uuid.UUID) -> Registration:
    """The form that took the place, sent again, is that registration; anybody else comes too late."""
    if taker.form_key != registering.key_of(taker.event, details, form_key):
        raise rules.LinkUsed
    return taker


def _end_lesser_registration(giver: Registration, email: str) -> None:
    """A colleague who waited or took part remotely has something better now."""
    rows = Registration.objects.for_event(giver.event).live().by_email(email).exclude(pk=giver.pk)
    for registration in rows.select_for_update(of=("self",), no_key=True):
        if not registration.has_badge:
            had_calendar_entries = registration.follows_remotely
            rules.end_quietly(registration, "took over a colleague's place")
            if had_calendar_entries:
                emails.cancelled(registration)


@transaction.atomic
def register_on_claim(claim_id: int, details: Details, *, form_key: uuid.UUID) -> Registration:
    """Register on a reserved place, with its role and days."""
    rules.lock_pools(Claim.objects.values_list("event_id", flat=True).get(pk=claim_id))
    claim = Claim.objects.select_related("event", "role").select_for_update(of=("self",)).get(pk=claim_id)
    if claim.registration:
        return _same_form(claim.registration, details, form_key)
    if claim.status != Place.Status.RESERVED:
        raise rules.LinkUsed
    return registering.register_on(claim, details, form_key=form_key)
