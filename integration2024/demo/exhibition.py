"""The exhibition in the demo: halls, places and booths from exhibition_2024.toml.

Booths are written as rows as they stand in October; the clock may stand anywhere.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from booths import texts
from booths.models import Booth, BoothPlace, Exhibition, Hall, Landmark
from booths.services import keeping
from events.models import Event, Theme
from integration2024.demo import loader

NEEDS = {"P": "power", "N": "network", "T": "table", "W": "wall"}
OF_A_PLACE = "PNW"  # a table is carried in
CONFIRMED_BEFORE = timedelta(days=30)  # before texts are due
EXHIBITOR = "kahdensuunnansilta.example"  # whom one can be in the demo bar


@transaction.atomic
def load(event: Event) -> int:
    """The exhibition of an event, unless it has one; how many booths."""
    name = f"exhibition_{event.slug}"
    if not (loader.FOLDER / f"{name}.toml").exists() or event.halls.exists():
        return 0
    contents = loader.read(name)
    exhibition, _is_new = Exhibition.objects.get_or_create(event=event, defaults=loader.columns(contents["exhibition"]))
    places = {place.number: place for table in contents["hall"] for place in _hall(event, table)}
    at = contents["exhibition"]["texts_until"] - CONFIRMED_BEFORE
    themes = {theme.slug: theme for theme in event.themes.all()}
    for table in contents["booth"]:
        _booth(event, table, places, themes, at)
    return len(contents["booth"])


@cache
def _organisations() -> dict[str, dict[str, str]]:
    """The names of all of people.toml in three languages, by their domains."""
    kinds = loader.read("people")["organisations"]
    return {place["domain"]: place["name"] for kind in kinds for place in kind["at"]}


def _hall(event: Event, table: dict[str, Any]) -> list[BoothPlace]:
    """With its landmarks; the places of all rows."""
    fields = loader.columns({name: value for name, value in table.items() if name not in {"rows", "landmark"}})
    hall = Hall.objects.create(event=event, **fields)
    for landmark in table["landmark"]:
        Landmark.objects.create(hall=hall, **loader.columns(landmark))
    return BoothPlace.objects.bulk_create(place for row in table["rows"] for place in _row(hall, row))


def _row(hall: Hall, row: dict[str, Any]) -> Iterable[BoothPlace]:
    """So many places beside each other."""
    has = {f"has_{NEEDS[letter]}": letter in row.get("has", "") for letter in OF_A_PLACE}
    x, y, width, depth = (Decimal(str(row[name])) for name in ("x", "y", "width", "depth"))
    for number in range(row["count"]):
        name = f"{row['letter']}{row['first'] + number}"
        yield BoothPlace(hall=hall, number=name, x=x + width * number, y=y, width=width, depth=depth, **has)


def _booth(
    event: Event, table: dict[str, Any], places: dict[str, BoothPlace], themes: dict[str, Theme], at: datetime
) -> None:
    organisation = _organisations()[table["at"]]
    words = loader.columns({name: table[name] for name in texts.FIELDS if name in table})
    words |= {name: text for name, text in table.items() if name in texts.COLUMNS}  # not in all three
    booth = Booth.objects.create(
        event=event, organisation=organisation[table["language"]], slug=keeping.free_slug(event, organisation["en"]),
        name=table["name"], email=f"{slugify(table['name']).replace('-', '.')}@{table['at']}",
        language=table["language"], languages=table["languages"], shown=table["shown"], size=table["size"],
        website=f"https://{table['at']}/", place=places.get(table.get("place", "")), staff_expected=2, added_at=at,
        confirmed_at=at if table.get("is_confirmed", True) else None,
        published_at=at if table.get("is_published", True) and "place" in table else None,
        **{f"needs_{name}": letter in table.get("needs", "") for letter, name in NEEDS.items()}, **words,
    )  # fmt: skip
    booth.told_place = booth.place
    booth.save(update_fields=["told_place"])
    booth.themes.set([themes[slug] for slug in table["themes"] if slug in themes])
    texts.note(booth, texts.written(booth), at=at)
