"""A mail server and a Redis that misbehave on request."""

import asyncio
import email
import email.policy
import logging
import os
import signal
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from integration2024.local.processes import Child, Processes
from integration2024.local.services import Redis, free_port

logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command


class Catcher:
    """Keeps what it is sent. The attributes make it misbehave, from the next command of a client on.

    To refuse connections, `stop()` it; `start()` takes them again on the same port.
    """

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self.url = f"smtp://{self.host}:{self.port}"
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []  # of each message, as the envelope named them
        self.answer_to_recipient = "250 OK"  # "450 4.2.0 Try again later", "550 5.1.1 No such user"
        self.answer_to_sender = "250 OK"  # "550 5.7.1 You may not send from here"
        self.answer_to_login = "235 Welcome"  # "535 5.7.8 Wrong password"
        self.delay_seconds = 0.0  # before the message is accepted
        self.drops_after_data = False  # takes the message, then closes the connection without an answer
        self.is_silent = False  # accepts the connection and never says more than hello
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(
            self, hostname=self.host, port=self.port, data_size_limit=50_000_000, auth_require_tls=False
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.is_silent:
            await asyncio.sleep(3600)
        if self.answer_to_sender.startswith("250"):
            envelope.mail_from = address
        return self.answer_to_sender

    async def handle_AUTH(self, server: SMTP, session: Session, envelope: Envelope, arguments: list[str]) -> str:
        return self.answer_to_login

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.delay_seconds)
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        self.messages.append(message)
        self.recipients.append(list(envelope.rcpt_tos))
        if self.drops_after_data:
            server.transport.abort()
        return "250 kept"


class OwnRedis:
    """A Redis that a test may stop, freeze and empty."""

    def __init__(self, folder: Path) -> None:
        self._processes = Processes(folder / "log")
        self._redis = Redis(folder / "redis")
        self._child: Child | None = None
        self.url = self._redis.url

    def start(self) -> None:
        self._child = self._redis.start(self._processes)
        self._processes.wait_until(self._redis.is_up, "Redis")

    def stop(self) -> None:
        """From now on connections are refused."""
        if self._child:
            self._processes.stop(self._child)
            self._child = None

    def freeze(self) -> None:
        """From now on connections are accepted and never answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        if self._child:
            self.thaw()
        self._processes.stop_all()

    def _signal(self, number: signal.Signals) -> None:
        assert self._child, "The server is stopped."
        os.kill(self._child.process.pid, number)
