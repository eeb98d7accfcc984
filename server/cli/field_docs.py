"""`tablegraph field-docs`."""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.console import output
from server.cli.generated import check_generated, write_generated
from server.field_types_page import field_types_page


def field_docs(
    file: Annotated[Path, typer.Option(help="The file to write or to compare.")] = Path("docs/field-types.md"),
    write: Annotated[bool, typer.Option("--write", help="Write the file.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Status 1 where the file differs.")] = False,
) -> None:
    """Print the page about the types of fields; or write it to docs/field-types.md, or check that file."""
    text = field_types_page()
    if write:
        write_generated(file, text)
    if check:
        check_generated(file, text, "tablegraph field-docs --write")
    if not write and not check:
        output.out(text, end="", highlight=False)
