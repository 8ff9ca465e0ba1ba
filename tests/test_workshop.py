"""The tools that the other tests and the demo stand on: local services, their supervisor, the misbehaving ones."""

import contextlib
import http.client
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import redis
from django.core.mail import get_connection, send_mail
from playwright.sync_api import Page

from events import clock
from integration2024.local import libraries
from integration2024.local.processes import Failed, Processes
from integration2024.local.services import free_port, is_taken
from tests.unreliable import Catcher, OwnRedis

ROOT = Path(__file__).parent.parent
TELLS_ITS_END = """
import pathlib, signal, sys, time
def end(*_):
    with pathlib.Path(sys.argv[2]).open("a") as file: file.write(sys.argv[1])
    sys.exit()
signal.signal(signal.SIGTERM, end)
pathlib.Path(sys.argv[2] + sys.argv[1]).touch()
time.sleep(60)
"""


def start_three(processes: Processes, notes: Path) -> None:
    for name in "abc":
        processes.start(name, [sys.executable, "-c", TELLS_ITS_END, name, notes])
    processes.wait_until(lambda: all(Path(f"{notes}{name}").exists() for name in "abc"), "the three")


def wait_for_end(children: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []


# --- The supervisor ---------------------------------------------------------------------------------------------------
def test_children_are_stopped_in_reverse_order(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    start_three(processes, tmp_path / "notes")
    processes.stop_all()
    assert (tmp_path / "notes").read_text() == "cba"


def test_children_are_stopped_in_reverse_order_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    supervisor = os.fork()
    if not supervisor:
        start_three(Processes(tmp_path), tmp_path / "notes")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(supervisor, 0)
    end = time.monotonic() + 20
    while not (tmp_path / "notes").exists() or (tmp_path / "notes").read_text() != "cba":
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_a_child_leaves_behind_is_stopped_with_it(tmp_path: Path) -> None:
    processes = Processes(tmp_path)
    child = processes.start("parent", ["sh", "-c", "sleep 60 & sleep 61 & wait"])
    processes.wait_until(lambda: len(psutil.Process(child.process.pid).children()) == 2, "the parent")
    left = psutil.Process(child.process.pid).children()
    processes.stop_all()
    wait_for_end(left)


def test_a_child_that_ends_early_is_reported_with_its_log(processes: Processes) -> None:
    processes.start("broken", ["sh", "-c", "echo no such luck; exit 3"])
    with pytest.raises(Failed, match=r"(?s)broken ended with exit code 3.*no such luck"):
        processes.wait_until(lambda: False, "anything")


# --- The demo ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def demo_environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    ours = {"DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SECRET_KEY", "DEMO", "DEMO_NOW"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    yield environment | {"PORT": str(free_port()), "VAR_DIR": str(tmp_path / "var")}
    shutil.rmtree((tmp_path / "var/postgres").resolve().parent, ignore_errors=True)  # as root it is elsewhere


def test_a_taken_port_is_named_before_anything_starts(demo_environment: dict[str, str]) -> None:
    with closing(socket.create_server(("127.0.0.1", int(demo_environment["PORT"])))):
        ended = subprocess.run(
            [sys.executable, "-m", "integration2024.local"], env=demo_environment, capture_output=True, text=True
        )
    assert ended.returncode == 1
    assert f"Port {demo_environment['PORT']} is taken." in ended.stderr
    assert not Path(demo_environment["VAR_DIR"], "postgres").exists()


def listening(process: psutil.Process) -> set[str]:
    """Where it takes connections; nowhere when it has ended, as PostgreSQL's helpers come and go."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return {one.laddr.ip for one in process.net_connections("inet") if one.status == "LISTEN"}
    return set()


def test_the_demo_starts_and_ctrl_c_leaves_nothing(demo_environment: dict[str, str]) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "integration2024.local"], env=demo_environment, stdout=subprocess.PIPE, text=True
    )
    assert demo.stdout
    lines = []
    while "Ready" not in (line := demo.stdout.readline()):
        lines.append(line)
        assert line, lines
    children = psutil.Process(demo.pid).children(recursive=True)
    connection = http.client.HTTPConnection("localhost", int(demo_environment["PORT"]))
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (302, "/fi/")
    connection.close()
    assert {address for child in children for address in listening(child)} == {"127.0.0.1"}
    demo.send_signal(signal.SIGINT)
    demo.stdout.close()
    assert demo.wait(30) == 0
    wait_for_end(children)


def test_the_mail_catcher_keeps_each_mail_as_a_file(processes: Processes, tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "integration2024.local.catcher", str(port), tmp_path / "mail"]
    processes.start("mail", command)
    processes.wait_until(lambda: is_taken(port), "the catcher")
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("a@example.org", ["Åsa/../X@example.org"], b"Subject: One\r\n\r\nText", ["SMTPUTF8"])
        client.sendmail("a@example.org", ["b@example.org"], b"Subject: Two\r\n\r\nText")
    first, second = sorted((tmp_path / "mail").iterdir())
    assert re.fullmatch(r"\d{8}T\d{6}\.\d{6}-_sa_.._x@example\.org\.eml", first.name)
    assert second.name.endswith("-b@example.org.eml")
    assert first.read_bytes().startswith(b"Subject: One")


def test_missing_libraries_are_named_as_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "PACKAGES", {"libno-such-thing.so.0": "libno-such-thing0"})
    assert libraries.missing_packages(browser=False) == (["libno-such-thing0"] if sys.platform == "linux" else [])


# --- The fixtures -----------------------------------------------------------------------------------------------------
def test_mail_is_caught_and_the_server_can_misbehave(smtp: Catcher) -> None:
    def send(timeout: float = 5) -> None:
        send_mail("Hyvää huomenta", "text", None, ["a@example.org"], connection=get_connection(timeout=timeout))

    send()
    assert [message["Subject"] for message in smtp.messages] == ["Hyvää huomenta"]
    smtp.answer_to_recipient = "450 4.2.0 Try again later"
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send()
    smtp.answer_to_recipient = "250 OK"
    smtp.drops_after_data = True
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send()
    assert len(smtp.messages) == 2
    smtp.drops_after_data = False
    smtp.is_silent = True
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(timeout=0.2)
    smtp.is_silent = False
    smtp.stop()
    with pytest.raises(ConnectionRefusedError):
        send()
    smtp.start()
    send()
    assert smtp.recipients == [["a@example.org"]] * 3


def test_a_redis_can_be_frozen_and_stopped(redis_server: OwnRedis) -> None:
    with redis.Redis.from_url(redis_server.url, socket_timeout=0.2, retry=None) as client:
        client.set("key", "value")
        redis_server.freeze()
        with pytest.raises(redis.TimeoutError):
            client.get("key")
        redis_server.thaw()
        redis_server.stop()
        with pytest.raises(redis.ConnectionError):
            client.get("key")
        redis_server.start()
        assert client.get("key") is None


def test_no_connection_leaves_this_machine() -> None:
    with closing(socket.socket()) as away, pytest.raises(RuntimeError, match="tried to connect"):
        away.connect(("192.0.2.1", 80))


def test_every_test_begins_at_the_same_moment() -> None:
    assert clock.now().astimezone(clock.HELSINKI).isoformat().startswith("2024-10-14T09:00:0")


@pytest.mark.browser(locale="sv-FI", viewport={"width": 360, "height": 740})
def test_the_browser_reports_what_it_complains_about(page: Page) -> None:
    page.goto("data:text/html,<script>undefined_name()</script>")
    assert page.evaluate("[navigator.language, innerWidth]") == ["sv-FI", 360]
    assert "undefined_name is not defined" in page.problems.pop()
