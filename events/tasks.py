"""What the bell and the clock set going. Tasks take no arguments: what is to be done lies in the database."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from events import clock, outbox, uploads
from events.services import submitting


@shared_task(name="events.drain")
def drain() -> None:
    """Send the post and make documents."""
    outbox.drain()


@shared_task(name="events.forget_sessions")
def forget_sessions() -> None:
    """Delete the sessions that have expired."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


@shared_task(name="events.remind_of_drafts")
def remind_of_drafts() -> None:
    """Three days and one day before a call closes."""
    submitting.remind_of_drafts()


@shared_task(name="events.forget_loose_files")
def forget_loose_files() -> None:
    """Delete files that were sent with forms that were never saved."""
    uploads.forget_loose(clock.now())
