"""The standing cast of the tests: an event like Integration 2024, people who register, organisers.

Rows that people make are made by the same services as everyone's; `mail` rows appear as they do in life.
"""

import itertools
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from events.clock import HELSINKI
from events.models import Call, Day, Event, Membership, Page, Partner, Pool, Role, Theme, User
from programme.models import Application, Format, Proposal
from registration import services
from registration.models import Registration
from registration.services import Details

_numbers = itertools.count(1)
ROLES = ["participant", "speaker", "exhibitor", "organiser", "staff", "press", "assistant"]


def at(text: str) -> datetime:
    """A moment in Helsinki: at("2024-11-14 08:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


def make_event(*, capacity: int | None = 100, per_day: bool = False, **fields: Any) -> Event:
    """The event with two days, one pool for both (or one a day; none when capacity is None), roles and types."""
    event = Event.objects.create(**{**EVENT, **fields})
    pool = None
    for day in (date(2024, 11, 14), date(2024, 11, 15)):
        if capacity is not None and (pool is None or per_day):
            name = {"name_fi": "Paikat", "name_sv": "Platser", "name_en": "Places"}
            pool = Pool.objects.create(event=event, capacity=capacity, **name)
        Day.objects.create(event=event, date=day, pool=pool, starts_at=time(9), ends_at=time(16))
    for order, slug in enumerate(ROLES):
        names = {"name_fi": slug, "name_sv": slug, "name_en": slug.capitalize()}
        Role.objects.create(event=event, slug=slug, order=order, needs_place=slug in {"participant", "press"}, **names)
    names = {"name_fi": "Kunta", "name_sv": "Kommun", "name_en": "Municipality"}
    event.organisation_types.create(slug="municipality", **names)
    event.pages.create(
        slug="privacy", kind=Page.Kind.PRIVACY, title_fi="Tietosuojaseloste", title_sv="Dataskyddsbeskrivning",
        title_en="Privacy notice", body_fi="Seloste", body_sv="Beskrivning", body_en="Notice",
    )  # fmt: skip
    Partner.objects.create(event=event, role="organiser", name_fi="ELY-keskus", name_sv="NTM-centralen", name_en="ELY")
    return event


EVENT = {
    "slug": "2024",
    "is_current": True,
    "name_fi": "Integration 2024",
    "name_sv": "Integration 2024",
    "name_en": "Integration 2024",
    "starts_on": date(2024, 11, 14),
    "ends_on": date(2024, 11, 15),
    "venue_name_fi": "Logomo",
    "venue_name_sv": "Logomo",
    "venue_address_fi": "Köydenpunojankatu 14",
    "contact_name_fi": "Tapahtumatoimisto",
    "contact_name_sv": "Evenemangskansliet",
    "contact_email": "info@integration2024.example",
    "contact_phone": "+358 29 000 0000",
    "funding_statement_fi": "Euroopan unionin osarahoittama",
    "funding_statement_sv": "Medfinansieras av Europeiska unionen",
    "funding_statement_en": "Co-funded by the European Union",
    "on_site_opens_at": at("2024-09-02 09:00"),
    "on_site_closes_at": at("2024-10-31 23:59"),
    "remote_opens_at": at("2024-09-02 09:00"),
    "remote_closes_at": at("2024-11-15 12:00"),
    "needs_until": at("2024-11-04 23:59"),
    "doors_open_at": at("2024-11-14 08:00"),
}


def make_details(event: Event, **given: Any) -> Details:
    """What a person tells: on site on all days unless said otherwise; each has an address of their own."""
    number = next(_numbers)
    answers: dict[str, Any] = {
        "language": "fi",
        "first_name": "Maija",
        "last_name": f"Meikäläinen {number}",
        "email": f"maija.{number}@kunta.example",
        "organisation": "Auranlaakson kunta",
        "organisation_type": event.organisation_types.first(),
        "attendance": Registration.Attendance.ON_SITE,
        **given,
    }
    if answers["attendance"] == Registration.Attendance.ON_SITE:
        answers.setdefault("days", list(event.days.all()))
    return Details(**answers)


def register(event: Event, **given: Any) -> Registration:
    """A person registers with a form of their own."""
    form_key = given.pop("form_key", None) or uuid.uuid4()
    by, role = given.pop("by", None), given.pop("role", None)
    return services.register(event, make_details(event, **given), form_key=form_key, by=by, role=role).registration


def form_data(event: Event, **given: Any) -> dict[str, Any]:
    """What a browser posts for an on-site registration; None leaves a field out."""
    number = next(_numbers)
    data: dict[str, Any] = {
        "first_name": "Maija",
        "last_name": "Meikäläinen",
        "email": f"maija.{number}@kunta.example",
        "organisation": "Auranlaakson kunta",
        "organisation_type": event.organisation_types.first().pk,
        "attendance": "on_site",
        "days": [day.pk for day in event.days.all()],
        "privacy": "on",
        "form_key": str(uuid.uuid4()),
        **given,
    }
    return {name: value for name, value in data.items() if value is not None}


def make_organiser(event: Event, email: str = "organiser@ely.example", *roles: str) -> User:
    """A user who may enter the admin, with these roles in the event (organiser if none is named)."""
    user = User.objects.create_user(email, name="Oona Organisoija", is_staff=True)
    for role in roles or (Membership.Role.ORGANISER,):
        Membership.objects.create(user=user, event=event, role=role)
    return user


# --- Calls ------------------------------------------------------------------------------------------------------------
def make_call(event: Event, kind: str = Call.Kind.PROGRAMME, **fields: Any) -> Call:
    """A call that is open in October, with two criteria (weights 2 and 1); one for applications has two choices."""
    slug = {"programme": "programme", "application": "groups", "booths": "booths"}[kind]
    words = {
        "title_fi": "Ohjelmahaku", "title_sv": "Utlysning av programförslag", "title_en": "Call for proposals",
        "body_fi": "Ehdota ohjelmaa.", "body_sv": "Föreslå program.", "body_en": "Propose something.",
    }  # fmt: skip
    window = {"opens_at": at("2024-10-01 09:00"), "closes_at": at("2024-10-31 23:59")}
    call = Call.objects.create(**{"event": event, "kind": kind, "slug": slug, **words, **window, **fields})
    for order, (word, weight) in enumerate((("Content", 2), ("Diversity", 1))):
        names = {"name_fi": word, "name_sv": word, "name_en": word}
        call.criteria.create(order=order, weight=weight, **names)
    if kind == Call.Kind.APPLICATION:
        for order, word in enumerate(("Communication", "Exhibition")):
            names = {"name_fi": word, "name_sv": word, "name_en": word}
            call.choices.create(slug=word.lower(), order=order, **names)
    return call


def make_format(event: Event, slug: str = "lecture", **fields: Any) -> Format:
    """A lecture of 45 minutes."""
    names = {"name_fi": "Luento", "name_sv": "Föreläsning", "name_en": "Lecture"}
    found: Format = event.formats.get_or_create(slug=slug, defaults={"minutes": 45, **names, **fields})[0]
    return found


def make_theme(event: Event, slug: str = "inclusion", **fields: Any) -> Theme:
    """Inclusion."""
    names = {"name_fi": "Osallisuus", "name_sv": "Delaktighet", "name_en": "Inclusion"}
    found: Theme = event.themes.get_or_create(slug=slug, defaults={**names, **fields})[0]
    return found


def make_proposal(call: Call, *, status: str = "submitted", themes: Sequence[Theme] = (), **fields: Any) -> Proposal:
    """A whole proposal in Finnish as it stands in the table; a status after the decision has what belongs to it."""
    number = next(_numbers)
    language = fields.get("language", "fi")
    words = {f"title_{language}": f"Ehdotus {number}", f"description_{language}": "Kuvaus.", "minutes": 45}
    given = {**words, "format": make_format(call.event), "session_languages": [language], **fields}
    proposal = Proposal.objects.create(**{**sent_in(call, number, status), **given})
    proposal.themes.set(themes or [make_theme(call.event)])
    return proposal


def make_application(call: Call, *, status: str = "submitted", **fields: Any) -> Application:
    """An application to the first choice of the call."""
    number = next(_numbers)
    given = {"motivation": "Haluan auttaa.", **fields}
    application = Application.objects.create(**{**sent_in(call, number, status), **given})
    application.choices.set(call.choices.all()[:1])
    return application


def sent_in(call: Call, number: int, status: str) -> dict[str, Any]:
    """What every submission has, by its status."""
    now = at("2024-10-10 12:00")
    decision = {"accepted": "accept", "confirmed": "accept", "declined": "accept", "reserved": "reserve",
                "rejected": "reject"}.get(status, "")  # fmt: skip
    return {
        "event": call.event, "call": call, "status": status, "email": f"pia.{number}@jarjesto.example",
        "name": f"Pia Puhuja {number}", "organisation": f"Järjestö {number}",
        "organisation_type": call.event.organisation_types.first(), "started_at": now, "edited_at": now,
        "submitted_at": None if status == "draft" else now, "form_key": uuid.uuid4(), "decision": decision,
        "decided_at": now if decision else None, "letter_at": now if decision else None,
        "letters": 1 if decision else 0, "reserve_order": number if status == "reserved" else None,
    }  # fmt: skip
