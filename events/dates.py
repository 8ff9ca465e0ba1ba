"""Days and times as sentences need them, in the Finnish, Swedish and English of Finland.

What a single date or number needs is in integration2024/formats; here are ranges, weekdays and deadlines, which Django
has no format for. Every moment is told in Helsinki time. Without `language` the active one is used.
"""

from datetime import date, datetime
from functools import lru_cache

from django.utils.translation import get_language

from events.clock import HELSINKI

# ruff: noqa: SIM905 - twelve names are read more easily as a sentence than as a column
MONTHS = {
    "fi": (
        "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta "
        "heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta"
    ).split(),
    "sv": "januari februari mars april maj juni juli augusti september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}
WEEKDAYS = {
    "fi": "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai".split(),
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
WEEKDAY_LETTERS = {"fi": 2, "sv": 2, "en": 3}  # how many make the short form: to, to, Thu
TIME_PREFIX = {"fi": "klo ", "sv": "kl. ", "en": ""}
DEADLINE_PREFIX = {"fi": "viimeistään ", "sv": "senast ", "en": "by "}
HELSINKI_TIME = {"fi": "Suomen aikaa", "sv": "finsk tid", "en": "Helsinki time"}


def _known(language: str | None) -> str:
    code = (language or get_language() or "en").split("-")[0]
    return code if code in MONTHS else "en"


def _local_day(value: date) -> date:
    """The day in Helsinki; a datetime is a date too, and may be another day there than in UTC."""
    return value.astimezone(HELSINKI).date() if isinstance(value, datetime) else value


@lru_cache(maxsize=1024)
def _clock_time(moment: datetime) -> str:
    local = moment.astimezone(HELSINKI)
    return f"{local.hour}.{local.minute:02}"


def day(value: date, language: str | None = None) -> str:
    """14.11.2024 · 14.11.2024 · 14 November 2024"""
    lang, on = _known(language), _local_day(value)
    if lang == "en":
        return f"{on.day} {MONTHS['en'][on.month - 1]} {on.year}"
    return f"{on.day}.{on.month}.{on.year}"


def short_day(value: date, language: str | None = None) -> str:
    """to 14.11.2024 · to 14.11.2024 · Thu 14 Nov 2024"""
    lang, on = _known(language), _local_day(value)
    weekday = WEEKDAYS[lang][on.weekday()][: WEEKDAY_LETTERS[lang]]
    written = f"{on.day} {MONTHS['en'][on.month - 1][:3]} {on.year}" if lang == "en" else day(on, lang)
    return f"{weekday} {written}"


def long_day(value: date, language: str | None = None) -> str:
    """torstai 14. marraskuuta · torsdag den 14 november · Thursday 14 November"""
    lang, on = _known(language), _local_day(value)
    number = {"fi": f"{on.day}.", "sv": f"den {on.day}", "en": str(on.day)}[lang]
    return f"{WEEKDAYS[lang][on.weekday()]} {number} {MONTHS[lang][on.month - 1]}"


def day_range(first: date, last: date | None = None, language: str | None = None) -> str:
    """14.–15.11.2024 · 14–15.11.2024 · 14–15 November 2024; what both days share is written once."""
    lang, start, end = _known(language), _local_day(first), _local_day(last or first)
    if start == end:
        return day(start, lang)
    if start.year != end.year:
        return f"{day(start, lang)}{' – ' if lang == 'en' else '–'}{day(end, lang)}"
    is_one_month = start.month == end.month
    if lang == "en":
        begin = f"{start.day}–" if is_one_month else f"{start.day} {MONTHS['en'][start.month - 1]} – "
    else:
        stop = "." if lang == "fi" else ""  # the Finnish ordinal keeps its full stop
        begin = f"{start.day}{stop}–" if is_one_month else f"{start.day}.{start.month}{stop}–"
    return begin + day(end, lang)


def time_range(start: datetime, end: datetime | None = None, language: str | None = None) -> str:
    """klo 9.00–16.15 · kl. 9.00–16.15 · 9.00–16.15; without an end klo 9.00 · kl. 9.00 · 9.00"""
    until = f"–{_clock_time(end)}" if end else ""
    return f"{TIME_PREFIX[_known(language)]}{_clock_time(start)}{until}"


def moment(at: datetime, end: datetime | None = None, language: str | None = None) -> str:
    """14.11.2024 klo 9.00 · 14.11.2024 kl. 9.00 · 14 November 2024, 9.00; with an end on that day klo 9.00–16.15"""
    lang = _known(language)
    return f"{day(at, lang)}{',' if lang == 'en' else ''} {time_range(at, end, lang)}"


def deadline(at: datetime, language: str | None = None) -> str:
    """viimeistään 18.2.2024 klo 23.59 · senast 18.2.2024 kl. 23.59 · by 18 February 2024, 23.59"""
    return DEADLINE_PREFIX[_known(language)] + moment(at, language=language)


def helsinki_time(language: str | None = None) -> str:
    """What follows a time that people in other time zones read: Suomen aikaa · finsk tid · Helsinki time"""
    return HELSINKI_TIME[_known(language)]
