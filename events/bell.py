"""The doorbell: tells a Celery worker that there is work in the database. Nothing is lost when nobody hears it.

The work itself is rows (mails, documents). When Redis refuses or hangs, the bell stays silent for a while, so that
people do not wait for it; the worker looks by itself every few seconds (see integration2024.celery).
"""

import logging
import time
from functools import cache

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection

logger = logging.getLogger(__name__)

DRAIN = "events.drain"
SILENCE_SECONDS = 30.0
TIMEOUT_SECONDS = 0.5

_silent_until = 0.0


def ring() -> None:
    """Ring once when the transaction has committed; never an error, and at most one short wait, for the person.

    Who finds the bell rung already is inside the savepoint of whoever has rung it, or after it: if that is rolled
    back, Django forgets the ring with it.
    """
    if not any(function is _ring for _, function, *_ in transaction.get_connection().run_on_commit):
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(DRAIN, connection=_connection(), retry=False, ignore_result=True, expires=60)
    except Exception as error:  # whatever the broker's client raises: the bell must never hurt who rings it
        _silent_until = time.monotonic() + SILENCE_SECONDS
        _connection.cache_clear()
        logger.warning("The bell is silent for %d s: %s", SILENCE_SECONDS, error)


@cache
def _connection() -> Connection:
    """One connection a process, with short time-outs and no second attempts."""
    return Connection(
        settings.CELERY_BROKER_URL,
        transport_options={
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "max_retries": 0,
            "retry_on_timeout": False,
        },
    )
