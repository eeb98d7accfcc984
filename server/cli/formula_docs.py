"""`tablegraph formula-docs`."""

from pathlib import Path
from typing import Annotated

import typer

from server.cli.console import output
from server.cli.generated import check_generated, write_generated
from server.formula_page import formula_page


def formula_docs(
    file: Annotated[Path, typer.Option(help="The file to write or to compare.")] = Path("docs/formula-functions.md"),
    write: Annotated[bool, typer.Option("--write", help="Write the file.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Status 1 where the file differs.")] = False,
) -> None:
    """Print the page about formulas; or write it to docs/formula-functions.md, or check that file."""
    text = formula_page()
    if write:
        write_generated(file, text)
    if check:
        check_generated(file, text, "tablegraph formula-docs --write")
    if not write and not check:
        output.out(text, end="", highlight=False)
