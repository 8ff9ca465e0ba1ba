"""The one clock. Windows, offers, reminders and deadlines ask it; sessions and login codes stay on real time."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

HELSINKI = ZoneInfo("Europe/Helsinki")


def now() -> datetime:
    """The present moment; in the demo the moment that the demo has travelled to, which runs on from there."""
    return real_now() + demo_offset() if settings.DEMO else real_now()


def real_now() -> datetime:
    """Real time even in the demo: for the post's retries, sessions, codes - whatever must go on when time jumps."""
    return timezone.now()  # noqa: TID251 - the one place


def day_of(moment: datetime) -> date:
    """The day in Helsinki, which is another one than in UTC for two or three hours every night."""
    return moment.astimezone(HELSINKI).date()


def demo_file() -> Path:
    """Where the demo keeps how far it has travelled, for the web process and the workers alike."""
    return settings.VAR_DIR / "demo" / "clock"


def demo_offset() -> timedelta:
    """How far the demo is away from real time."""
    try:
        return timedelta(seconds=float(demo_file().read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def travel(moment: datetime) -> None:
    """Take the demo to a moment. Written whole and moved into place, because other processes read it meanwhile."""
    target = demo_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_text(str((moment - real_now()).total_seconds()))
    fresh.replace(target)
