"""Processes that are started in one order and stopped in the other, even if this process is killed."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GUARD = Path(__file__).with_name("guard.py")
PATIENCE_SECONDS = 15


class Failed(Exception):
    """A process ended, or was not ready in time; the text says which and shows the end of its log."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    log: Path


class Processes:
    """The children of this process. Each has a session of its own, so that Ctrl-C reaches only us, and a log file."""

    def __init__(self, logs: Path, keep_open: tuple[int, ...] = ()) -> None:
        """`keep_open` are file descriptors, such as a lock, to be held until the last child is gone."""
        self.logs = logs
        self.children: list[Child] = []
        logs.mkdir(parents=True, exist_ok=True)
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD)], stdin=subprocess.PIPE, start_new_session=True, pass_fds=keep_open
        )

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        account: Mapping[str, Any] | None = None,
    ) -> Child:
        """Start a process; `account` are Popen's arguments that make it another user's."""
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/" if account else None,  # another user may not be allowed to enter ours
                **(account or {}),
            )
        child = Child(name, process, stop_signal, log)
        self.children.append(child)
        self._tell_guard(f"{process.pid} {stop_signal.value}")
        return child

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Wait until `ready()`; give up when a child ends meanwhile or the time is over."""
        end = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > end:
                raise Failed(f"{what} is not ready after {seconds:.0f} seconds.")
            time.sleep(0.05)

    def check(self) -> None:
        """All children must be running."""
        for child in self.children:
            if child.process.poll() is not None:
                raise Failed(f"{child.name} ended with exit code {child.process.returncode}. {last_lines(child.log)}")

    def stop(self, child: Child) -> None:
        """Stop one child and what is left of its session."""
        self.children.remove(child)
        if child.process.poll() is None:
            child.process.send_signal(child.stop_signal)
            try:
                child.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                print(f"{child.name} did not stop in {PATIENCE_SECONDS} seconds and was killed.", file=sys.stderr)
        with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS says the latter for a group of zombies
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def forget(self, child: Child) -> None:
        """A child that was expected to end has ended."""
        self.children.remove(child)

    def stop_all(self) -> None:
        """Stop the children, the last started first."""
        while self.children:
            self.stop(self.children[-1])
        self._tell_guard("done")
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()

    def _tell_guard(self, line: str) -> None:
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.write(f"{line}\n".encode())
            self._guard.stdin.flush()


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log, for the person at the terminal."""
    lines = log.read_text(errors="replace").splitlines()[-count:]
    return f"The end of {log}:\n" + "\n".join(f"    {line}" for line in lines)
