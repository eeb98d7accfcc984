"""The command `tablegraph`: one module a command, or a small group of them."""

from importlib.metadata import version
from typing import Annotated

import typer

from server.cli.automation_docs import automation_docs
from server.cli.checking import check
from server.cli.console import output
from server.cli.documents import check_documents
from server.cli.failures import told
from server.cli.field_docs import field_docs
from server.cli.formula_docs import formula_docs
from server.cli.importing import import_file
from server.cli.internal_token import internal_token
from server.cli.migrating import makemigration, migrate, rollback, showmigrations
from server.cli.reencrypting import re_encrypt_secrets
from server.cli.resetting import reset_db
from server.cli.schema import schema
from server.cli.serving import run
from server.cli.settings_docs import settings_docs
from server.cli.superuser import create_superuser
from server.cli.working import worker

app = typer.Typer(
    name="tablegraph",
    help="A GraphQL-first, realtime table server. What is no flag is set in the environment: docs/settings.md.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        output.print(f"tablegraph {version('tablegraph')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """What goes before any command."""


COMMANDS = (
    run,
    worker,
    migrate,
    rollback,
    makemigration,
    showmigrations,
    check,
    check_documents,
    schema,
    create_superuser,
    internal_token,
    re_encrypt_secrets,
    reset_db,
    settings_docs,
    field_docs,
    formula_docs,
    automation_docs,
)
for command in COMMANDS:
    app.command()(command)
app.command("import")(import_file)


def main() -> None:
    """Run the command line; the status is 1 for a failure that was told in a sentence."""
    with told():
        app()
