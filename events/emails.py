"""One function a message about what is sent in to a call. The words are the templates' in events/emails/."""

from typing import Any

from events import clock, dates, outbox
from events.kinds import kind_of
from events.models import Submission


def draft_saved(row: Submission) -> None:
    """The link to go on with; once for each address."""
    tell(row, "events/draft_saved", version=row.link_version)


def received(row: Submission) -> None:
    """The receipt: what was sent in, until when it can be changed, when decisions come."""
    tell(row, "events/received")


def edited(row: Submission) -> None:
    """What is now sent in."""
    tell(row, "events/edited")


def withdrawn(row: Submission) -> None:
    """It was taken back."""
    tell(row, "events/withdrawn")


def link_again(row: Submission) -> None:
    """The link, asked for again; at most one a minute."""
    tell(row, "events/link_again", version=f"{clock.now():%Y%m%d%H%M}")


REMINDER = "events/reminder"


def reminder(row: Submission, days: int) -> None:
    """The draft has not been sent in and the call closes soon; once for each of the days and each closing time."""
    tell(row, REMINDER, version=f"{days}-{row.call.closes_at:%Y%m%d%H%M}")


def confirmed(row: Submission) -> None:
    """Thanks for the yes."""
    tell(row, "events/confirmed")


def declined(row: Submission) -> None:
    """The no has been noted."""
    tell(row, "events/declined")


def cancelled(row: Submission) -> None:
    """It had been selected and is taken out by an organiser, with the reason."""
    tell(row, "events/cancelled", version=row.letters)


LETTERS = {
    Submission.Status.ACCEPTED: "events/letter_accepted",
    Submission.Status.RESERVED: "events/letter_reserved",
    Submission.Status.REJECTED: "events/letter_rejected",
}


def letter(row: Submission) -> None:
    """The decision; each letter once."""
    tell(row, LETTERS[Submission.Status(row.status)], version=row.letters, **letter_context(row, row.status))


def letter_context(row: Submission, outcome: str) -> dict[str, Any]:
    """What a letter says; the words are made when it is drawn, in its language. A call that is over is not offered."""
    offered = row.call.offered_instead
    is_over = offered is not None and offered.is_over(clock.now())
    return {"letter": lambda: kind_of(row).letter(row, outcome), "offered": None if is_over else offered}


def tell(row: Submission, message: str, *, version: int | str | None = None, **context: Any) -> None:
    """Write to the sender, in their language."""
    outbox.queue(
        message,
        row,
        to=row.email,
        language=row.language,
        version=row.version if version is None else version,
        context={**context_of(row), **context},
    )


def context_of(row: Submission) -> dict[str, Any]:
    """What every message knows. Functions are called when the words are made, in the language of the mail."""
    return {
        "submission": row,
        "call": row.call,
        "own_title": lambda: row.own_title,
        "call_is_open": row.call.is_open(clock.now()),
        "days": lambda: dates.day_range(row.event.starts_on, row.event.ends_on),
    }
