"""One function a message to exhibitors. The words are the templates' in booths/emails/."""

from typing import Any

from booths.models import Booth, BoothChange
from events import clock, dates, outbox


def welcome(booth: Booth, *, is_again: bool = False) -> None:
    """The link to the exhibitor's page; asked for again, at most one a minute."""
    again = f"-{clock.now():%Y%m%d%H%M}" if is_again else ""
    _tell(booth, "welcome", version=f"{booth.link_version}{again}")


def reminder(booth: Booth, task: Any, days: int) -> None:
    """Something is missing and its date is near; once for each of the days and each date."""
    _tell(booth, "reminder", version=f"{task.what}-{days}-{task.until:%Y%m%d%H%M}", task=task)


def place_given(booth: Booth) -> None:
    """Where the booth stands: for the first time, or somewhere else than was told."""
    version = f"{booth.place_id}-{clock.now():%Y%m%d%H%M%S}"
    _tell(booth, "place_given", version=version, place=booth.place, is_moved=booth.told_place_id is not None)


def change_decided(change: BoothChange) -> None:
    """New texts are taken over, or not and why."""
    is_accepted = change.status == BoothChange.Status.ACCEPTED
    _tell(change.booth, "change_decided", version=change.pk, change=change, is_accepted=is_accepted)


def _tell(booth: Booth, message: str, *, version: str | int, **context: Any) -> None:
    days = {"days": lambda: dates.day_range(booth.event.starts_on, booth.event.ends_on)}
    outbox.queue(
        f"booths/{message}", booth, to=booth.email, language=booth.language, version=version,
        context={"booth": booth, **days, **context},
    )  # fmt: skip
