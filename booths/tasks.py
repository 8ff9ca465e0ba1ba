"""What the clock sets going."""

from celery import shared_task

from booths.services import exhibiting


@shared_task(name="booths.remind_exhibitors")
def remind_exhibitors() -> None:
    """A week and a day before texts, needs or badges are due."""
    exhibiting.remind()
