"""What the clock sets going."""

from celery import shared_task

from registration import services


@shared_task(name="registration.lapse_offers")
def lapse_offers() -> None:
    """Let dead offers lapse and offer their places to the queue."""
    services.lapse_offers()
