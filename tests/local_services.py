"""A pytest plugin: one throw-away PostgreSQL and Redis for the whole run, and no way out of this machine.

Loaded with -p, so that the environment is complete before pytest-django imports the settings. DATABASE_URL and
REDIS_URL are used instead when given (Django then makes a test database beside the named one).
"""

import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from integration2024.local import catalogues
from integration2024.local.processes import Processes
from integration2024.local.services import Postgres, Redis

_real_connect = socket.socket.connect


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start what the run needs; the workers of xdist inherit it through the environment."""
    close_sockets()
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        server, _, database = os.environ["REDIS_URL"].rpartition("/")
        os.environ["REDIS_URL"] = f"{server}/{int(database) + int(worker.removeprefix('gw')) + 1}"
    elif not early_config.known_args_namespace.help:
        start(early_config)
    return (yield)


def start(config: pytest.Config) -> None:
    """Start the services, and set the variables that production must be given."""
    # Not in TMPDIR: PostgreSQL's user must be able to enter the folder, and a socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="i24-test-", dir="/var/tmp"))
    folder.chmod(0o755)
    processes = Processes(folder / "log")
    config.add_cleanup(lambda: stop(processes, folder))
    os.environ.update(
        SECRET_KEY="only-for-the-tests-" + "0" * 40,
        SITE_URL="http://localhost",
        VAR_DIR=str(folder / "var"),
        EMAIL_URL="smtp://127.0.0.1:9",  # nobody listens; the fixture `smtp` brings a catcher
        DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright's synchronous interface runs an event loop in the main thread
        DEMO="",
    )
    (folder / "var" / "static").mkdir(parents=True)
    catalogues.compile_all()
    for name in ("SECRET_KEY", "SITE_URL", "VAR_DIR", "EMAIL_URL", "DEMO"):
        os.environ.pop(f"{name}_FILE", None)
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(folder / "postgres")
        postgres.start(processes, throw_away=True)
        os.environ["DATABASE_URL"] = postgres.url
        processes.wait_until(postgres.is_up, "PostgreSQL")
    if "REDIS_URL" not in os.environ:
        redis = Redis(folder / "redis")
        redis.start(processes)
        os.environ["REDIS_URL"] = redis.url
        processes.wait_until(redis.is_up, "Redis")


def stop(processes: Processes, folder: Path) -> None:
    processes.stop_all()
    shutil.rmtree(folder)


def close_sockets() -> None:
    """Refuse every connection that leaves this machine."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not is_loopback(str(address[0])):
            raise RuntimeError(f"A test tried to connect to {address}.")
        _real_connect(self, address)

    socket.socket.connect = connect  # type: ignore[method-assign]


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
