"""One function a message: to whom, with what. The words are the templates' in programme/emails/."""

from datetime import datetime
from typing import Any

from events import clock, dates, emails, outbox
from programme.models import CoPresenter, Session, Speaker
from registration.models import Registration

STREAMS = "programme/streams_tomorrow"


def co_presenter_invited(row: CoPresenter) -> None:
    """To somebody who is named in a proposal: will you speak along?"""
    outbox.queue(
        "programme/co_presenter_invited",
        row,
        to=row.email,
        language=row.proposal.language,
        version=row.link_version,
        context=emails.context_of(row.proposal),
    )


def co_presenter_answered(row: CoPresenter) -> None:
    """To the one who proposes: yes, no, or that the invitation has reached the wrong person."""
    at = row.answered_at or clock.now()
    version = f"{row.pk}-{row.link_version}-{row.status}-{at:%Y%m%d%H%M%S}"
    emails.tell(row.proposal, "programme/co_presenter_answered", version=version, co_presenter=row)


def speaker_welcome(speaker: Speaker, *, is_again: bool = False) -> None:
    """The link to the speaker's own page; asked for again, at most one a minute."""
    again = f"-{clock.now():%Y%m%d%H%M}" if is_again else ""
    _tell_speaker(speaker, "speaker_welcome", version=f"{speaker.link_version}{again}")


def materials_reminder(speaker: Speaker, sessions: list[Session], until: datetime, *, version: str) -> None:
    """Nothing has been handed in for these sessions, and the date is near."""
    _tell_speaker(speaker, "materials_reminder", version=version, sessions=sessions, until=until)


def _tell_speaker(speaker: Speaker, message: str, *, version: str, **context: Any) -> None:
    days = {"days": lambda: dates.day_range(speaker.event.starts_on, speaker.event.ends_on)}
    outbox.queue(
        f"programme/{message}", speaker, to=speaker.email, language=speaker.language, version=version,
        context={"speaker": speaker, **days, **context},
    )  # fmt: skip


def streams_tomorrow(registration: Registration, *, support_phone: str) -> None:
    """To somebody who follows remotely: the event begins tomorrow, and this is the link."""
    context = {"registration": registration, "support_phone": support_phone}
    outbox.queue(STREAMS, registration, to=registration.email, language=registration.language, context=context)
