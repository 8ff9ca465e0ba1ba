"""The demo's mail server: takes every mail and writes it as a file, var/mail/<time>-<recipient>.eml.

python -m integration2024.local.catcher 2525 var/mail
"""

import re
import sys
import threading
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """aiosmtpd's handler. A file appears whole: it is written under another name and moved into place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = count()
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        recipient = re.sub(r"[^a-z0-9@.+-]", "_", envelope.rcpt_tos[0].lower())[:100]
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%f")
        fresh = self.folder / f".{next(self._count)}.new"
        fresh.write_bytes(envelope.original_content or b"")
        fresh.rename(self.folder / f"{moment}-{recipient}.eml")
        return "250 kept"


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Controller(Mailbox(folder), hostname="127.0.0.1", port=port, data_size_limit=50_000_000).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
