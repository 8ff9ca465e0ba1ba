"""Measure and print every figure: python -m benchmarks.run [part …], with the parts named below; all if none is.

Production settings; PostgreSQL that waits for the disk; the event of 2024 with its windows moved to today and room for
everyone; the load client on the same processors as the server. Needs nothing but the development environment.
"""

import os
import platform
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from benchmarks import load
from benchmarks.installation import PYTHON, Installation
from benchmarks.visitor import Visitor
from integration2024.local.processes import Processes
from integration2024.local.services import Postgres, Redis

CHECKOUT = Path(__file__).parent.parent
MEBIBYTE = 1 << 20


def say(what: str, figure: object, limit: str = "") -> None:
    print(f"{what}: {figure}" + (f"  [{limit}]" if limit else ""), flush=True)


class Bench:
    """A fresh installation in a folder of its own, and what is measured on it."""

    def __init__(self, folder: Path) -> None:
        self.processes = Processes(folder / "log")
        self.postgres, self.redis = Postgres(folder / "postgres"), Redis(folder / "redis")
        self.database = self.postgres.start(self.processes)
        self.redis.start(self.processes)
        for service in (self.postgres, self.redis):
            self.processes.wait_until(service.is_up, type(service).__name__)
        os.environ.update(
            SECRET_KEY=secrets.token_urlsafe(50),
            SITE_URL="http://localhost",
            VAR_DIR=str(folder / "var"),
            DATABASE_URL=self.postgres.url,
            REDIS_URL=self.redis.url,
            EMAIL_URL="smtp://127.0.0.1:9",
            DJANGO_SETTINGS_MODULE="integration2024.settings",
            DEMO="",
        )
        began = time.monotonic()
        self.manage("migrate", "--verbosity=0")
        self.migrate_seconds = time.monotonic() - began
        self.manage("collectstatic", "--no-input", "--verbosity=0")
        prepared = subprocess.run([*PYTHON, "benchmarks.prepare"], check=True, capture_output=True, text=True)
        said = dict(line.split("=", 1) for line in prepared.stdout.splitlines())
        self.person = {**said, "days": said["days"].split(",")}
        self.floors: dict[str, float] = {}

    def manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], check=True)

    def close(self) -> None:
        self.processes.stop_all()

    def share(self, figure: float, name: str, step: load.Step, at_once: int) -> str:
        """The figure as a share of the floor at the same number at once."""
        floor = self.floors.get(f"{name} {at_once}")
        if floor is None:
            floor = self.floors[f"{name} {at_once}"] = self.measure_floor(step, at_once)
        return f"{100 * figure / floor:.0f} % of the floor's {floor:.0f}/s"

    def measure_floor(self, step: load.Step, at_once: int) -> float:
        installation = Installation(self.processes, {"DJANGO_SETTINGS_MODULE": "benchmarks.floor_settings"})
        server = installation.start_web(application="benchmarks.floor:application")
        measured = load.load(step, installation.port, self.person, at_once=at_once, seconds=4)
        self.processes.stop(server)
        return measured.per_second

    # --- The parts ----------------------------------------------------------------------------------------------------
    def start(self) -> None:
        """From the command to the first page."""
        installation = Installation(self.processes, {})
        began = time.monotonic()
        server = installation.start_web(workers=1)
        assert Visitor(installation.port).get("/fi/").status == 200
        say("start to first page", f"{time.monotonic() - began:.2f} s", "≤ 1.3 s")
        self.processes.stop(server)

    def queries(self) -> None:
        """What is asked of the database, and how long the home page takes to draw."""
        done = subprocess.run([*PYTHON, "benchmarks.queries"], check=True, capture_output=True, text=True)
        print(done.stdout, end="", flush=True)

    def registration(self) -> None:
        """Whole visits, posts alone, and the memory of a web worker afterwards."""
        installation = Installation(self.processes, {})
        server = installation.start_web()
        for at_once in (1, 8, 16, 64):
            self.empty()
            seen = load.load(load.whole_visit, installation.port, self.person, at_once=at_once)
            limit = "≥ 40/s, aim 60" if at_once == 8 else ""
            say(f"registration, whole visit (3 requests), {at_once} at once", seen, limit)
        for at_once in (1, 8, 16, 64):
            self.empty()
            seen = load.load(load.post_alone, installation.port, self.person, at_once=at_once)
            limit = "≥ 60/s, aim 75" if at_once == 8 else ""
            say(f"registration, POST alone, {at_once} at once", seen, limit)
            if at_once == 8:
                say("  that is", self.share(seen.per_second, "post", load.floor, at_once))
        self.memory(server.process.pid)
        self.processes.stop(server)

    def empty(self) -> None:
        """Each load begins with nobody registered: it brings some hundreds, as many as the event has places."""
        with psycopg.connect(self.postgres.url) as connection:
            connection.execute("TRUNCATE registration_registration, events_mail, events_document CASCADE")
            connection.execute("UPDATE events_pool SET taken = 0")

    def memory(self, pid: int) -> None:
        workers = psutil.Process(pid).children(recursive=True)
        largest = max(worker.memory_full_info().pss for worker in workers)
        say("web worker after the load, PSS", f"{largest / MEBIBYTE:.0f} MiB", "≤ 105 MiB")

    def home(self) -> None:
        """The home page from the cache."""
        installation = Installation(self.processes, {})
        server = installation.start_web()
        seen = load.load(load.home_page, installation.port, {}, at_once=4, seconds=5)
        say("home page from the cache, 4 at once", seen, "≥ 1,300/s")
        say("  that is", self.share(seen.per_second, "page", load.floor_page, 4))
        seen = load.load(load.home_page_known, installation.port, {}, at_once=4, seconds=5)
        say("home page known to the browser (304), 4 at once", seen)
        self.processes.stop(server)

    def migrate(self) -> None:
        """All tables of an empty database."""
        say("migrate on an empty database", f"{self.migrate_seconds:.1f} s", "≤ 10 s")

    def install(self) -> None:
        """What production installs."""
        with tempfile.TemporaryDirectory() as folder:
            uv = [*PYTHON, "uv", "--quiet"]
            subprocess.run([*uv, "venv", folder, "--clear", "--python", sys.executable], check=True)
            options = ["--require-hashes", "--link-mode=copy", "--python", f"{folder}/bin/python"]
            subprocess.run([*uv, "pip", "sync", *options, str(CHECKOUT / "requirements/base.txt")], check=True)
            files = [path for path in Path(folder).rglob("*") if path.is_file() and not path.is_symlink()]
            size = sum(path.stat().st_size for path in files) / MEBIBYTE
            distributions = len(list(Path(folder).glob("lib/*/site-packages/*.dist-info")))
        say("distributions installed", distributions, "≤ 60")
        say("size installed", f"{size:.0f} MiB", "≤ 240 MiB")

    def programme(self) -> None:
        """The programme of 150 sessions, drawn anew and from the cache; see benchmarks/programme.py."""
        subprocess.run([*PYTHON, "benchmarks.programme"], check=True)
        installation = Installation(self.processes, {})
        server = installation.start_web()
        seen = load.load(load.programme_page, installation.port, {}, at_once=4, seconds=5)
        say("programme page from the cache, 4 at once", seen, "≥ 1,200/s, aim 1,800")
        seen = load.load(load.programme_filtered, installation.port, {}, at_once=4, seconds=5)
        say("programme page with two filters from the cache, 4 at once", seen, "≥ 1,200/s")
        self.processes.stop(server)

    def booths(self) -> None:
        """The list with the floor plan and a booth, drawn anew and from the cache; see benchmarks/booths.py."""
        subprocess.run([*PYTHON, "benchmarks.booths"], check=True)
        installation = Installation(self.processes, {})
        server = installation.start_web()
        for name, step in (("booths with the floor plan", load.booths_page), ("page of a booth", load.booth_page)):
            seen = load.load(step, installation.port, {}, at_once=4, seconds=5)
            say(f"{name} from the cache, 4 at once", seen, "≥ 1,300/s")
        self.processes.stop(server)

    def organisers(self) -> None:
        """Reviewing and publishing in the admin; see benchmarks/organisers.py."""
        subprocess.run([*PYTHON, "benchmarks.organisers"], check=True)

    def webinars(self) -> None:
        """The pages of webinars, drawn anew and from the cache; reminders. See benchmarks/webinars.py."""
        subprocess.run([*PYTHON, "benchmarks.webinars"], check=True)
        installation = Installation(self.processes, {})
        server = installation.start_web()
        for name, step in (("list of webinars", load.webinars_page), ("page of a webinar", load.webinar_page)):
            seen = load.load(step, installation.port, {}, at_once=4, seconds=5)
            say(f"{name} from the cache, 4 at once", seen, "≥ 1,300/s")
            say("  that is", self.share(seen.per_second, "page", load.floor_page, 4))
        self.processes.stop(server)

    def badges(self) -> None:
        """See benchmarks/badges.py."""
        subprocess.run([*PYTHON, "benchmarks.badges"], check=True)

    def door(self) -> None:
        """See benchmarks/door.py."""
        self.empty()
        installation = Installation(self.processes, {})
        server = installation.start_web()
        subprocess.run([*PYTHON, "benchmarks.door", str(installation.port)], check=True)
        self.processes.stop(server)
        floor = self.measure_floor(load.floor, 16)
        say("the floor beside it (a minimal view, one such transaction), 16 at once", f"{floor:.0f}/s")

    def live(self) -> None:
        """See benchmarks/live.py."""
        self.empty()
        installation = Installation(self.processes, {})
        server = installation.start_web()
        pids = [str(server.process.pid), str(self.database.process.pid)]
        subprocess.run([*PYTHON, "benchmarks.live", str(installation.port), *pids], check=True)
        self.processes.stop(server)


PARTS: dict[str, Callable[[Bench], None]] = {
    "migrate": Bench.migrate,
    "start": Bench.start,
    "queries": Bench.queries,
    "registration": Bench.registration,
    "home": Bench.home,
    "install": Bench.install,
    "badges": Bench.badges,
    "door": Bench.door,
    "programme": Bench.programme,
    "booths": Bench.booths,
    "organisers": Bench.organisers,
    "live": Bench.live,
    "webinars": Bench.webinars,
}


def main() -> int:
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        print(f"Unknown: {', '.join(sorted(unknown))}. There are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    memory = psutil.virtual_memory().total / (1 << 30)
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {memory:.0f} GiB")
    folder = Path(tempfile.mkdtemp(prefix="i24-bench-", dir="/var/tmp"))
    folder.chmod(0o755)  # PostgreSQL's user must be able to enter it
    bench = None
    try:
        bench = Bench(folder)
        for name in wanted:
            PARTS[name](bench)
    finally:
        if bench:
            bench.close()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
