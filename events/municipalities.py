"""The 309 municipalities of Finland in 2024 and their 19 regions, as Statistics Finland numbers and names them."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from events.alphabet import sort_key


class Region(NamedTuple):
    """A region (maakunta, landskap)."""

    code: str
    fi: str
    sv: str
    en: str

    def label(self, language: str) -> str:
        """The region's name in a language."""
        return {"fi": self.fi, "sv": self.sv}.get(language, self.en)


class Municipality(NamedTuple):
    """A municipality; region is the code of its region."""

    code: str
    fi: str
    sv: str
    region: str

    def label(self, language: str) -> str:
        """The name in a language, with the other official name in brackets so that either can be searched for."""
        first, second = (self.sv, self.fi) if language == "sv" else (self.fi, self.sv)
        return first if first == second else f"{first} ({second})"


REGIONS = {
    region.code: region
    for region in (
        Region("01", "Uusimaa", "Nyland", "Uusimaa"),
        Region("02", "Varsinais-Suomi", "Egentliga Finland", "Southwest Finland"),
        Region("04", "Satakunta", "Satakunta", "Satakunta"),
        Region("05", "Kanta-Häme", "Egentliga Tavastland", "Kanta-Häme"),
        Region("06", "Pirkanmaa", "Birkaland", "Pirkanmaa"),
        Region("07", "Päijät-Häme", "Päijänne-Tavastland", "Päijät-Häme"),
        Region("08", "Kymenlaakso", "Kymmenedalen", "Kymenlaakso"),
        Region("09", "Etelä-Karjala", "Södra Karelen", "South Karelia"),
        Region("10", "Etelä-Savo", "Södra Savolax", "South Savo"),
        Region("11", "Pohjois-Savo", "Norra Savolax", "North Savo"),
        Region("12", "Pohjois-Karjala", "Norra Karelen", "North Karelia"),
        Region("13", "Keski-Suomi", "Mellersta Finland", "Central Finland"),
        Region("14", "Etelä-Pohjanmaa", "Södra Österbotten", "South Ostrobothnia"),
        Region("15", "Pohjanmaa", "Österbotten", "Ostrobothnia"),
        Region("16", "Keski-Pohjanmaa", "Mellersta Österbotten", "Central Ostrobothnia"),
        Region("17", "Pohjois-Pohjanmaa", "Norra Österbotten", "North Ostrobothnia"),
        Region("18", "Kainuu", "Kajanaland", "Kainuu"),
        Region("19", "Lappi", "Lappland", "Lapland"),
        Region("21", "Ahvenanmaa", "Åland", "Åland"),
    )
}
WHOLE_COUNTRY = "all"
ABROAD = "abroad"
SPECIAL = {
    WHOLE_COUNTRY: {"fi": "Koko maa", "sv": "Hela landet", "en": "The whole country"},
    ABROAD: {"fi": "Ulkomaat", "sv": "Utomlands", "en": "Abroad"},
}


@cache
def municipalities() -> dict[str, Municipality]:
    """Every municipality by its code."""
    with (Path(__file__).parent / "data" / "municipalities.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Municipality(**row) for row in csv.DictReader(file)}


@cache
def choices(language: str) -> tuple[tuple[str, str], ...]:
    """(code, label) for a form: the whole country and abroad first, then by the Finnish and Swedish alphabet."""
    labelled = [(code, municipality.label(language)) for code, municipality in municipalities().items()]
    special = [(code, names[language]) for code, names in SPECIAL.items()]
    return (*special, *sorted(labelled, key=lambda choice: sort_key(choice[1])))


def label(code: str, language: str) -> str:
    """What a stored code says in a language; empty where nothing was answered."""
    if not code:
        return ""
    return SPECIAL[code][language] if code in SPECIAL else municipalities()[code].label(language)


def region_of(code: str) -> Region | None:
    """The region of a stored code; None where none follows: not answered, the whole country, abroad."""
    return REGIONS[municipalities()[code].region] if code and code not in SPECIAL else None
