"""`tablegraph run`: a database, its migrations, and uvicorn on top of them, all stopped by one signal."""

import asyncio
import errno
import json
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import FrameType

import uvicorn
from pydantic import BaseModel, SecretStr
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from adapters import migrations
from adapters.token_backends import load_backends
from graph.trusted.registered import read_registered
from resolvers.accounts import has_users
from server.backends import auth_backends_of
from server.extensions import extensions_of
from server.logs import configure_logs
from server.metrics import MULTIPROCESS
from server.postgres import running_postgres
from server.protocols import ServerConfig
from server.secret import former_secrets_of, secret_of
from server.settings import Settings
from server.settings_section import PREFIX, listed
from server.token_keys import keys_of

BACKLOG = 2048
SECONDS_FOR_THE_PORT = 3
"""How long to wait for the port; the workers of a killed server need a moment to notice."""
SECONDS_FOR_THE_WORKERS = 60

Announce = Callable[[str, bool], None]
"""Called with the address, and whether anybody has an account."""


class PortTaken(Exception):
    """The address cannot be listened on; the message says which and why."""


def run(settings: Settings, announce: Announce) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called once requests are answered.

    Raises `PortTaken`, `SecretRefused`, `KeysRefused`, `BackendsRefused`, `ExtensionsRefused`, `DatabaseIsNewer`,
    `RegisteredDocumentsInvalid`, `DataFolderInUse` or `EmbeddedServerFailed` where that cannot begin.
    """
    configure_logs(settings)
    secret = secret_of(settings)
    former_secrets_of(settings)
    keys_of(settings)  # what is wrong with them is said before anything starts
    load_backends(listed(settings.token_backends))
    auth_backends_of(settings)
    extensions_of(settings)
    if settings.documents_path is not None:
        read_registered(settings.documents_path)  # likewise
    with ExitStack() as stack:
        _catch_signals()
        listener = stack.enter_context(_bind(settings.host, settings.port))
        url = stack.enter_context(running_postgres(settings, exclusively=True))
        is_used = asyncio.run(prepare(url))
        hand_down(settings, url, secret)
        os.environ[PREFIX + "PORT"] = str(listener.getsockname()[1])  # the one that 0 took: links in mails have it
        if settings.workers > 1:
            os.environ[MULTIPROCESS] = stack.enter_context(tempfile.TemporaryDirectory(prefix="tablegraph-metrics-"))
        try:
            _serve(settings, listener, lambda address: announce(address, is_used))
        except KeyboardInterrupt:
            return  # uvicorn raises SIGINT again when it has stopped


def _catch_signals() -> None:
    """By default SIGTERM and SIGHUP end the process at once, and the database would stay behind."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # `nohup` has it ignored
            signal.signal(number, _stop)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _bind(host: str, port: int) -> socket.socket:
    """A socket at this address, bound but not listening yet: taken before anything slow begins."""
    deadline = time.monotonic() + SECONDS_FOR_THE_PORT
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            listener.close()
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise PortTaken(f"Cannot listen on {host}:{port}: {error.strerror}.") from error
            time.sleep(0.1)
        else:
            listener.set_inheritable(True)
            return listener


async def prepare(url: str) -> bool:
    """Bring the database up to date; whether anybody has an account, asked over the same connection."""
    async with migrations.upgraded(url) as connection:
        return await has_users(connection)


def hand_down(settings: Settings, url: str, secret: str) -> None:
    """Put what was decided here into the environment, where `server.asgi` of each process reads it."""
    for name in settings.model_fields_set - {"database_url", "secret_key"}:
        os.environ[PREFIX + name.upper()] = _as_text(getattr(settings, name))
    os.environ["DATABASE_URL"] = url
    os.environ[PREFIX + "SECRET_KEY"] = secret


def _as_text(value: object) -> str:
    """A value as its variable holds it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return json.dumps(value, default=_as_json) if isinstance(value, dict) else str(value)


def _as_json(value: object) -> object:
    """What `json` cannot write by itself, with its secrets."""
    return value.model_dump(exclude_unset=True) if isinstance(value, BaseModel) else _as_text(value)


def _serve(settings: Settings, listener: socket.socket, announce: Callable[[str], None]) -> None:
    config = ServerConfig(
        "server.asgi:create",
        settings,
        factory=True,
        workers=settings.workers,
        loop="uvloop",
        backlog=BACKLOG,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    address = _address(listener)
    if settings.workers == 1:
        _Single(config, lambda: announce(address)).run([listener])
    else:
        several = _Several(config, [listener], lambda: announce(address))
        several.run()
        if not several.were_ready:
            raise SystemExit(STARTUP_FAILURE)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Single(uvicorn.Server):
    """uvicorn in this process, which says when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """uvicorn's own, then the word."""
        await super().startup(sockets)
        if self.started:
            self._ready()


class _Several(Multiprocess):
    """uvicorn's supervisor of workers, which says when all of them are ready."""

    def __init__(self, config: uvicorn.Config, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
        super().__init__(config, sockets)
        self._ready = ready
        self.were_ready = False

    def init_processes(self) -> None:
        """uvicorn's own, then the word."""
        super().init_processes()
        self.were_ready = all(
            each.wait_until_ready(SECONDS_FOR_THE_WORKERS, self.should_exit) for each in self.processes
        )
        if self.were_ready:
            self._ready()

    def terminate_all(self) -> None:
        """uvicorn's own; then only workers listen, until they stop, and who comes later is refused at once."""
        super().terminate_all()
        for each in self.sockets:
            each.close()
