"""One function a message: to whom, with what. The words are the templates' in programme/emails/."""

from datetime import datetime
from typing import Any

from events import clock, dates, outbox
from programme.models import Application, CoPresenter, Proposal, Session, Speaker

Submitted = Proposal | Application


def draft_saved(row: Submitted) -> None:
    """The link to go on with; once for each address."""
    _tell(row, "draft_saved", version=row.link_version)


def received(row: Submitted) -> None:
    """The receipt: what was sent in, until when it can be changed, when decisions come."""
    _tell(row, "received")


def edited(row: Submitted) -> None:
    """What is now sent in."""
    _tell(row, "edited")


def withdrawn(row: Submitted) -> None:
    """It was taken back."""
    _tell(row, "withdrawn")


def link_again(row: Submitted) -> None:
    """The link, asked for again; at most one a minute."""
    _tell(row, "link_again", version=f"{clock.now():%Y%m%d%H%M}")


def reminder(row: Submitted, days: int) -> None:
    """The draft has not been sent in and the call closes soon; once for each of the days and each closing time."""
    _tell(row, "reminder", version=f"{days}-{row.call.closes_at:%Y%m%d%H%M}")


def confirmed(row: Submitted) -> None:
    """Thanks for the yes."""
    _tell(row, "confirmed")


def declined(row: Submitted) -> None:
    """The no has been noted."""
    _tell(row, "declined")


def letter(row: Submitted) -> None:
    """The decision: letter_accepted, letter_reserved or letter_rejected; each letter once."""
    outcome = "accepted" if row.is_chosen else row.status
    _tell(row, f"letter_{outcome}", version=row.letters)


def co_presenter_invited(row: CoPresenter) -> None:
    """To somebody who is named in a proposal: will you speak along?"""
    outbox.queue(
        "programme/co_presenter_invited",
        row,
        to=row.email,
        language=row.proposal.language,
        version=row.link_version,
        context=_context(row.proposal),
    )


def co_presenter_answered(row: CoPresenter) -> None:
    """To the one who proposes: yes, no, or that the invitation has reached the wrong person."""
    at = row.answered_at or clock.now()
    version = f"{row.pk}-{row.link_version}-{row.status}-{at:%Y%m%d%H%M%S}"
    _tell(row.proposal, "co_presenter_answered", version=version, co_presenter=row)


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


def _tell(row: Submitted, message: str, *, version: int | str | None = None, **context: Any) -> None:
    outbox.queue(
        f"programme/{message}",
        row,
        to=row.email,
        language=row.language,
        version=row.version if version is None else version,
        context={**_context(row), **context},
    )


def _context(row: Submitted) -> dict[str, Any]:
    """What every message knows. Functions are called when the words are made, in the language of the mail."""
    return {
        "submission": row,
        "call": row.call,
        "own_title": row.in_own_language("title") if isinstance(row, Proposal) else lambda: row.call.title,
        "call_is_open": row.call.is_open(clock.now()),
        "days": lambda: dates.day_range(row.event.starts_on, row.event.ends_on),
    }
