"""The shell of the project: settings, addresses, home, demo. Nobody below imports it."""

from integration2024.celery import app as celery_app

__all__ = ["celery_app"]
