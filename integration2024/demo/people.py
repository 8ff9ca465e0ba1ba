"""Invents people who register: believable, nobody real, the same ones every time. The material is in people.toml.

They register through the services, as everyone does, at moments between the opening of registration and the present;
some cancel later, some switch between on site and remote. Each has a number and a form key that follows from it, so a
second run knows who is there already and invents only the rest.
"""

import random
import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from django.db import connection

from events import clock, fonts, municipalities
from events.clock import HELSINKI
from events.models import Event, Page, Question
from integration2024.demo import loader, moments
from registration import services
from registration.models import Registration
from registration.services import Details

SEED = 2028
KEYS = uuid.UUID("1d9f3a52-2024-4a11-8c14-000000000000")  # the namespace of the form keys
COMMON_AT_FIRST = 6  # the name at rank r is picked with the weight 1 / (r + 6)
SHARE_CANCELLING, SHARE_GOING_REMOTE, SHARE_COMING_AFTER_ALL = 0.05, 0.04, 0.03
SHARE_REMOTE_MEANWHILE = 0.4
HOURS_OF_DAY = [*range(8, 17), *range(8, 17), *range(6, 24)]  # mostly at work
ASCII = str.maketrans({"ı": "i", "ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "ß": "ss", "’": None, "'": None})


class Name(NamedTuple):
    """A person's name, and how they would write it in Latin letters."""

    given: str
    family: str
    latin_given: str
    latin_family: str

    @property
    def in_latin(self) -> str:
        """First and last name in Latin letters."""
        return f"{self.latin_given} {self.latin_family}"

    @property
    def has_other_script(self) -> bool:
        """Written in other letters than Latin ones."""
        return self.latin_given != self.given


class Person(NamedTuple):
    """What somebody invented tells when registering."""

    number: int
    form_key: uuid.UUID
    details: Details

    def key(self, event: Event) -> uuid.UUID:
        """By which the registration is found again."""
        return services.key_of(event, self.details, self.form_key)


class Inventor:
    """Makes up people for an event."""

    def __init__(self, event: Event, seed: int = SEED) -> None:
        self.event, self.seed = event, seed
        self.material = loader.read("people")
        self.shares: dict[str, float] = self.material["shares"]
        self.types = {kind.slug: kind for kind in event.organisation_types.all()}
        self.kinds = [kind for kind in self.material["organisations"] if kind["type"] in self.types]
        self.days = list(event.days.all())
        self.questions = list(event.questions.prefetch_related("choices"))
        privacy = event.pages.filter(kind=Page.Kind.PRIVACY).first()
        self.privacy_version = privacy.version if privacy else 1
        self.taken: set[str] = set()

    def people(self, count: int) -> Iterator[Person]:
        """The first so many people; number 7 is the same person however many there are."""
        for number in range(1, count + 1):
            dice = random.Random(f"{self.seed}:{number}")
            yield Person(number, uuid.uuid5(KEYS, f"{self.seed}:{number}"), self._details(dice))

    def _details(self, dice: random.Random) -> Details:
        background = _weighted(dice, self.material["background"])
        language = dice.choices(list(background["languages"]), list(background["languages"].values()))[0]
        name = self._name(dice, background)
        kind = _weighted(dice, self.kinds)
        organisation = dice.choice(kind["at"])
        has_title, title = self._happens(dice, "job_title"), dice.choice(kind["titles"])[language]
        answers: dict[str, Any] = {
            "language": language,
            "first_name": name.given,
            "last_name": name.family,
            "email": self._email(dice, name, organisation["domain"]),
            "organisation": organisation["name"][language],
            "organisation_type": self.types[kind["type"]],
            "job_title": title if has_title else "",
            "municipality": self._municipality(dice, organisation["municipality"]),
            "languages": _understood(dice, background["understands"], language),
            "privacy_version": self.privacy_version,
        }
        is_remote = self._happens(dice, "remote") or self.event.is_virtual
        taking_part = self._remote() if is_remote else self._on_site(dice, language, name, background)
        extra = self._answers(dice, is_remote=is_remote) if self._happens(dice, "extra_questions") else {}
        return Details(**answers, **taking_part, answers=extra)

    def _happens(self, dice: random.Random, share: str) -> bool:
        return dice.random() < self.shares[share]

    def _name(self, dice: random.Random, background: dict[str, Any]) -> Name:
        """Never the name of a person in the public eye."""
        while True:
            group = dice.choices(background["group"], [group["share"] for group in background["group"]])[0]
            given, family = _by_rank(dice, group["given"]), _by_rank(dice, group["family"])
            name = Name(
                group["given"][given],
                group["family"][family],
                group.get("given_latin", group["given"])[given],
                group.get("family_latin", group["family"])[family],
            )
            if not {f"{name.given} {name.family}", name.in_latin} & set(self.material["avoid"]):
                return name

    def _email(self, dice: random.Random, name: Name, domain: str) -> str:
        """An address at work or at home that nobody else has; all of them end in .example."""
        if self._happens(dice, "private_mail"):
            domain = dice.choice(self.material["mail"]["private_domains"])
        local = f"{ascii_letters(name.latin_given.split()[0])}.{ascii_letters(name.latin_family)[:40]}"
        address, number = f"{local}@{domain}", 1
        while address in self.taken:
            number += 1
            address = f"{local}{number}@{domain}"
        self.taken.add(address)
        return address

    def _municipality(self, dice: random.Random, home: str) -> str:
        if self._happens(dice, "whole_country"):
            return municipalities.WHOLE_COUNTRY
        return municipalities.ABROAD if self._happens(dice, "abroad") else home

    def _remote(self) -> dict[str, Any]:
        return {"attendance": Registration.Attendance.REMOTE}

    def _on_site(self, dice: random.Random, language: str, name: Name, background: dict[str, Any]) -> dict[str, Any]:
        photo = dice.random()
        ok, no_photo = self.shares["photo_ok"], self.shares["no_photo"]
        return {
            "attendance": Registration.Attendance.ON_SITE,
            "days": [dice.choice(self.days)] if self._happens(dice, "one_day") else self.days,
            "badge_name": self._badge_name(dice, name, background.get("latin_badge", 0)),
            "photo": "ok" if photo < ok else "no_photo" if photo < ok + no_photo else "",
            "has_assistant": self._happens(dice, "assistant"),
            "dietary": self._need(dice, "dietary", language),
            "accessibility": self._need(dice, "accessibility", language),
            "remote_meanwhile": dice.random() < SHARE_REMOTE_MEANWHILE,
        }

    def _badge_name(self, dice: random.Random, name: Name, latin_share: float) -> str:
        """In Latin letters for some, and for all whose letters the badge cannot print; a shorter form for others."""
        wants_latin = name.has_other_script and dice.random() < latin_share
        if wants_latin or fonts.unsupported_letters(f"{name.given} {name.family}"):
            return name.in_latin
        given = name.given.split()[0]
        called = given if given == name.given else f"{given} {name.family.split()[-1]}"
        return called if self._happens(dice, "badge_name") else ""

    def _need(self, dice: random.Random, kind: str, language: str) -> str:
        text: str = _weighted(dice, self.material[kind])["text"][language]
        return text if self._happens(dice, kind) else ""

    def _answers(self, dice: random.Random, *, is_remote: bool) -> dict[str, Any]:
        """Answers to the extra questions, as the form keeps them."""
        asked = {Question.Audience.ALL, Question.Audience.REMOTE if is_remote else Question.Audience.ON_SITE}
        answers: dict[str, Any] = {}
        for question in self.questions:
            choices = [str(choice.pk) for choice in question.choices.all()]
            if question.audience not in asked or not choices:
                continue
            several = sorted(dice.sample(choices, min(len(choices), dice.randint(1, 3))), key=choices.index)
            answers[str(question.pk)] = several if question.kind == Question.Kind.SEVERAL else several[0]
        return answers


def _weighted(dice: random.Random, tables: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return dice.choices(tables, [table["weight"] for table in tables])[0]


def _by_rank(dice: random.Random, names: Sequence[str]) -> int:
    """The place of a name in its list; the first ones are the most common."""
    return dice.choices(range(len(names)), [1 / (rank + COMMON_AT_FIRST) for rank in range(len(names))])[0]


def _understood(dice: random.Random, sets: Sequence[list[str]], language: str) -> list[str]:
    """Languages in the order of the form; the one they write to us in is among them."""
    understood = {language, *sets[_by_rank(dice, [" ".join(languages) for languages in sets])]}
    return [code for code in Registration.Language.values if code in understood]


def ascii_letters(name: str) -> str:
    """For an address: Grönqvist → gronqvist, van der Berg → van-der-berg."""
    letters = unicodedata.normalize("NFKD", name.lower().translate(ASCII))
    return re.sub(r"[^a-z]+", "-", re.sub(r"[\u0300-\u036f]", "", letters)).strip("-")


class Step(NamedTuple):
    """Something that an invented person does at a moment."""

    at: datetime
    do: Callable[[], object]


def steps(event: Event, count: int, *, seed: int = SEED) -> list[Step]:
    """What the people who are missing among the first `count` do, in the order of time; empty before the opening."""
    opens_at = event.remote_opens_at if event.is_virtual else event.on_site_opens_at
    closes_at = event.remote_closes_at if event.is_virtual else event.on_site_closes_at
    until = min(clock.now(), closes_at) if closes_at else clock.now()
    if opens_at is None or until <= opens_at:
        return []
    people = list(Inventor(event, seed).people(count))
    keys = {person.key(event) for person in people}
    present = set(Registration.objects.filter(form_key__in=keys).values_list("form_key", flat=True))
    planned = [
        step
        for person in people
        if person.key(event) not in present
        for step in _life(event, person, random.Random(f"{seed}:{person.number}:life"), opens_at, until, keys)
    ]
    return sorted(planned, key=lambda step: step.at)


def _life(
    event: Event, person: Person, dice: random.Random, opens_at: datetime, until: datetime, invented: set[uuid.UUID]
) -> Iterator[Step]:
    """Registering, and perhaps thinking again later."""
    at = _moment(dice, opens_at, until)
    yield Step(at, partial(services.register, event, person.details, form_key=person.form_key, by=None))
    again = partial(_again, event, person, invented)
    later = at + (until - at) * dice.random() + timedelta(microseconds=1)
    fate = dice.random()
    if fate < SHARE_CANCELLING:
        yield Step(later, partial(again, services.cancel))
    elif person.details.is_on_site and fate < SHARE_CANCELLING + SHARE_GOING_REMOTE:
        yield Step(later, partial(again, services.switch_to_remote))
    elif not (person.details.is_on_site or event.is_virtual) and fate < SHARE_CANCELLING + SHARE_COMING_AFTER_ALL:
        details = replace(person.details, attendance=Registration.Attendance.ON_SITE, days=list(event.days.all()))
        yield Step(later, partial(again, partial(services.switch_to_on_site, details=details)))


def _moment(dice: random.Random, opens_at: datetime, until: datetime) -> datetime:
    """More people in the first weeks than later, and by day."""
    at = (opens_at + (until - opens_at) * dice.random() ** 1.4).astimezone(HELSINKI)
    by_day = at.replace(hour=dice.choice(HOURS_OF_DAY))
    return by_day if opens_at <= by_day <= until else at


def _again(event: Event, person: Person, invented: set[uuid.UUID], service: Callable[..., Registration]) -> None:
    """A later step; one that is not possible any more is left out. Invented people who get a free place take it."""
    registration = Registration.objects.filter(form_key=person.key(event)).first()
    if registration is None:  # somebody else has registered with this address already
        return
    try:
        service(registration.pk, by=None)
    except services.Refusal:
        return
    offered = Registration.objects.for_event(event).filter(status=Registration.Status.OFFERED)
    for pk in offered.filter(form_key__in=invented).values_list("pk", flat=True):
        services.accept_offer(pk, by=None)


def carry_out(planned: Sequence[Step]) -> Iterator[Step]:
    """Do the steps, each at its moment; gives every one back when it is done."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")  # they need not outlive a power cut
    with moments.own_clock():
        for step in planned:
            clock.travel(step.at)
            step.do()
            yield step
