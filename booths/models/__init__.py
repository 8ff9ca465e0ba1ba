"""The tables of the exhibition: applications, the floor plan, booths."""

from booths.models.application import BoothApplication, BoothApplicationReview
from booths.models.booth import Booth, BoothBadge, BoothChange, BoothText, Exhibition
from booths.models.needs import BoothNeeds
from booths.models.plan import BoothPlace, Hall, Landmark

__all__ = [
    "Booth",
    "BoothApplication",
    "BoothApplicationReview",
    "BoothBadge",
    "BoothChange",
    "BoothNeeds",
    "BoothPlace",
    "BoothText",
    "Exhibition",
    "Hall",
    "Landmark",
]
