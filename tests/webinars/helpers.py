"""Webinars and people who sign up for them, for tests."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from events.models import Event, Upload
from tests.factories import at
from webinars import services
from webinars.models import Material, Series, SignUp, Webinar

_numbers = itertools.count(1)
MEETING = "https://meeting.example/j/20241112?pwd=secret"


def make_series(event: Event, **fields: Any) -> Series:
    """Getting to know the event."""
    words = {"title_fi": "Tutuksi", "title_sv": "Lär känna", "title_en": "Getting to know"}
    return Series.objects.create(**{"event": event, "slug": "tutuksi", **words, **fields})


def make_webinar(
    event: Event, starts: str = "2024-11-12 09:00", *, minutes: int = 60, places: int | None = None, **fields: Any
) -> Webinar:
    """A public webinar in three languages with a meeting; limited when places are given."""
    number = next(_numbers)
    words = {f"title_{code}": f"Webinaari {number} {code}" for code in ("fi", "sv", "en")}
    words |= {f"abstract_{code}": f"Kuvaus {number} {code}" for code in ("fi", "sv", "en")}
    given = {"slug": f"webinar-{number}", "is_public": True, "join_url": MEETING, "languages": ["fi"], **words}
    times = {"starts_at": at(starts), "ends_at": at(starts) + timedelta(minutes=minutes)}
    webinar = Webinar.objects.create(**{"event": event, **given, **times, **fields})
    if places is not None:
        services.set_places(webinar.pk, places, by=None)
        webinar.refresh_from_db()
    return webinar


def make_details(event: Event, **given: Any) -> services.Details:
    """Somebody with an address of their own."""
    number = next(_numbers)
    answers: dict[str, Any] = {
        "language": "fi", "name": f"Maija Meikäläinen {number}", "email": f"maija.{number}@kunta.example",
        "organisation": "Auranlaakson kunta", "organisation_type": event.organisation_types.first(), **given,
    }  # fmt: skip
    return services.Details(**answers)


def sign_up(*webinars: Webinar, form_key: uuid.UUID | None = None, **given: Any) -> list[SignUp]:
    """Somebody signs up for these on one form of their own; what was made."""
    event = webinars[0].event
    keys = [webinar.pk for webinar in webinars]
    return services.sign_up(event, keys, make_details(event, **given), form_key=form_key or uuid.uuid4(), by=None)


def sign_up_one(webinar: Webinar, **given: Any) -> SignUp:
    """For one webinar."""
    (made,) = sign_up(webinar, **given)
    return made


def form_data(event: Event, *webinars: Webinar, **given: Any) -> dict[str, Any]:
    """What a browser posts; None leaves a field out."""
    number = next(_numbers)
    data: dict[str, Any] = {
        "webinars": [webinar.pk for webinar in webinars], "name": "Maija Meikäläinen",
        "email": f"maija.{number}@kunta.example", "organisation": "Auranlaakson kunta",
        "organisation_type": event.organisation_types.first().pk, "privacy": "on", "form_key": str(uuid.uuid4()),
        **given,
    }  # fmt: skip
    return {name: value for name, value in data.items() if value is not None}


def make_one_of_each(event: Event) -> None:
    """A webinar of a series, with a file among its materials; with the keys and names of the tests of addresses."""
    webinar = make_webinar(event, slug="webinar", series=make_series(event))
    Material.objects.create(pk=1, webinar=webinar, title="Slides", upload=Upload.objects.get(pk=1))
