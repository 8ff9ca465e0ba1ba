"""Applications for a booth in the demo: those behind the booths of the exhibition, and others that led to none.

All are rows as they stand in October, with reviews and decisions, as `proposals` writes those of the other calls.
"""

from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.db import transaction

from booths import texts
from booths.models import Booth, BoothApplication
from booths.models.needs import NEEDS
from events.models import Call, Event, Submission, User
from integration2024.demo import cast, loader, proposals
from integration2024.demo.exhibition import NEEDS as LETTERS
from integration2024.demo.proposals import Sent

ALIKE = ("website", "shown", "logo", *NEEDS)  # columns that an application and its booth share
PHONE = "+358 29 000 00{:02}"


@transaction.atomic
def load(event: Event) -> int:
    """What the call for booths has brought; nothing where there is something already. How many."""
    call = event.calls.filter(kind=Call.Kind.BOOTHS).prefetch_related("criteria").first()
    if call is None or BoothApplication.objects.for_event(event).exists():
        return 0
    contents = loader.read(f"booth_applications_{event.slug}")
    motivations = {language: cycle(words) for language, words in contents["motivation"].items()}
    booths = list(Booth.objects.for_event(event).select_related("event").prefetch_related("themes"))
    sent = [*(_behind(call, booth) for booth in booths), *_others(call, contents["application"])]
    for number, one in enumerate(sent):
        one.row.motivation, one.row.phone = next(motivations[one.row.language]), PHONE.format(number)
        for name, words in contents["times"][one.row.language].items():
            setattr(one.row, name, words)
    proposals.write(call, sent, User.objects.get(email=loader.ORGANISER))
    proposals.review(call, sent, proposals.reviewers_of(event))
    for booth, one in zip(booths, sent, strict=False):
        booth.application = one.row
    Booth.objects.bulk_update(booths, ["application"])
    return len(sent)


def _behind(call: Call, booth: Booth) -> Sent:
    """What the exhibitor had sent in: texts in their own language."""
    sender = cast.at(booth.email.partition("@")[2], booth.name, booth.email.partition("@")[0], booth.language)
    status = Submission.Status.CONFIRMED if booth.confirmed_at else Submission.Status.ACCEPTED
    row = proposals.row_of(BoothApplication, call, sender, status, booth.email)
    for name in ALIKE:
        setattr(row, name, getattr(booth, name))
    row.booth_languages = booth.languages
    for name in texts.FIELDS:
        column = f"{name}_{booth.language}"
        setattr(row, column, getattr(booth, column))
    return Sent(row, [theme.slug for theme in booth.themes.all()])


def _others(call: Call, tables: list[dict[str, Any]]) -> Iterator[Sent]:
    """Of made-up people: on the reserve list, not selected, declined, withdrawn, a draft."""
    people = {language: cast.senders(call.event, language) for language in ("fi", "sv", "en")}
    for table in tables:
        language, person = table["language"], next(people[table["language"]])
        sender = cast.at(table["at"], person.name, person.email.partition("@")[0], language)
        row = proposals.row_of(BoothApplication, call, sender, table["fate"], table["at"])
        row.size, row.shown, row.booth_languages, row.staff_expected = (
            table["size"],
            table["shown"],
            table["languages"],
            2,
        )
        for letter, name in LETTERS.items():
            setattr(row, f"needs_{name}", letter in table.get("needs", ""))
        for name in texts.FIELDS:
            setattr(row, f"{name}_{language}", table.get(name, ""))
        yield Sent(row, table["themes"])
