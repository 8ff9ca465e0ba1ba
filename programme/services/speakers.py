"""From a confirmed proposal to a session of the programme, with speakers who are registered without typing anew."""

from typing import Any, NamedTuple

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events import calls, clock
from events.models import Event, LogEntry, Role, Submission, User
from events.transitions import Refusal
from programme.models import CoPresenter, Proposal, Session, SessionText, Speaker, SpeakerSlot
from programme.services import speaking
from registration import services as registration_services
from registration.models import Registration
from registration.services.roles import give_role

KEPT_ROLES = {"organiser", "staff"}  # who works at the event keeps the badge and the doors of that


class NotConfirmed(Refusal):
    """A session is made of what is selected and confirmed by its sender."""

    message = _("A session can be made when the proposal is selected and its sender has confirmed.")


class NoSpeakerRole(Refusal):
    """Speakers are registered in a role of their own."""

    message = _("The event has no role “speaker”: add it before you make sessions.")


class Made(NamedTuple):
    """The session; who got a link to register, who was registered already."""

    session: Session
    invited: list[Speaker]
    registered: list[Speaker]
    is_new: bool


@transaction.atomic
def make_session(proposal_id: int, *, by: User) -> Made:
    """Make a session of a confirmed proposal, once: asked again, the same one is given back."""
    proposal = calls.lock(Proposal, proposal_id)
    known = Session.objects.filter(proposal=proposal).first()
    if known:
        return Made(known, [], [], is_new=False)
    if proposal.status != Submission.Status.CONFIRMED:
        raise NotConfirmed
    role = proposal.event.roles.filter(slug="speaker").first()
    if role is None:
        raise NoSpeakerRole
    session = _session(proposal)
    made = Made(session, [], [], is_new=True)
    for order, (speaker, is_new) in enumerate(_speakers(proposal)):
        SpeakerSlot.objects.create(session=session, speaker=speaker, order=order)
        if is_new:
            _register(speaker, role, made, by=by)
    LogEntry.objects.record(proposal, "made a session", by=by, number=session.pk)
    return made


def _session(proposal: Proposal) -> Session:
    """With the texts in the languages that are written; the others are missing."""
    at, written = clock.now(), [code for code in ("fi", "sv", "en") if getattr(proposal, f"title_{code}")]
    texts: dict[str, Any] = {f"title_{code}": getattr(proposal, f"title_{code}") for code in written}
    texts |= {f"abstract_{code}": getattr(proposal, f"description_{code}") or "" for code in written}
    session = Session.objects.create(
        event=proposal.event, proposal=proposal, slug=_free_slug(proposal), format=proposal.format,
        languages=proposal.session_languages or [proposal.language],
        is_all_day=bool(proposal.format and proposal.format.is_all_day), **texts,
    )  # fmt: skip
    session.themes.set(proposal.themes.all())
    SessionText.objects.bulk_create(SessionText(session=session, language=code, changed_at=at) for code in written)
    return session


def _free_slug(proposal: Proposal) -> str:
    """From the title; a number follows where another session has it already."""
    base = slugify(str(proposal))[:50].strip("-") or f"session-{proposal.pk}"
    taken = set(Session.objects.filter(event=proposal.event, slug__startswith=base).values_list("slug", flat=True))
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _speakers(proposal: Proposal) -> list[tuple[Speaker, bool]]:
    """The sender and the co-presenters who come along, each once for the event; whether they are new."""
    people: list[Any] = [proposal, *proposal.co_presenters.filter(status=CoPresenter.Status.ACCEPTED)]
    found: dict[int, tuple[Speaker, bool]] = {}
    for person in people:
        speaker, is_new = _speaker(proposal.event, person, proposal.language)
        found.setdefault(speaker.pk, (speaker, is_new))
    return list(found.values())


def _speaker(event: Event, person: Any, language: str) -> tuple[Speaker, bool]:
    known = Speaker.objects.filter(event=event, email__iexact=person.email).first()
    if known:
        return known, False
    facts = {"name": person.name or person.email, "organisation": person.organisation, "language": language}
    return Speaker.objects.create(event=event, email=person.email, **facts), True


def _register(speaker: Speaker, role: Role, made: Made, *, by: User) -> None:
    """Who is registered gains the role; anybody else gets a place to register on as a speaker. One mail tells both."""
    registration = Registration.objects.for_event(speaker.event).live().by_email(speaker.email).first()
    if registration is None:
        days = list(speaker.event.days.all())
        speaker.claim = registration_services.reserve(speaker.event, role, days, by=by, note=speaker.name)
        made.invited.append(speaker)
    else:
        if registration.role.slug not in KEPT_ROLES:
            give_role(registration.pk, role, by=by)
        speaker.registration = registration
        made.registered.append(speaker)
    speaker.save(update_fields=["claim", "registration"])
    speaking.welcome_speaker(speaker.pk, by=by)
