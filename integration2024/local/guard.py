"""Stops the children of a supervisor that was killed before it could do so itself (kill -9, a crash).

Reads lines "process-id signal" from its standard input, a pipe that only the supervisor holds: when it ends without
"done", the supervisor is gone. Portable, unlike Linux's parent-death signal, and it keeps the order. Started as a file
with nothing imported from the project, so that it is there at once and small.
"""

import contextlib
import os
import signal
import sys
import time

PATIENCE_SECONDS = 10


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    children = []
    for line in sys.stdin:
        if line == "done\n":
            return
        pid, stop_signal = line.split()
        children.append((int(pid), int(stop_signal)))
    for pid, stop_signal in reversed(children):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            stop(pid, stop_signal)


def stop(pid: int, stop_signal: int) -> None:
    """Ask politely, then end what is left of the process's session. Ends by ProcessLookupError when nothing is."""
    os.kill(pid, stop_signal)
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        time.sleep(0.05)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            break
    os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
