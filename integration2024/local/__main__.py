"""`make demo`: the whole event office on this machine, from PostgreSQL to the first page, until Ctrl-C."""

import contextlib
import fcntl
import http.client
import os
import shlex
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType

from django.conf import settings

from events import clock

from . import catalogues
from .processes import Failed, Processes, last_lines
from .services import Postgres, Redis, Unavailable, cluster_home, free_port, is_taken

CHECKOUT = Path(__file__).resolve().parent.parent.parent
STARTED = time.monotonic()
PARENT = os.getppid()
STOPPING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody wants the demo to end."""


class CannotStart(Exception):
    """Something that only the person at the terminal can change; the text says what."""


class Terminal:
    """Lets Ctrl-C come to us alone: make, when it gets it too, ends with an error though all went well."""

    def __init__(self) -> None:
        self._former_group = os.getpgrp()
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)
        self.is_taken = (
            sys.stdin.isatty()
            and os.tcgetpgrp(0) == self._former_group  # not in the background
            and self._former_group != os.getpid()  # somebody started us who would hear Ctrl-C too
        )
        if self.is_taken:
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # make would not notice that we sleep
            os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpgrp())

    def is_gone(self) -> bool:
        """Was the window closed? The kernel tells only whoever started us."""
        try:
            return self.is_taken and os.tcgetpgrp(0) == 0
        except OSError:
            return True

    def give_back(self) -> None:
        if self.is_taken and not self.is_gone():
            os.tcsetpgrp(0, self._former_group)


def main() -> int:
    processes = None
    terminal = Terminal()
    for number in STOPPING_SIGNALS:  # set by hand, because a shell starts what it runs with & deaf to Ctrl-C
        signal.signal(number, _stop)
    try:
        port = wanted_port()
        var = Path(os.environ.get("VAR_DIR") or CHECKOUT / "var").resolve()
        lock = only_one(var)
        refuse_taken(port)
        processes = Processes(var / "log", keep_open=(lock,))
        run(processes, var, port)
        watch(processes, terminal)
    except Stopped:
        say("Stopping")
    except (CannotStart, Failed, Unavailable) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        for number in STOPPING_SIGNALS:  # a second Ctrl-C must not leave PostgreSQL behind
            signal.signal(number, signal.SIG_IGN)
        if processes:
            keep_clock()
            processes.stop_all()
            say("Everything is stopped. The data stays in var/.")
        terminal.give_back()
    return 0


def run(processes: Processes, var: Path, port: int) -> None:
    """Start everything in order."""
    set_environment(port, var)
    set_clock()
    start_services(processes, var)
    if files_are_fresh():
        say("Database tables")
        manage(processes, ["migrate", "--verbosity=0"])
    else:
        say("Database tables, files for the browser")
        manage(processes, ["migrate", "--verbosity=0"], ["collectstatic", "--no-input", "--verbosity=0"])
    say("Demo data: events, calls, the programme, people")
    manage(processes, ["demo"])
    say("Web server, worker and beat")
    start_application(processes, port)
    processes.wait_until(lambda: answers(port), "The first page")
    say(f"Ready: http://localhost:{port}/    mail: var/mail    logs: var/log    Ctrl-C stops everything")
    given = ("DEMO", "SITE_URL", "DATABASE_URL", "REDIS_URL", "EMAIL_URL")
    settings_given = " ".join(f"{name}={shlex.quote(os.environ[name])}" for name in given)
    say(f"Commands beside it: {settings_given} .venv/bin/python manage.py demo --people 1000")


def watch(processes: Processes, terminal: Terminal) -> None:
    """Come back when whoever started us is gone, who may be killed without a word to us; fail if a service does."""
    while os.getppid() == PARENT and not terminal.is_gone():
        processes.check()
        time.sleep(0.3)


def set_environment(port: int, var: Path) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="integration2024.settings",
        DEMO="1",
        SITE_URL=f"http://localhost:{port}",
        VAR_DIR=str(var),
        PYTHONUNBUFFERED="1",
    )


def start_services(processes: Processes, var: Path) -> None:
    """PostgreSQL, Redis and the mail catcher, each unless the environment names another one."""
    wanted = []
    if not is_given("DATABASE_URL"):
        say("PostgreSQL")
        postgres = Postgres(cluster_home(var))
        postgres.start(processes)
        os.environ["DATABASE_URL"] = postgres.url
        wanted.append((postgres.is_up, "PostgreSQL"))
    if not is_given("REDIS_URL"):
        say("Redis")
        redis = Redis(var / "redis")
        redis.start(processes)
        os.environ["REDIS_URL"] = redis.url
        wanted.append((redis.is_up, "Redis"))
    if not is_given("EMAIL_URL"):
        say("Mail catcher")
        mail_port = free_port()
        processes.start(
            "mail", [sys.executable, "-m", "integration2024.local.catcher", str(mail_port), str(var / "mail")]
        )
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
        wanted.append((lambda: is_taken(mail_port), "The mail catcher"))
    say("Translations")
    catalogues.compile_all()
    for is_up, name in wanted:
        processes.wait_until(is_up, name)


def set_clock() -> None:
    """Begin at DEMO_NOW if it is given, else where the last run stopped, else at the default."""
    kept = kept_moment()
    moment = settings.DEMO_NOW if is_given("DEMO_NOW") or not kept.exists() else kept.read_text()
    try:
        asked = datetime.fromisoformat(moment)
    except ValueError:
        raise CannotStart(f"DEMO_NOW is a moment such as 2024-11-14T08:00+02:00, not {moment!r}.") from None
    clock.travel(asked if asked.tzinfo else asked.replace(tzinfo=clock.HELSINKI))


def keep_clock() -> None:
    """Time stands still while the demo is off: otherwise registration would be over after a month's holiday."""
    if clock.demo_file().exists():
        kept_moment().write_text(clock.now().isoformat())


