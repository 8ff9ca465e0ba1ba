"""Check-in: what devices at the door ask and report. The agreement with them is docs/door.md.

`live` answers one scan, `batch` takes what has happened, `fold` works out from the scans who is inside and what a
person has to look at. Nothing is refused, nothing is dropped, and the order in which things arrive does not matter.
"""

from registration.checkin.batch import MOST_ITEMS, take
from registration.checkin.desk import card, come_on_site
from registration.checkin.devices import HELP_DESK, Refused, authenticate, last_words, pair
from registration.checkin.items import BadItem
from registration.checkin.live import check_in

__all__ = [
    "HELP_DESK",
    "MOST_ITEMS",
    "last_words",
    "BadItem",
    "Refused",
    "authenticate",
    "card",
    "check_in",
    "come_on_site",
    "pair",
    "take",
]
