"""`tablegraph check`."""

import asyncio
from collections.abc import Sequence

import asyncpg
import typer
from rich.markup import escape

from adapters import migrations
from adapters.embedded import EmbeddedServerFailed
from adapters.extensions import ExtensionsRefused
from adapters.plugins import BackendsRefused
from adapters.token_backends import load_backends
from adapters.tokens import KeysRefused
from server.backends import auth_backends_of
from server.cli.console import output
from server.cli.failures import sentence
from server.cli.options import DatabaseUrl, DataDir, SecretKey, settings_with
from server.extensions import extensions_of
from server.external import ExternalService, external_services, faults_of
from server.postgres import running_postgres
from server.secret import SecretRefused, former_secrets_of, secret_of
from server.settings import Settings
from server.settings_section import listed
from server.token_keys import keys_of


def check(data_dir: DataDir = None, secret_key: SecretKey = None, database_url: DatabaseUrl = None) -> None:
    """Say whether a server could start here, and use all that its settings name; the status is 1 where it could not."""
    settings = settings_with(data_dir=data_dir, secret_key=secret_key, database_url=database_url)
    external = list(external_services(settings))
    faults = [*_setting_faults(settings), *_database_faults(settings), *asyncio.run(faults_of(external))]
    for fault in faults:
        output.print(f"[red]wrong[/red]  {escape(fault)}")
    if faults:
        raise typer.Exit(1)
    output.print(f"[green]right[/green]  {', '.join(['secret key, database, migrations', *_names_of(external)])}")


def _names_of(external: Sequence[ExternalService]) -> list[str]:
    return [escape(each.name) for each in external]


def _setting_faults(settings: Settings) -> list[str]:
    try:
        secret_of(settings)
        former_secrets_of(settings)
        keys_of(settings)
        load_backends(listed(settings.token_backends))
        auth_backends_of(settings)
        extensions_of(settings)
    except (SecretRefused, KeysRefused, BackendsRefused, ExtensionsRefused) as refused:
        return [str(refused)]
    return []


def _database_faults(settings: Settings) -> list[str]:
    try:
        with running_postgres(settings) as url:
            asyncio.run(migrations.require_newest(url))
    except (
        OSError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        EmbeddedServerFailed,
        migrations.DatabaseIsNewer,
        migrations.MigrationsPending,
    ) as error:
        return [sentence(error)]
    return []
