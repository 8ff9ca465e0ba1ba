"""Who is behind proposals, applications and sessions: the speakers of speakers_2024.toml, and made-up senders.

Nobody here exists. A speaker's organisation is one of people.toml, named by its domain.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from events.models import Event, OrganisationType
from integration2024.demo import loader
from integration2024.demo.people import Inventor, ascii_letters

SEED = 1702  # other people than those who register


class Somebody(NamedTuple):
    """A person with an organisation, as a proposal or an application names them."""

    name: str
    email: str
    language: str
    organisation: str
    kind: str  # the short name of the type of organisation
    municipality: str

    def columns(self, kinds: dict[str, OrganisationType]) -> dict[str, Any]:
        """As columns of something that is sent in."""
        return {
            "name": self.name, "email": self.email, "language": self.language, "organisation": self.organisation,
            "organisation_type": kinds.get(self.kind), "municipality": self.municipality,
        }  # fmt: skip


@cache
def organisations() -> dict[str, dict[str, Any]]:
    """All of people.toml by their domains, each with its type."""
    kinds = loader.read("people")["organisations"]
    return {place["domain"]: {**place, "kind": kind["type"]} for kind in kinds for place in kind["at"]}


@cache
def speakers() -> dict[str, Somebody]:
    """Who speaks in 2024, by the keys of the file."""
    return {table["key"]: _speaker(table) for table in loader.read("speakers_2024")["speaker"]}


def _speaker(table: dict[str, Any]) -> Somebody:
    given, _, family = table["name"].rpartition(" ")
    return at(table["at"], table["name"], f"{ascii_letters(given)}.{ascii_letters(family)}", table["language"])


def at(domain: str, name: str, local_part: str, language: str) -> Somebody:
    """Somebody of an organisation."""
    place = organisations()[domain]
    email = f"{local_part}@{domain}"
    return Somebody(name, email, language, place["name"][language], place["kind"], place["municipality"])


def senders(event: Event, language: str) -> Iterator[Somebody]:
    """Made-up people without end who write in a language, in the same order every time."""
    for person in Inventor(event, SEED).people(10_000):
        told = person.details
        if told.language == language:
            kind = told.organisation_type.slug if told.organisation_type else ""
            name = f"{told.first_name} {told.last_name}"
            yield Somebody(name, told.email, language, told.organisation, kind, told.municipality)
