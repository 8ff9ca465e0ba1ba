"""One function a message: to whom, with what. The words are the templates' in webinars/emails/.

Nothing that may change stands in a queued mail: times, links and one's list of webinars are placeholders, filled in
when the mail leaves. So the words are drawn once for each language, however many get them, and nobody gets an old time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from events import clock, outbox
from webinars.models import SignUp, Webinar

REMINDER = "webinars/reminder"


def signed_up(rows: Sequence[SignUp]) -> None:
    """What they have signed up for, on one form; the mail lists all their webinars as they stand when it leaves."""
    first, at = rows[0], clock.now()
    confirmed = [row for row in rows if row.is_confirmed]
    _tell(
        "signed_up", first.webinar, [first], version=f"{first.version}-{len(rows)}", attachments=["webinars_calendar"],
        count=len(rows), is_waiting=first.is_waiting, has_calendar=bool(confirmed),
        joins_now=any(row.webinar.lets_in(at) for row in confirmed),
    )  # fmt: skip


def already_signed_up(row: SignUp) -> None:
    """Somebody sent the form with an address that has signed up: the way there. At most one in ten minutes."""
    at = clock.now()
    _tell("already_signed_up", row.webinar, [row], version=f"{at:%Y%m%d%H}{at.minute // 10}")


def links_again(row: SignUp) -> None:
    """One's links, asked for again; at most one a minute."""
    _tell("links_again", row.webinar, [row], version=f"{clock.now():%Y%m%d%H%M}", attachments=["webinars_calendar"])


def place_offered(row: SignUp) -> None:
    """A place is free: until when, and how to answer."""
    _tell("place_offered", row.webinar, [row], version=row.version, sign_up=row)


def offer_ended(row: SignUp) -> None:
    """The offer was declined or not answered in time."""
    _tell("offer_ended", row.webinar, [row], version=row.version, sign_up=row)


def cancelled(row: SignUp) -> None:
    """The person's own sign-up has ended; the calendar entry goes too."""
    _tell("cancelled", row.webinar, [row], version=row.version, attachments=["webinar_removed"])


def reminders(webinar: Webinar, rows: Iterable[SignUp], *, moment: datetime) -> None:
    """It begins soon: when, and the link."""
    _tell("reminder", webinar, rows, version=f"{webinar.sequence}-{moment:%Y%m%d%H%M}")


def moved(webinar: Webinar, rows: Iterable[SignUp]) -> None:
    """Another time, with an update for the calendar."""
    _tell("moved", webinar, rows, version=webinar.sequence, attachments=["webinar_calendar"])


def called_off(webinar: Webinar, rows: Iterable[SignUp]) -> None:
    """It does not take place; the calendar entry goes too."""
    _tell("called_off", webinar, rows, version=webinar.sequence, attachments=["webinar_removed"])


def thanks(webinar: Webinar, rows: Sequence[SignUp]) -> None:
    """To those who came: recording, materials, feedback, certificate; to the others: what they can still see."""
    left: dict[str, Any] = {
        "has_recording": webinar.shows_recording(clock.now()),
        "has_materials": webinar.materials.exists(),
    }
    for has_attended in (True, False):
        group = [row for row in rows if row.has_attended == has_attended]
        _tell("thanks", webinar, group, version=1, has_attended=has_attended, **left)


def _tell(
    message: str,
    webinar: Webinar,
    rows: Iterable[SignUp],
    *,
    version: str | int,
    attachments: Sequence[str] = (),
    **context: Any,
) -> None:
    """One mail for each row, drawn once a language."""
    drawn: dict[str, tuple[str, str, str]] = {}
    mails = []
    for row in rows:
        if row.language not in drawn:
            words = {"webinar": webinar, **context}
            drawn[row.language] = outbox.render(f"webinars/emails/{message}", webinar.event, row.language, words)
        subject, text, html = drawn[row.language]
        key = f"{message}:{row._meta.label_lower}:{row.pk}:{version}:{row.email.lower()}"
        mails.append(
            outbox.write(
                webinar.event,
                row,
                key=key,
                message=f"webinars/{message}",
                to=row.email,
                language=row.language,
                subject=subject,
                text=text,
                html=html,
                attachments=attachments,
            )  # fmt: skip
        )
    outbox.put_all(mails)
