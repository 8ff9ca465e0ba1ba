"""What the bell and the clock set going. Tasks take no arguments: what is to be done lies in the database."""

from celery import shared_task

from events import outbox


@shared_task(name="events.drain")
def drain() -> None:
    """Send the post and make documents."""
    outbox.drain()
