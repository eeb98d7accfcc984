"""Flags that several commands share, named as the settings are; a flag wins over the environment."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from server.cli.console import errors
from server.settings import Settings
from server.unknown_settings import unknown_variables

Host = Annotated[str | None, typer.Option(help="Address to listen on [TABLEGRAPH_HOST].", show_default=False)]
Port = Annotated[int | None, typer.Option(help="TCP port to listen on [TABLEGRAPH_PORT].", show_default=False)]
Workers = Annotated[int | None, typer.Option(help="Processes that serve [TABLEGRAPH_WORKERS].", show_default=False)]
DataDir = Annotated[
    Path | None, typer.Option(help="Folder of the embedded PostgreSQL [TABLEGRAPH_DATA_DIR].", show_default=False)
]
SecretKey = Annotated[
    str | None, typer.Option(help="Key that signs tokens [TABLEGRAPH_SECRET_KEY].", show_default=False)
]
DatabaseUrl = Annotated[
    str | None, typer.Option(help="URL of an external PostgreSQL 16+ [DATABASE_URL].", show_default=False)
]


def settings_with(**flags: Any) -> Settings:
    """The settings, with the flags that were given on top; says which variables were misspelled."""
    for fault in unknown_variables(os.environ):
        errors.print(f"[yellow]Warning:[/yellow] {escape(fault)}")
    return Settings(**{name: value for name, value in flags.items() if value is not None})
