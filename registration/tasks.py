"""What the clock sets going."""

from celery import shared_task

from registration import services


@shared_task(name="registration.lapse_offers")
def lapse_offers() -> None:
    """Let dead offers lapse and offer their places to the queue."""
    services.lapse_offers()


@shared_task(name="registration.forget_needs")
def forget_needs() -> None:
    """Delete the needs of events that are past."""
    services.forget_needs_of_past_events()
