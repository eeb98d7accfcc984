"""Failures that a person can put right, told in a sentence instead of a traceback."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import typer
from alembic.util import CommandError
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import SettingsError
from rich.markup import escape

from adapters.embedded import EmbeddedServerFailed
from adapters.extensions import ExtensionsRefused
from adapters.migrations import DatabaseIsNewer, MigrationsPending
from adapters.plugins import BackendsRefused
from adapters.tokens import KeysRefused
from domain.errors import DomainError
from graph.trusted.registered import RegisteredDocumentsInvalid
from server.cli.console import errors
from server.postgres import DataFolderInUse
from server.run import PortTaken
from server.secret import SecretRefused
from server.settings_section import FILE, environment_name
from server.unknown_settings import unknown_key

EXPECTED = (
    SecretRefused,
    KeysRefused,
    BackendsRefused,
    ExtensionsRefused,
    PortTaken,
    RegisteredDocumentsInvalid,
    DataFolderInUse,
    DatabaseIsNewer,
    MigrationsPending,
    EmbeddedServerFailed,
    SettingsError,
    ValidationError,
    tomllib.TOMLDecodeError,
    DomainError,
    CommandError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)


@contextmanager
def told() -> Iterator[None]:
    """End the program with status 1 and one sentence for an expected failure."""
    try:
        yield
    except EXPECTED as error:
        errors.print(f"[red]Error:[/red] {escape(sentence(error))}")
        raise SystemExit(1) from None
    except typer.Abort:
        raise SystemExit(1) from None


def sentence(error: Exception) -> str:
    """What went wrong, for a person."""
    if isinstance(error, ValidationError):
        return " ".join(map(_fault, error.errors()))
    if isinstance(error, tomllib.TOMLDecodeError):
        return f"{FILE} is not TOML: {error}."
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | asyncpg.InternalClientError | OSError):
        return f"The database cannot be used: {str(error) or type(error).__name__}"
    return str(error)


def _fault(fault: ErrorDetails) -> str:
    setting, *within = fault["loc"] or (None,)
    if fault["type"] == "extra_forbidden" and not within:
        return unknown_key(str(setting))
    place = "".join(f" {each}:" for each in within)
    return f"{_setting(fault['loc'])}:{place} {fault['msg']}."


def _setting(loc: tuple[int | str, ...]) -> str:
    """Which setting a fault is of; some are of several together."""
    return environment_name(str(loc[0])) if loc else "Settings"
