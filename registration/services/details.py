"""What a person tells when registering or changing, as the forms hand it over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from events import clock, documents
from events.models import Day, Event, OrganisationType, Pool
from events.qr import matrix, new_code
from registration.models import Badge, Needs, Registration

ROW_FIELDS = [
    "first_name",
    "last_name",
    "badge_name",
    "organisation",
    "organisation_type",
    "job_title",
    "municipality",
    "languages",
    "photo",
    "has_assistant",
    "answers",
]


@dataclass(frozen=True, kw_only=True)
class Details:
    """A person's answers, already validated. What concerns being on site is empty for remote participants.

    Dietary and accessibility answers that are None were not asked: what is kept stays as it is.
    """

    language: str
    first_name: str
    last_name: str
    email: str
    organisation: str
    organisation_type: OrganisationType
    attendance: str
    days: Sequence[Day] = ()
    badge_name: str = ""
    job_title: str = ""
    municipality: str = ""
    languages: list[str] = field(default_factory=list)
    photo: str = ""
    has_assistant: bool = False
    remote_meanwhile: bool = False
    dietary: str | None = None
    accessibility: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    privacy_version: int = 1

    @property
    def is_on_site(self) -> bool:
        """Wants to come to the venue."""
        return self.attendance == Registration.Attendance.ON_SITE

    @property
    def seats(self) -> int:
        """A personal assistant needs a seat too."""
        return 2 if self.has_assistant else 1

    @property
    def has_needs(self) -> bool:
        """Told something that is kept in a table of its own."""
        return bool(self.dietary or self.accessibility)

    def belongs_to(self, event: Event) -> bool:
        """No row of another event among the answers."""
        rows: list[Any] = [self.organisation_type, *self.days]
        return all(row.event_id == event.pk for row in rows)

    def write_to(self, registration: Registration) -> None:
        """Put the answers on the row; the caller saves ROW_FIELDS."""
        for name in ROW_FIELDS:
            setattr(registration, name, getattr(self, name))
        registration.set_sort_key()


def save_needs(registration: Registration, details: Details) -> None:
    """Keep what was told with consent; nothing told, nothing kept. The moment of consent is that of the last words."""
    if details.dietary is None and details.accessibility is None:
        return
    words = {"dietary": details.dietary or "", "accessibility": details.accessibility or ""}
    kept = Needs.objects.filter(registration=registration)
    if not details.has_needs:
        kept.delete()
    elif not kept.filter(**words).exists():
        consented = {**words, "consented_at": clock.now()}
        Needs.objects.update_or_create(registration=registration, defaults=consented)


def save_badges(registration: Registration) -> None:
    """One code for the person, one for the assistant if there is one; codes once given stay the same."""
    if not registration.is_on_site:
        return
    valid = set(registration.badges.valid().values_list("is_assistant", flat=True))
    wanted = {False, True} if registration.has_assistant else {False}
    add_badges(registration, wanted - valid)
    if True in valid - wanted:
        registration.badges.valid().filter(is_assistant=True).update(revoked_at=clock.now())


def add_badges(registration: Registration, kinds: set[bool]) -> None:
    """New codes, with their QR matrix made once."""
    at = clock.now()
    codes = [(is_assistant, new_code()) for is_assistant in sorted(kinds)]
    Badge.objects.bulk_create(
        Badge(registration=registration, is_assistant=is_assistant, code=code, matrix=matrix(code), made_at=at)
        for is_assistant, code in codes
    )


def ask_for_badge(registration: Registration) -> None:
    """Have the badge made in its present version; whoever is not confirmed on site gets none."""
    if registration.has_badge:
        documents.ask("badge", registration, language=registration.language, version=registration.version)


def pools_of(days: Sequence[Day], pools: Sequence[Pool]) -> list[Pool]:
    """The locked pools that these days need."""
    needed = {day.pool_id for day in days}
    return [pool for pool in pools if pool.pk in needed]
