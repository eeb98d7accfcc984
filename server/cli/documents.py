"""`tablegraph check-documents`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from graph.execution.documents import DocumentCache, Refused
from graph.schema import build_schema
from graph.trusted.registered import read_registered
from server.cli.console import output
from server.settings import Settings

Documents = Annotated[
    Path, typer.Argument(help="File, or folder of .json files, as for the setting documents_path.", show_default=False)
]


def check_documents(path: Documents) -> None:
    """Say which registered documents this version cannot run; the status is 1 where there are any."""
    documents = read_registered(path)
    faults = _faults(documents)
    for fault in faults:
        output.print(f"[red]wrong[/red]  {escape(fault)}")
    if faults:
        raise typer.Exit(1)
    output.print(f"[green]right[/green]  {len(documents):,} documents")


def _faults(documents: Mapping[str, str]) -> list[str]:
    """What the server itself would answer to each."""
    cache = DocumentCache(build_schema()._schema, Settings().limits)
    prepared = {id: cache.get(text) for id, text in documents.items()}
    refused = {id: entry.errors for id, entry in prepared.items() if isinstance(entry, Refused)}
    return [f"{id}: {error.message}" for id, errors in refused.items() for error in errors]
