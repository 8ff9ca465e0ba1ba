"""What the clock sets going."""

from celery import shared_task

from webinars import services


@shared_task(name="webinars.send_reminders")
def send_reminders() -> None:
    """Remind those who are due."""
    services.send_reminders()


@shared_task(name="webinars.lapse_offers")
def lapse_offers() -> None:
    """Let dead offers lapse and offer their places to the queue."""
    services.lapse_offers()


@shared_task(name="webinars.forget_networks")
def forget_networks() -> None:
    """Two weeks after a webinar: forget from where people came."""
    services.forget_networks()
