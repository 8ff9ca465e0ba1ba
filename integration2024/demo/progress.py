"""A progress bar for the terminal; where the output is no terminal, a line for every tenth."""

import time
from typing import Any

WIDTH = 40


class Progress:
    """Call `step` for every thing done; `stream` needs write and isatty."""

    def __init__(self, stream: Any, label: str, total: int) -> None:
        self.stream, self.label, self.total = stream, label, total
        self.done, self.started, self.shown_at = 0, time.monotonic(), 0.0

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        is_last = self.done == self.total
        if self.stream.isatty():
            if is_last or time.monotonic() - self.shown_at > 0.1:
                self.shown_at = time.monotonic()
                self._write(f"\r{self._bar()} {self._figures()}", "\n" if is_last else "")
        elif self.done * 10 // self.total > (self.done - 1) * 10 // self.total:
            self._write(self._figures(), "\n")

    def _bar(self) -> str:
        filled = self.done * WIDTH // self.total
        return f"[{'#' * filled}{'.' * (WIDTH - filled)}]"

    def _figures(self) -> str:
        seconds = max(time.monotonic() - self.started, 0.001)
        return f"{self.label}: {self.done} of {self.total}, {self.done / seconds:.0f}/s"

    def _write(self, text: str, end: str) -> None:
        self.stream.write(text, ending=end)
        self.stream.flush()
