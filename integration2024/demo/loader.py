"""Loads the demo's hand-written texts (the TOML files beside this module) and its organiser into the database.

That is everything which is about nobody in particular. What people have done has modules of its own: people for those
who register, proposals, programme, audience.

What is missing is created; what is there is never written again, because somebody may have changed it in the admin.
Things that belong to an event (its pages, partners, questions …) are loaded kind by kind, and only while the event has
none of that kind: so what was renamed or deleted by hand does not come back with the next start.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction

from events.models import (
    Call,
    CallChoice,
    Criterion,
    Day,
    Event,
    Membership,
    NewsItem,
    OrganisationType,
    Page,
    Partner,
    Pool,
    Question,
    QuestionChoice,
    Role,
    Theme,
    User,
)
from programme.models import Format, Room
from registration.models import CheckInList, Gate

FOLDER = Path(__file__).parent
FILES = {
    "2024": ["event_2024", "pages_2024", "news_2024", "door_2024", "calls_2024", "programme_2024"],
    "2022": ["event_2022"],
    "2020": ["event_2020", "programme_2020"],
}
LANGUAGES = {code for code, _ in settings.LANGUAGES}

# The tables that hang on an event by a foreign key and on nothing else, under the names that the files give them.
TABLES: dict[str, Any] = {
    "partner": Partner,
    "organisation_type": OrganisationType,
    "role": Role,
    "theme": Theme,
    "page": Page,
    "news": NewsItem,
    "gate": Gate,
    "format": Format,
    "room": Room,
}
WITHOUT_ORDER = {"news", "day", "pool", "call"}
OTHER_NAMES = {
    "help": "help_text",
    "attendance": "audience",
    "in_menu": "is_in_menu",
    "in_footer": "is_in_footer",
}

ORGANISER = "organiser@integration2024.example"
USERS: dict[str, dict[str, Any]] = {
    ORGANISER: {"name": "Oona Organisoija", "roles": [Membership.Role.ORGANISER, Membership.Role.NEEDS_READER]},
}
ALSO_IN = {"2022"}  # the organiser decides on the municipalities' applications too; 2020 is an archive


@transaction.atomic
def load() -> list[Event]:
    """All events and the people who log in; returns the events, the current one first."""
    events = [load_event(read(*names)) for names in FILES.values()]
    for email, user in USERS.items():
        is_new = not User.objects.filter(email=email).exists()
        found = load_user(email, user["name"], user["roles"], events[0])
        for event in events if is_new else []:
            if event.slug not in ALSO_IN:
                continue
            Membership.objects.create(user=found, event=event, role=Membership.Role.ORGANISER)
    return events


def read(*names: str) -> dict[str, Any]:
    """The contents of some files, one after the other."""
    contents: dict[str, Any] = {}
    for name in names:
        contents |= _file(name)
    return contents


@cache
def _file(name: str) -> dict[str, Any]:
    """As it was when it was first asked for; nobody changes what they are given."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def load_event(contents: dict[str, Any]) -> Event:
    """An event and everything that belongs to it, as far as it is missing."""
    fields = columns(contents["event"])
    slug = fields.pop("slug")
    if fields["is_current"] and Event.objects.current().exclude(slug=slug).exists():
        fields["is_current"] = False  # the organisers have moved on to another edition
    event, _ = Event.objects.get_or_create(slug=slug, defaults=fields)
    _load_days(event, contents)
    _load_questions(event, contents.get("question", []))
    _load_lists(event, contents.get("check_in_list", []))
    _load_calls(event, contents.get("call", []))
    for name, table in TABLES.items():
        if not table.objects.filter(event=event).exists():
            for fields in rows(name, contents.get(name, [])):
                table.objects.create(event=event, **fields)
    return event


def _load_days(event: Event, contents: dict[str, Any]) -> None:
    """Days and the pools that their places come from."""
    if event.days.exists():
        return
    pools: dict[str, Pool] = {}
    for fields in rows("pool", contents.get("pool", [])):
        key = fields.pop("key")
        pools[key] = Pool.objects.create(event=event, **fields)
    for fields in rows("day", contents["day"]):
        pool = pools.get(fields.pop("pool", ""))
        Day.objects.create(event=event, pool=pool, **fields)


def _load_questions(event: Event, questions: list[dict[str, Any]]) -> None:
    if event.questions.exists():
        return
    for fields in rows("question", questions):
        choices = fields.pop("choice", [])
        question = Question.objects.create(event=event, **fields)
        for choice in rows("choice", choices):
            QuestionChoice.objects.create(question=question, **choice)


def _load_lists(event: Event, lists: list[dict[str, Any]]) -> None:
    """Who may enter when; a list of a day names it by its date."""
    if event.check_in_lists.exists():
        return
    days = {day.date: day for day in event.days.all()}
    for fields in rows("check_in_list", lists):
        dates = fields.pop("days", [])
        check_in_list = CheckInList.objects.create(event=event, **fields)
        check_in_list.days.set([days[date] for date in dates if date in days])


def _load_calls(event: Event, calls: list[dict[str, Any]]) -> None:
    """Open calls with their criteria, and what can be chosen in them; one may be offered by the letters of another."""
    if event.calls.exists():
        return
    offered: dict[str, str] = {}
    for fields in rows("call", calls):
        parts = {"criterion": fields.pop("criterion", []), "choice": fields.pop("choice", [])}
        if slug := fields.pop("offered_instead", ""):
            offered[fields["slug"]] = slug
        call = Call.objects.create(event=event, **fields)
        for name, table in (("criterion", Criterion), ("choice", CallChoice)):
            for part in rows(name, parts[name]):
                table._default_manager.create(call=call, **part)
    for slug, other in offered.items():
        event.calls.filter(slug=slug).update(offered_instead=event.calls.get(slug=other))


def rows(name: str, tables: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The columns of each table of a list; where the file gives no order, it is the place in the list."""
    for order, table in enumerate(tables):
        yield columns(table) if name in WITHOUT_ORDER else {"order": order, **columns(table)}


def columns(table: dict[str, Any]) -> dict[str, Any]:
    """A table of a file as columns: {title: {fi, sv, en}} becomes title_fi, title_sv, title_en."""
    found: dict[str, Any] = {}
    for key, value in table.items():
        name = OTHER_NAMES.get(key, key)
        if isinstance(value, dict) and value.keys() <= LANGUAGES:
            found |= {f"{name}_{language}": text.strip() for language, text in value.items()}
        else:
            found[name] = value
    return found


def load_user(email: str, name: str, roles: list[Membership.Role], event: Event, language: str = "fi") -> User:
    """Somebody who logs in, with a confirmed address and rights in an event."""
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, name=name, is_staff=bool(roles), language=language)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
        for role in roles:
            Membership.objects.create(user=user, event=event, role=role)
    return user
