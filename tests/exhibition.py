"""An exhibition for the tests: a hall with places, booths with texts in three languages."""

import itertools
from typing import Any

from booths import texts
from booths.models import Booth, BoothApplication, BoothPlace, Exhibition, Hall
from events.models import Call, Event
from tests.factories import at, make_theme, sent_in

_numbers = itertools.count(1)


def make_hall(event: Event, slug: str = "hall", **fields: Any) -> Hall:
    """20 × 10 metres."""
    names = {"name_fi": "Logomo-sali", "name_sv": "Logomosalen", "name_en": "Logomo hall"}
    hall: Hall = Hall.objects.create(event=event, slug=slug, **{"width": 20, "depth": 10, **names, **fields})
    return Hall.objects.get(pk=hall.pk)


def make_place(hall: Hall, number: str = "", **fields: Any) -> BoothPlace:
    """3 × 2 metres; beside the last one, five in a row."""
    count = hall.places.count()
    where = {"x": count % 5 * 3, "y": count // 5 * 4, "width": 3, "depth": 2}
    given = {"hall": hall, "number": number or f"A{count + 1}", **where, **fields}
    place = BoothPlace.objects.create(**given)
    return BoothPlace.objects.select_related("hall__event").get(pk=place.pk)


def make_booth(event: Event, place: BoothPlace | None = None, **fields: Any) -> Booth:
    """Confirmed and published; without a place unless one is given."""
    number = next(_numbers)
    words = {
        "title_fi": f"Esittely {number}", "title_sv": f"Visning {number}", "title_en": f"Display {number}",
        "description_fi": "Kuvaus.", "description_sv": "Beskrivning.", "description_en": "About.",
    }  # fmt: skip
    given = {
        "slug": f"booth-{number}", "organisation": f"Järjestö {number}", "email": f"pia.{number}@jarjesto.example",
        "name": "Pia Pitäjä", "languages": ["fi"], "added_at": at("2024-10-01 09:00"),
        "confirmed_at": at("2024-10-02 09:00"), "published_at": at("2024-10-03 09:00"), "place": place,
        **words, **fields,
    }  # fmt: skip
    themes = given.pop("themes", None)
    booth = Booth.objects.create(event=event, **given)
    booth.themes.set([make_theme(event)] if themes is None else themes)
    texts.note(booth, texts.written(booth), at=at("2024-10-01 09:00"))
    return booth


def make_exhibition(event: Event, **fields: Any) -> Exhibition:
    """Texts, needs and staff until different days of October and November."""
    dates = {
        "texts_until": at("2024-10-25 16:00"), "needs_until": at("2024-10-31 16:00"),
        "staff_until": at("2024-11-08 16:00"), "badges": 3,
    }  # fmt: skip
    found: Exhibition = Exhibition.objects.create(event=event, **{**dates, **fields})
    return found


def make_booth_application(call: Call, *, status: str = "submitted", **fields: Any) -> BoothApplication:
    """An application in Finnish as it stands in the table; a status after the decision has what belongs to it."""
    number = next(_numbers)
    language = fields.get("language", "fi")
    words = {f"title_{language}": f"Hakemus {number}", f"description_{language}": "Kuvaus."}
    given = {**sent_in(call, number, status), **words, "booth_languages": [language], **fields}
    return BoothApplication.objects.create(**given)
