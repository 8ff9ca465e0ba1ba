"""The application's own processes, started as in production (see docker-compose.yml): web, worker, beat."""

import os
import sys
from collections.abc import Mapping

from benchmarks.visitor import Visitor
from integration2024.local.processes import Child, Processes
from integration2024.local.services import free_port

PYTHON = [sys.executable, "-m"]


class Installation:
    """Starts them with one environment; whoever made `processes` stops them."""

    def __init__(self, processes: Processes, environment: Mapping[str, str]) -> None:
        self.processes = processes
        self.port = free_port()
        self.environment = {**os.environ, **environment, "SITE_URL": f"http://localhost:{self.port}"}

    def start_web(
        self, *, workers: int = 2, threads: int = 2, application: str = "integration2024.wsgi:application"
    ) -> Child:
        """Granian, and wait for its first answer."""
        command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", str(workers), "--blocking-threads", str(threads), "--workers-kill-timeout", "5"]
        child = self._start("web", *command, application)
        self.processes.wait_until(self.answers, "The web server")
        return child

    def start_worker(self, name: str = "worker", *, application: str = "integration2024") -> Child:
        """A Celery worker with two children; it is not waited for, because it may have no broker."""
        options = [
            "--loglevel=info",
            "--concurrency=2",
            "--without-mingle",
            "--without-gossip",
            f"--hostname={name}@%h",
        ]
        return self._start(name, "celery", "-A", application, "worker", *options)

    def start_beat(self, name: str = "beat", *, application: str = "integration2024") -> Child:
        """Celery's clock."""
        schedule = self.processes.logs / f"{name}.schedule"
        return self._start(name, "celery", "-A", application, "beat", f"--schedule={schedule}", "--pidfile=")

    def _start(self, name: str, *command: str) -> Child:
        return self.processes.start(name, [*PYTHON, *command], env=self.environment)

    def answers(self) -> bool:
        """Whether the web server answers, with anything."""
        visitor = Visitor(self.port)
        try:
            visitor.get("/robots.txt")
        except OSError:
            return False
        finally:
            visitor.close()
        return True
