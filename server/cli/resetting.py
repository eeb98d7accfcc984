"""`tablegraph reset-db`."""

import asyncio
from typing import Annotated

import typer
from sqlalchemy.engine import make_url

from adapters import migrations
from server.cli.console import output
from server.cli.options import DatabaseUrl, DataDir, settings_with
from server.postgres import running_postgres


def reset_db(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Delete every account, workspace, base and record, and begin with an empty database."""
    settings = settings_with(data_dir=data_dir, database_url=database_url)
    with running_postgres(settings) as url:
        place = f"in {settings.data_dir.resolve()}" if settings.is_embedded else f"at {make_url(url)!r}"
        if not yes:
            typer.confirm(f"Delete everything in the database {place}? This cannot be undone.", abort=True)
        asyncio.run(migrations.reset(url))
    output.print("The database is empty.")
