"""The webinars in the demo, from webinars_<year>.toml: past ones with who came and what they thought, coming ones with
invented people who have signed up through the services, at moments before the present."""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from events import clock
from events.models import Call, Event
from integration2024.demo import loader, moments, people
from webinars import services
from webinars.models import Feedback, Material, Series, SignUp, Webinar

SEED = 2402
KEYS = uuid.UUID("1d9f3a52-2024-4a11-8c14-000000000002")
MEETING = "https://kokous.example/"
RECORDING = "https://tallenteet.example/"
FIRST_DAYS = 21  # so many days before a webinar people begin to sign up
GAVE_FEEDBACK = 0.6
LEARNED = {
    "fi": ["Uusia tapoja ohjata ensimmäisten viikkojen aikana.", "Kuulin, miten naapurikunta on tämän ratkaissut."],
    "sv": ["Nya sätt att handleda under de första veckorna.", "Jag hörde hur en grannkommun har löst det här."],
    "en": [
        "New ways of counselling during the first weeks.",
        "I heard how our neighbours have solved this.",
    ],
}
WILL_USE = {
    "fi": ["Vien harjoituksen tiimiini ensi viikolla.", "Kutsun työnantajat aamukahville."],
    "sv": ["Jag tar med övningen till mitt team nästa vecka.", "Jag bjuder in arbetsgivarna på morgonkaffe."],
    "en": ["I take the exercise to my team next week.", "I invite employers to a morning coffee."],
}


@transaction.atomic
def load(event: Event) -> int:
    """The webinars of an event, unless it has some; how many."""
    name = f"webinars_{event.slug}"
    if not (loader.FOLDER / f"{name}.toml").exists() or event.webinars.exists():
        return 0
    contents = loader.read(name)
    series = Series.objects.create(event=event, **loader.columns(contents["series"])) if "series" in contents else None
    invented = list(people.Inventor(event, SEED).people(max(table["signed_up"] for table in contents["webinar"])))
    with moments.own_clock():
        for table in contents["webinar"]:
            _load_webinar(event, series, dict(table), invented)
    return len(contents["webinar"])


def _load_webinar(
    event: Event, series: Series | None, table: dict[str, Any], invented: Sequence[people.Person]
) -> None:
    """The row, then the life of it up to the present."""
    signed_up, came = table.pop("signed_up"), table.pop("came", 0)
    materials, places = table.pop("material", []), table.pop("places", None)
    webinar = _row(event, series, table)
    Material.objects.bulk_create(Material(webinar=webinar, **material) for material in materials)
    if places is not None:
        services.set_places(webinar.pk, places, by=None)
    who = invented[:signed_up]
    if came:
        _past(webinar, who, came)
    else:
        _coming(webinar, who)


def _row(event: Event, series: Series | None, table: dict[str, Any]) -> Webinar:
    minutes, is_of_call = table.pop("minutes", 60), table.pop("is_of_call", False)
    has_captions = not table.pop("is_without_captions", False)
    fields = loader.columns(table)
    if "recorded_on" in fields:
        fields |= {"recording_url": f"{RECORDING}{event.slug}/{fields['slug']}", "has_recording_captions": has_captions}
    return Webinar.objects.create(
        event=event, series=series, call=Call.objects.filter(event=event).first() if is_of_call else None,
        ends_at=fields["starts_at"] + timedelta(minutes=minutes), join_url=f"{MEETING}{event.slug}/{fields['slug']}",
        is_public=True, **fields,
    )  # fmt: skip


# --- What is over -----------------------------------------------------------------------------------------------------
def _past(webinar: Webinar, who: Sequence[people.Person], came: int) -> None:
    """Rows as they would be now: signed up, came, gave feedback, thanked."""
    dice = random.Random(f"{SEED}:{webinar.slug}")
    rows = [_sign_up(webinar, person, dice, has_come=number < came) for number, person in enumerate(who)]
    SignUp.objects.bulk_create(rows)
    Feedback.objects.bulk_create(_feedback(row, dice) for row in rows if row.has_given_feedback)


def _sign_up(webinar: Webinar, person: people.Person, dice: random.Random, *, has_come: bool) -> SignUp:
    details = person.details
    at = webinar.starts_at - timedelta(days=FIRST_DAYS) * dice.random()
    gave = has_come and dice.random() < GAVE_FEEDBACK
    return SignUp(
        event=webinar.event, webinar=webinar, form_key=uuid.uuid5(KEYS, f"{webinar.slug}:{person.number}"),
        language=details.language, name=f"{details.first_name} {details.last_name}", email=details.email,
        organisation=details.organisation, organisation_type=details.organisation_type,
        status=SignUp.Status.CONFIRMED, signed_up_at=at, told_at=webinar.starts_at - timedelta(hours=1),
        attended_at=webinar.starts_at + timedelta(minutes=dice.randint(-10, 8)) if has_come else None,
        thanked_at=webinar.ends_at + timedelta(days=3),
        has_given_feedback=gave,
    )  # fmt: skip


def _feedback(row: SignUp, dice: random.Random) -> Feedback:
    return Feedback(
        webinar=row.webinar, usefulness=dice.choice([3, 4, 4, 5, 5]), learned=dice.choice(LEARNED[row.language]),
        will_use=dice.choice(WILL_USE[row.language]), given_at=row.webinar.ends_at + timedelta(days=4),
    )  # fmt: skip


# --- What is to come --------------------------------------------------------------------------------------------------
def _coming(webinar: Webinar, who: Sequence[people.Person]) -> None:
    """People sign up through the services, each at a moment that has passed."""
    dice = random.Random(f"{SEED}:{webinar.slug}")
    now = moments.BEGINNING
    for person in sorted(who, key=lambda person: person.number):
        clock.travel(_moment(now, dice, person.number, len(who)))
        details = services.Details(
            language=person.details.language, name=f"{person.details.first_name} {person.details.last_name}",
            email=person.details.email, organisation=person.details.organisation,
            organisation_type=person.details.organisation_type, privacy_version=person.details.privacy_version,
        )  # fmt: skip
        key = uuid.uuid5(KEYS, f"{webinar.slug}:{person.number}")
        services.sign_up(webinar.event, [webinar.pk], details, form_key=key, by=None)


def _moment(now: datetime, dice: random.Random, number: int, count: int) -> datetime:
    """In order, in the weeks before the demo begins."""
    days = FIRST_DAYS * (1 - number / (count + 1))
    return now - timedelta(days=days, minutes=dice.randint(0, 30))
