"""Loads the event of 2024 with its windows moved to today, and room for everyone; prints what a form needs to say."""

from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402 - needs Django to be set up, as do the next
from django.db.models import F  # noqa: E402

from benchmarks.floor import TABLES  # noqa: E402
from events import clock  # noqa: E402
from events.models import Event  # noqa: E402
from integration2024.demo import loader  # noqa: E402


def main() -> None:
    loader.load()
    with connection.cursor() as cursor:
        for statement in TABLES.split(";")[:-1]:
            cursor.execute(statement)
    now = clock.now()
    opened, closes, later = now - timedelta(days=1), now + timedelta(days=30), now + timedelta(days=60)
    events = Event.objects.current()
    events.update(
        on_site_opens_at=opened, remote_opens_at=opened, on_site_closes_at=closes, remote_closes_at=closes,
        needs_until=closes, doors_open_at=later, starts_on=later.date(), ends_on=later.date() + timedelta(days=1),
        public_version=F("public_version") + 1,
    )  # fmt: skip
    event = events.get()
    event.pools.update(capacity=1_000_000)
    says = {
        "first_name": "Maija",
        "last_name": "Meikäläinen",
        "organisation": "Auranlaakson kunta",
        "organisation_type": event.organisation_types.all()[0].pk,
        "attendance": "on_site",
        "days": ",".join(str(day.pk) for day in event.days.all()),
        "privacy": "on",
    }
    print("\n".join(f"{name}={value}" for name, value in says.items()))


if __name__ == "__main__":
    main()