def kept_moment() -> Path:
    return clock.demo_file().with_name("stopped-at")


def start_application(processes: Processes, port: int) -> None:
    """As in production (docker-compose.yml), but each once."""
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "integration2024"]
    granian = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "2"]
    granian += ["--workers-kill-timeout", "5"]  # a worker that is still starting does not hear that it should stop
    processes.start("web", [*python, *granian, "integration2024.wsgi:application"])
    processes.start(
        "worker", [*celery, "worker", "--loglevel=info", "--concurrency=2", "--without-mingle", "--without-gossip"]
    )
    processes.start(
        "beat", [*celery, "beat", "--loglevel=info", f"--schedule={processes.logs.parent / 'beat'}", "--pidfile="]
    )


def files_are_fresh() -> bool:
    """Is what collectstatic made newer than everything it is made of? Compressing takes it several seconds."""
    made = settings.STATIC_ROOT / "staticfiles.json"
    sources = [*(CHECKOUT / "static").rglob("*"), CHECKOUT / "integration2024/settings.py"]
    sources += [CHECKOUT / ".venv/ready", CHECKOUT / "node_modules/ready"]  # when packages were last installed
    return made.exists() and made.stat().st_mtime > max(path.stat().st_mtime for path in sources if path.exists())


def manage(processes: Processes, *commands: list[str]) -> None:
    """Commands of manage.py, side by side; each must succeed."""
    started = [processes.start(command[0], [sys.executable, "manage.py", *command]) for command in commands]
    for child in started:
        if child.process.wait():
            raise Failed(f"manage.py {child.name} failed. {last_lines(child.log)}")
        processes.forget(child)


def answers(port: int) -> bool:
    """Does the first page answer, with anything but a server error?"""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        status = connection.getresponse().status
    except OSError:
        return False
    finally:
        connection.close()
    if status >= 500:
        raise Failed(f"The first page answers with status {status}. See var/log/web.log.")
    return True


def wanted_port() -> int:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise CannotStart(f"PORT is a number such as 8123, not {given!r}.")
    return int(given)


def only_one(var: Path) -> int:
    """The lock that says that a demo runs in this folder."""
    var.mkdir(parents=True, exist_ok=True)
    lock = os.open(var / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStart("The demo of this folder is already running, or still stopping.") from None
    return lock


def refuse_taken(port: int) -> None:
    if is_taken(port):
        raise CannotStart(f"Port {port} is taken. Choose another one, for example: PORT={port + 1} make demo")


def is_given(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def say(text: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be closed
        print(f"{time.monotonic() - STARTED:5.1f} s  {text}", flush=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main())
