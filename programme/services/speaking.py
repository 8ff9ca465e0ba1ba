"""What speakers do on their own page: tell about themselves, agree or not, hand in materials; what they are told."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from events import clock, uploads
from events.models import LogEntry, Mail, Upload, User
from events.models.event import is_not_past
from events.transitions import Refusal
from programme import emails
from programme.models import Material, Session, Speaker, SpeakerSlot

REMINDER_DAYS = (7, 1)
MOST_MATERIALS = 20
REMINDER = "programme/materials_reminder"


class MaterialsClosed(Refusal):
    """The date has passed, or the session is cancelled."""

    message = _("Materials can no longer be handed in or taken back here. Write to the organisers.")


class TooManyMaterials(Refusal):
    """Nobody needs more."""

    message = _("A session can have 20 materials at most.")


class NotTheirs(Refusal):
    """A speaker takes back what they have handed in themselves."""

    message = _("This was handed in by somebody else or is gone already.")


def takes_materials(session: Session, at: datetime) -> bool:
    """Whether materials can be handed in: to the end of the minute that is named, or any time when none is."""
    until = session.materials_until
    return session.cancelled_at is None and (until is None or is_not_past(until, at))


# --- About themselves -------------------------------------------------------------------------------------------------
@transaction.atomic
def tell(speaker_id: int, answers: Mapping[str, Any], *, picture: Upload | None) -> Speaker:
    """Write what a speaker says about themselves, and what they agree to."""
    speaker = Speaker.objects.select_for_update(no_key=True).select_related("event").get(pk=speaker_id)
    changed = [name for name, value in answers.items() if getattr(speaker, name) != value]
    for name in changed:
        setattr(speaker, name, answers[name])
    if speaker.picture != picture:
        speaker.picture = picture  # what is replaced is forgotten by the clock: releases may still show it
        changed.append("picture")
    speaker.answered_at = clock.now()
    speaker.save(update_fields=[*changed, "answered_at"])
    LogEntry.objects.record(speaker, "edited by the speaker", by=None, fields=sorted(changed))
    return speaker


# --- Materials --------------------------------------------------------------------------------------------------------
@transaction.atomic
def hand_in(speaker_id: int, session_id: int, *, title: str, url: str = "", upload: Upload | None = None) -> Material:
    """Add a file or a link to a session in which they speak."""
    session = _session_of(speaker_id, session_id)
    if session.materials.count() >= MOST_MATERIALS:
        raise TooManyMaterials
    material = Material.objects.create(
        session=session, title=title, url=url, upload=upload, added_by_id=speaker_id, added_at=clock.now()
    )
    LogEntry.objects.record(session, "material handed in", by=None)
    return material


@transaction.atomic
def take_back(speaker_id: int, material_id: int) -> None:
    """Withdraw what they have handed in; the file is deleted."""
    material = Material.objects.filter(pk=material_id, added_by=speaker_id).select_related("upload").first()
    if material is None:
        raise NotTheirs
    session = _session_of(speaker_id, material.session_id)
    upload = material.upload
    material.delete()
    if upload:
        uploads.forget(upload)
    LogEntry.objects.record(session, "material taken back", by=None)


def _session_of(speaker_id: int, session_id: int) -> Session:
    """Locked; refused when they do not speak there or it is too late."""
    rows = Session.objects.select_for_update(no_key=True).filter(pk=session_id)
    session = (
        rows.filter(Exists(SpeakerSlot.objects.filter(session=OuterRef("pk"), speaker=speaker_id)))
        .order_by("pk")
        .first()
    )
    if session is None or not takes_materials(session, clock.now()):
        raise MaterialsClosed
    return session


# --- What they are told -----------------------------------------------------------------------------------------------
@transaction.atomic
def welcome_speaker(speaker_id: int, *, by: User | None, is_again: bool = False) -> Speaker:
    """Mail a speaker the link to their own page, and the one to register on the place that is kept for them, once.

    Again when an organiser asks for it, at most once a minute.
    """
    speaker = Speaker.objects.select_related("event", "registration", "claim__registration").get(pk=speaker_id)
    emails.speaker_welcome(speaker, is_again=is_again)
    LogEntry.objects.record(speaker, "link sent again" if is_again else "link sent", by=by)
    return speaker


def remind_of_materials() -> int:
    """Remind a week and a day before materials are due; the number of mails.

    Each speaker once for each of the days and each date, whose sessions of that date have nothing from them yet.
    """
    return sum(_remind(days) for days in REMINDER_DAYS)


def _remind(days: int) -> int:
    at = clock.now()
    fewer = max((other for other in REMINDER_DAYS if other < days), default=0)
    handed_in = Material.objects.filter(session=OuterRef("session"), added_by=OuterRef("speaker"))
    slots = SpeakerSlot.objects.filter(
        ~Exists(handed_in), session__cancelled_at=None, session__kind=Session.Kind.SESSION,
        session__materials_until__gt=at + timedelta(days=fewer),
        session__materials_until__lte=at + timedelta(days=days),
    )  # fmt: skip
    due: dict[tuple[int, datetime], list[Session]] = {}
    for slot in slots.select_related("session").order_by("session__starts_at", "pk"):
        if slot.session.materials_until:
            due.setdefault((slot.speaker_id, slot.session.materials_until), []).append(slot.session)
    return sum(_remind_one(speaker, until, sessions, days) for (speaker, until), sessions in due.items())


@transaction.atomic
def _remind_one(speaker_id: int, until: datetime, sessions: list[Session], days: int) -> int:
    """The post's key sees to it that two beats at once remind once."""
    speaker = Speaker.objects.select_related("event").get(pk=speaker_id)
    version = f"{days}-{until:%Y%m%d%H%M}"
    key = f"materials_reminder:programme.speaker:{speaker.pk}:{version}:{speaker.email.lower()}"
    if Mail.objects.filter(key=key[:200]).exists():
        return 0
    emails.materials_reminder(speaker, sessions, until, version=version)
    return 1
