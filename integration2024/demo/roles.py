"""Whom one can be in the demo by one click. A new one is a function and a line in ROLES."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth import login, logout
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from booths import access as booth_access
from booths.models import Booth
from events import clock, senders
from events.addresses import event_url
from events.models import Call, Event, Membership, Page, User
from events.services import submitting
from integration2024.demo import audience, cast, door, exhibition, live, loader, proposals
from programme import access as programme_access
from programme.models import Proposal, Session, Speaker
from programme.services import favourites
from registration import access, services
from registration.models import Registration

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PARTICIPANT = "participant@auranlaakso.example"
REMOTE_PARTICIPANT = "remote@auranlaakso.example"
MARKED = ["opening", "language-a-door-or-a-threshold", "film-the-allotment"]  # what she keeps in mind


class Role(NamedTuple):
    """A button, and what it does: it answers with the address to go to."""

    label: Any
    enter: Callable[[HttpRequest, Event], str]
    has_new_tab: bool = False  # beside what one looks at: the badge to be read is on that page


def be_participant(request: HttpRequest, event: Event) -> str:
    """The personal page of somebody who is registered; whoever is not yet is registered first."""
    registration = Registration.objects.for_event(event).live().by_email(PARTICIPANT).first()
    registration = registration or _register(event)
    _become(request, loader.load_user(PARTICIPANT, registration.full_name, [], event))
    return event_url(event, "personal", token=access.personal_token(registration))


def _register(event: Event) -> Registration:
    """Through the window that is open, and by the organiser's hand when none is."""
    is_on_site = not event.is_virtual
    is_open = event.on_site_is_open(clock.now()) if is_on_site else event.remote_is_open(clock.now())
    by = None if is_open else _organiser(event)
    details = _details(event, "Ella", PARTICIPANT, is_on_site=is_on_site)
    registration = services.register(event, details, form_key=uuid.uuid4(), by=by).registration
    marked = Session.objects.filter(event=event, slug__in=MARKED).values_list("pk", flat=True)
    favourites.bring_along(registration, marked)
    return registration


def _register_remotely(event: Event) -> Registration:
    by = None if event.remote_is_open(clock.now()) else _organiser(event)
    details = _details(event, "Eero", REMOTE_PARTICIPANT, is_on_site=False)
    return services.register(event, details, form_key=uuid.uuid4(), by=by).registration


def _details(event: Event, first_name: str, email: str, *, is_on_site: bool) -> services.Details:
    privacy = event.pages.filter(kind=Page.Kind.PRIVACY).first()
    return services.Details(
        language=get_language() or "fi",
        first_name=first_name,
        last_name="Esimerkki",
        email=email,
        organisation="Auranlaakson kaupunki",
        organisation_type=event.organisation_types.get(slug="municipality"),
        attendance=Registration.Attendance.ON_SITE if is_on_site else Registration.Attendance.REMOTE,
        days=list(event.days.all()) if is_on_site else [],
        privacy_version=privacy.version if privacy else 1,
    )


def be_remote_participant(request: HttpRequest, event: Event) -> str:
    """The streams on the morning of the event, as somebody who follows them."""
    live.load_streams(event)
    live.go_to_streams(event)
    registration = Registration.objects.for_event(event).live().by_email(REMOTE_PARTICIPANT).first()
    registration = registration or _register_remotely(event)
    _become(request, loader.load_user(REMOTE_PARTICIPANT, registration.full_name, [], event))
    access.remember(request, registration)
    return event_url(event, "live")


def be_organiser(request: HttpRequest, event: Event) -> str:
    """The admin; the session counts as having passed the second factor."""
    _become_staff(request, _organiser(event))
    return reverse("admin:index")


def be_reviewer(request: HttpRequest, event: Event) -> str:
    """The proposals in the admin, as somebody sees them who reviews two themes."""
    user = loader.load_user(proposals.REVIEWER, "Reetta Arvioija", [Membership.Role.REVIEWER], event)
    _become_staff(request, user)
    return reverse("admin:programme_proposal_changelist")


