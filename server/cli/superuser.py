"""`tablegraph create-superuser`."""

import asyncio
from typing import Annotated

import typer
from rich.markup import escape

from adapters import migrations
from resolvers.accounts import create_superuser as make_superuser
from server.cli.console import output
from server.cli.options import DatabaseUrl, DataDir, SecretKey, settings_with
from server.postgres import running_postgres
from server.services import close_services, make_services, open_database
from server.settings import Settings
from server.settings_section import SUPERUSER_PASSWORD


def create_superuser(
    email: Annotated[str, typer.Option(prompt="E-mail", help="Address to sign in with.")],
    password: Annotated[
        str,
        typer.Option(
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
            envvar=SUPERUSER_PASSWORD,
            help="Password to sign in with; better given by the variable or at the prompt.",
        ),
    ],
    name: Annotated[str | None, typer.Option(help="Name to show.", show_default=False)] = None,
    data_dir: DataDir = None,
    secret_key: SecretKey = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make an account that may administer the server."""
    settings = settings_with(data_dir=data_dir, secret_key=secret_key, database_url=database_url)
    with running_postgres(settings) as url:
        made = asyncio.run(_make(settings, url, email, password, name))
    output.print(f"Made the superuser {escape(made)}.")


async def _make(settings: Settings, url: str, email: str, password: str, name: str | None) -> str:
    await migrations.upgrade(url)
    services = make_services(settings, open_database(settings, url))
    try:
        user = await make_superuser(services, email, password, name)
    finally:
        await close_services(services)
    return user.email
