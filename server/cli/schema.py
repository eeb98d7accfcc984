"""`tablegraph schema`."""

from pathlib import Path
from typing import Annotated

import typer

from graph.schema import build_schema
from server.cli.console import output
from server.cli.generated import check_generated, write_generated


def schema(
    file: Annotated[Path, typer.Option(help="The file to write or to compare.")] = Path("schema.graphql"),
    write: Annotated[bool, typer.Option("--write", help="Write the file.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Status 1 where the file differs.")] = False,
) -> None:
    """Print the GraphQL schema; or write it to schema.graphql, or check that file."""
    text = build_schema().as_str() + "\n"
    if write:
        write_generated(file, text)
    if check:
        check_generated(file, text, "tablegraph schema --write")
    if not write and not check:
        output.out(text, end="", highlight=False)