def _become_staff(request: HttpRequest, user: User) -> None:
    """The session counts as having passed the second factor."""
    _become(request, user)
    record_authentication(request, user, "mfa", type="totp")


def _organiser(event: Event) -> User:
    return loader.load_user(loader.ORGANISER, event=event, **loader.USERS[loader.ORGANISER])


def be_exhibitor(request: HttpRequest, event: Event) -> str:
    """The page of a booth; before there are any, the public list."""
    booths = Booth.objects.for_event(event).live().exclude(confirmed_at=None)
    booth = booths.filter(email__endswith=f"@{exhibition.EXHIBITOR}").first() or booths.first()
    if booth is None:
        return event_url(event, "booths")
    _become(request, loader.load_user(booth.email, booth.name, [], event))
    return event_url(event, "exhibitor", token=booth_access.booth_token(booth))


def be_proposer(request: HttpRequest, event: Event) -> str:
    """The page of a proposal of one's own: a draft in a call that is open, else the one that was selected."""
    person = cast.speakers()[audience.SPEAKER]
    own = Proposal.objects.for_event(event).by_email(person.email).select_related("event", "call")
    call = Call.objects.filter(event=event).open_at(clock.now()).of_kind(Call.Kind.PROGRAMME).first()
    open_ones = own.filter(call=call, status__in=[Proposal.Status.DRAFT, Proposal.Status.SUBMITTED])
    proposal = open_ones.first() if call else own.filter(status=Proposal.Status.CONFIRMED).first()
    _become(request, loader.load_user(person.email, person.name, [], event))
    if call and proposal is None:
        proposal = _begin(call, person)
    token = senders.token_of(proposal) if proposal else ""
    return event_url(event, "submission", token=token) if token else event_url(event, "calls")


def _begin(call: Call, person: cast.Somebody) -> Proposal:
    """A draft with a title, as the form would save it."""
    language = get_language() or "fi"
    told: dict[str, Any] = {"email": person.email, "name": person.name, "organisation": person.organisation}
    answers = submitting.Answers(plain={**told, f"title_{language}": gettext("My own proposal")})
    key, at = uuid.uuid4(), clock.now()
    outcome = submitting.begin(call, answers, language=language, form_key=key, is_sending=False, at=at)
    made: Proposal = outcome.row
    return made


def be_speaker(request: HttpRequest, event: Event) -> str:
    """The page of somebody who speaks in two sessions; before there are any, the programme's."""
    person = cast.speakers()[audience.SPEAKER]
    _become(request, loader.load_user(person.email, person.name, [], event))
    speaker = Speaker.objects.filter(event=event, email=person.email).first()
    if speaker is None:
        return event_url(event, "programme")
    return event_url(event, "speaker-page", token=programme_access.speaker_token(speaker))


def be_door_staff(request: HttpRequest, event: Event) -> str:
    """The door on the morning of the event, as a help desk of its own; no login, a device needs none."""
    door.go_to_event(event)
    loader.load_event(loader.read(*loader.FILES["2024"]))  # gates and lists, should somebody have deleted them all
    device = door.make_device(event, language=get_language() or "fi", by=_organiser(event))
    return f"/door/#pair={services.pairing_token(device)}"


def be_nobody(request: HttpRequest, event: Event) -> str:
    """A visitor whom nobody knows."""
    logout(request)
    return event_url(event, "home")


def _become(request: HttpRequest, user: User) -> None:
    """A fresh session, so that nothing of the former role is left in it."""
    logout(request)
    login(request, user, backend=BACKEND)


ROLES = {
    "participant": Role(_("Participant"), be_participant),
    "remote": Role(_("Remote participant"), be_remote_participant),
    "proposer": Role(_("Proposer"), be_proposer),
    "reviewer": Role(_("Reviewer"), be_reviewer),
    "speaker": Role(_("Speaker"), be_speaker),
    "organiser": Role(_("Organiser"), be_organiser),
    "exhibitor": Role(_("Exhibitor"), be_exhibitor),
    "door": Role(_("Door staff (new tab)"), be_door_staff, has_new_tab=True),
    "visitor": Role(_("Log out"), be_nobody),
}
