"""`tablegraph automation-docs`."""

from pathlib import Path
from typing import Annotated

import typer

from server.automations_page import automations_page
from server.cli.console import output
from server.cli.generated import check_generated, write_generated


def automation_docs(
    file: Annotated[Path, typer.Option(help="The file to write or to compare.")] = Path("docs/automation-parts.md"),
    write: Annotated[bool, typer.Option("--write", help="Write the file.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Status 1 where the file differs.")] = False,
) -> None:
    """Print the page about triggers and actions; or write it to docs/automation-parts.md, or check that file."""
    text = automations_page()
    if write:
        write_generated(file, text)
    if check:
        check_generated(file, text, "tablegraph automation-docs --write")
    if not write and not check:
        output.out(text, end="", highlight=False)
