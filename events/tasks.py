"""What the bell and the clock set going. Tasks take no arguments: what is to be done lies in the database."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from events import outbox


@shared_task(name="events.drain")
def drain() -> None:
    """Send the post and make documents."""
    outbox.drain()


@shared_task(name="events.forget_sessions")
def forget_sessions() -> None:
    """Delete the sessions that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
