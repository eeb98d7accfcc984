"""Files that are generated from the code and kept beside it."""

from difflib import unified_diff
from pathlib import Path

import typer

from server.cli.console import errors, output


def write_generated(file: Path, text: str) -> None:
    """Write the file."""
    file.write_text(text, encoding="utf-8")
    output.print(f"Wrote {file}.")


def check_generated(file: Path, text: str, command: str) -> None:
    """End with status 1, and the differences, where the file is not what the code makes."""
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if kept == text:
        return
    differences = unified_diff(kept.splitlines(), text.splitlines(), str(file), "generated", lineterm="", n=1)
    errors.out("\n".join(differences), highlight=False)
    errors.print(f"[red]{file} is not current:[/red] run `{command}` and commit it.")
    raise typer.Exit(1)
