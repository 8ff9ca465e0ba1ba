"""Who may do what, in which event. A right is a row (Membership); what its role may do is told by one table."""

from collections.abc import Iterable
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.db import models
from django.http import HttpRequest

from events.models import Event, Membership

Role = Membership.Role
SECOND_FACTOR = "mfa"  # how allauth records a code of an authenticator app, a recovery code or a passkey

# Role → table → what may be done with its rows in the admin. A table that is not named is not even seen.
# "read" is for answers about diet and access needs: seeing that there are some is "view" of the registration.
PERMISSIONS: dict[str, dict[str, frozenset[str]]] = {
    role: {label: frozenset(actions.split()) for label, actions in table.items()}
    for role, table in {
        Role.ORGANISER: {
            "events.event": "view change",
            "events.day": "view add change delete",
            "events.partner": "view add change delete",
            "events.page": "view add change delete",
            "events.newsitem": "view add change delete",
            "events.organisationtype": "view add change delete",
            "events.role": "view add change delete",
            "events.theme": "view add change delete",
            "events.question": "view add change delete",
            "events.questionchoice": "view add change delete",
            "events.pool": "view add change",
            "events.mail": "view change",
            "events.mailing": "view add change delete",
            "events.document": "view",
            "events.logentry": "view",
            "registration.registration": "view add change",
            "registration.claim": "view add change",
            "registration.gate": "view add change delete",
            "registration.checkinlist": "view add change delete",
            "registration.device": "view add change",
            "registration.scan": "view",
            "registration.conflict": "view change",
            "registration.letterrange": "view change",
            "events.call": "view add change delete",
            "events.criterion": "view add change delete",
            "events.callchoice": "view add change delete",
            "programme.format": "view add change delete",
            "programme.proposal": "view change",
            "programme.proposalreview": "view add change",
            "programme.application": "view change",
            "programme.applicationreview": "view add change",
            "programme.room": "view add change delete",
            "programme.speaker": "view add change",
            "programme.session": "view add change delete",
            "programme.speakerslot": "view add change delete",
            "programme.material": "view add change delete",
            "programme.release": "view add",
            "programme.livepage": "view add change",
            "programme.stream": "view add change delete",
            "programme.livequestion": "view change",
            "booths.exhibition": "view add change",
            "booths.hall": "view add change delete",
            "booths.landmark": "view add change delete",
            "booths.boothplace": "view add change delete",
            "booths.boothapplication": "view change",
            "booths.boothapplicationreview": "view add change",
            "booths.booth": "view add change",
            "booths.boothchange": "view change",
            "webinars.series": "view add change delete",
            "webinars.webinar": "view add change delete",
            "webinars.material": "view add change delete",
            "webinars.signup": "view change",
            "webinars.feedback": "view",
        },
        # Which proposals, and whether with names, is told by events.services.reviewing.
        Role.REVIEWER: {
            "events.event": "view",
            "events.theme": "view",
            "programme.proposal": "view",
            "programme.proposalreview": "view add change",
            "programme.application": "view",
            "programme.applicationreview": "view add change",
            "booths.boothapplication": "view",
            "booths.boothapplicationreview": "view add change",
        },
        Role.DOOR_LEAD: {
            "events.event": "view",
            "registration.registration": "view",
            "registration.gate": "view",
            "registration.checkinlist": "view",
            "registration.device": "view add change",
            "registration.scan": "view",
            "registration.conflict": "view change",
            "registration.letterrange": "view",
        },
        Role.TRANSLATOR: {
            "events.event": "view change",
            "events.page": "view change",
            "events.newsitem": "view change",
            "events.organisationtype": "view change",
            "events.role": "view change",
            "events.theme": "view change",
            "events.question": "view change",
            "events.questionchoice": "view change",
            "programme.session": "view change",
            "programme.room": "view change",
            "booths.exhibition": "view change",
            "booths.hall": "view change",
            "booths.landmark": "view change",
            "booths.booth": "view change",
            "webinars.series": "view change",
            "webinars.webinar": "view change",
        },
        Role.NEEDS_READER: {"events.event": "view", "registration.needs": "view"},
    }.items()
}


def passed_second_factor(request: HttpRequest) -> bool:
    """Whether this session, not only this person, has shown an authenticator's code or a passkey."""
    user = request.user if request.user.is_authenticated else None
    records = get_authentication_records(request, user)
    return any(record.get("method") == SECOND_FACTOR for record in records)


def memberships(user: Any) -> list[Membership]:
    """A person's rights, asked of the database once a request (the user object lives no longer)."""
    if not hasattr(user, "_memberships"):
        user._memberships = list(user.memberships.all()) if user.is_authenticated else []
    return user._memberships


def roles_that_may(action: str, label: str) -> set[str]:
    """The roles that the table allows this."""
    return {role for role, table in PERMISSIONS.items() if action in table.get(label, ())}


def event_ids(user: Any, *actions: str, model: type[models.Model]) -> set[int] | None:
    """The events in which somebody may do one of these with rows of a table; None means in all of them."""
    if user.is_active and user.is_superuser:
        return None
    roles = {role for action in actions for role in roles_that_may(action, model._meta.label_lower)}
    return {right.event_id for right in memberships(user) if right.role in roles} if user.is_active else set()


def may(user: Any, action: str, model: type[models.Model], event_id: int | None = None) -> bool:
    """Whether somebody may do this with rows of a table: of this event, or of any event at all."""
    allowed = event_ids(user, action, model=model)
    return allowed is None or (event_id in allowed if event_id else bool(allowed))


def only_translates(user: Any, model: type[models.Model], event_id: int | None) -> bool:
    """Whether somebody may change rows of a table of this event as a translator alone: their texts, nothing else."""
    if user.is_superuser:
        return False
    changing = roles_that_may("change", model._meta.label_lower)
    return {right.role for right in memberships(user) if right.event_id == event_id} & changing == {Role.TRANSLATOR}


def events_of(user: Any, *actions: str, model: type[models.Model]) -> models.QuerySet[Event]:
    """Those events as rows."""
    allowed = event_ids(user, *actions, model=model)
    return Event.objects.all() if allowed is None else Event.objects.filter(pk__in=allowed)


def chosen_event(events: Iterable[Event], wanted: str | None) -> Event | None:
    """The event asked for by its key, if it is among these; else the current one, else the newest."""
    found = sorted(events, key=lambda event: (event.is_current, event.starts_on), reverse=True)
    named = [event for event in found if str(event.pk) == wanted]
    return next(iter([*named, *found]), None)
