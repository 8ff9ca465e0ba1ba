"""A negative control: a worker whose outbox notes a mail as sent before it is, as one would write it at first.

celery -A tests.faults.careless worker
"""

from typing import Any

from celery.signals import worker_init
from django.db import transaction

from integration2024.celery import app

__all__ = ["app"]


@worker_init.connect
def _be_careless(**_: Any) -> None:
    from events import clock, outbox  # noqa: PLC0415 - models need the app registry
    from events.models import Mail  # noqa: PLC0415

    def send_next(server: Any) -> bool:
        with transaction.atomic():
            mail = Mail.objects.due(clock.real_now()).select_for_update(skip_locked=True).first()
            if mail is None:
                return False
            mail.status, mail.sent_at = Mail.Status.SENT, clock.now()
            mail.save(update_fields=["status", "sent_at"])
        server.send(outbox.build(mail))
        return True

    outbox._send_next = send_next
