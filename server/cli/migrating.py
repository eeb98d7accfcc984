"""`tablegraph migrate`, `rollback`, `makemigration` and `showmigrations`."""

import asyncio
from typing import Annotated

import typer

from adapters import migrations
from server.cli.console import output
from server.cli.options import DatabaseUrl, DataDir, settings_with
from server.postgres import running_postgres


def migrate(
    revision: Annotated[str, typer.Argument(help="Version to go to.")] = "head",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Bring the database up to the newest version."""
    with running_postgres(settings_with(data_dir=data_dir, database_url=database_url)) as url:
        asyncio.run(migrations.upgrade(url, revision))
        _show(url)


def rollback(
    revision: Annotated[
        str,
        typer.Argument(
            help="Version to go back to, such as 0023; `base` takes everything away.", show_default="the one before"
        ),
    ] = "-1",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Take the newest version back. What only it could hold is lost."""
    with running_postgres(settings_with(data_dir=data_dir, database_url=database_url)) as url:
        asyncio.run(migrations.downgrade(url, revision))
        _show(url)


def makemigration(
    title: Annotated[str, typer.Argument(help="What it does, in a few words.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write a new version from what the models have and the database has not; read it before you use it."""
    with running_postgres(settings_with(data_dir=data_dir, database_url=database_url)) as url:
        output.print(str(asyncio.run(migrations.make_revision(url, title))))


def showmigrations(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """List every version and whether the database has it."""
    with running_postgres(settings_with(data_dir=data_dir, database_url=database_url)) as url:
        _show(url)


def _show(url: str) -> None:
    for version in asyncio.run(migrations.versions(url)):
        mark = "[green]applied[/green]" if version.is_applied else "[yellow]pending[/yellow]"
        output.print(f"{mark}  {version.revision}  {version.title}")
