"""Celery: the worker that empties the outbox and the beat that rings regularly."""

import logging
import os
import threading
import time
from typing import Any

from celery import Celery, bootsteps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration2024.settings")

app = Celery("integration2024")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 15


class Caretaker(bootsteps.StartStopStep):
    """Looks after the outbox in a plain thread when nobody rings: neither bell nor beat works without Redis.

    It belongs to the worker itself, not to the consumer, so it runs while the broker cannot be reached.
    """

    requires = ("celery.worker.components:Pool",)

    def __init__(self, worker: Any, **options: Any) -> None:
        super().__init__(worker, **options)
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, name="caretaker", daemon=True)

    def start(self, worker: Any) -> None:
        """Begin when the pool stands."""
        self.thread.start()

    def stop(self, worker: Any) -> None:
        """End with the worker; a mail in hand is finished first."""
        self.stopped.set()
        self.thread.join(timeout=20)

    def run(self) -> None:
        """Drain at regular intervals; an error is logged and tried again."""
        from django.db import close_old_connections, connection  # noqa: PLC0415 - the settings are not ready earlier

        from events import outbox  # noqa: PLC0415 - models need the app registry

        while not self.stopped.wait(LOOK_EVERY_SECONDS):
            began = time.monotonic()
            try:
                close_old_connections()
                if sent := outbox.drain():
                    logger.info("Caretaker sent %d mails in %.1f s", sent, time.monotonic() - began)
            except Exception:  # the database may be restarting: the caretaker stays
                logger.exception("Caretaker will look again in %d s", LOOK_EVERY_SECONDS)
            finally:
                connection.close()


app.steps["worker"].add(Caretaker)
