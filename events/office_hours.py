"""Working hours of the organiser: Monday to Friday 8-16 in Helsinki, Finnish public holidays out."""

from datetime import date, datetime, time, timedelta
from functools import cache

from events.clock import HELSINKI

OPENS, CLOSES = time(8), time(16)


def later(start: datetime, hours: float) -> datetime:
    """The moment when so many working hours have passed since `start`; it always lies within working hours."""
    left = timedelta(hours=hours)
    moment = start.astimezone(HELSINKI)
    while True:
        opens, closes = (datetime.combine(moment.date(), limit, HELSINKI) for limit in (OPENS, CLOSES))
        moment = max(moment, opens)
        if is_working_day(moment.date()) and moment < closes:
            if left <= closes - moment:
                return moment + left
            left -= closes - moment
        moment = datetime.combine(moment.date() + timedelta(days=1), OPENS, HELSINKI)


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.weekday() < 5 and day not in finnish_holidays(day.year)


@cache
def finnish_holidays(year: int) -> set[date]:
    """Public holidays with the eves of Midsummer and Christmas, when offices are closed too."""
    import holidays  # noqa: PLC0415 - 13 MB in every process, for the few that ever make an offer

    return set(holidays.country_holidays("FI", years=[year]))
