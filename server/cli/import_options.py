"""The argument and the flags of `tablegraph import`."""

from pathlib import Path
from typing import Annotated

import typer

from domain.imports.formats.registry import import_formats
from domain.imports.options import DateOrder, DecimalMark

_FORMATS = ", ".join(sorted(import_formats()))

File = Annotated[Path, typer.Argument(help="CSV, TSV, JSON, JSON Lines or XLSX.", show_default=False)]
Workspace = Annotated[str, typer.Option(help="Id or name of the workspace, which must be there.", show_default=False)]
Base = Annotated[
    str | None, typer.Option(help="Id or name of the base; made if there is none.", show_default="the file's name")
]
Table = Annotated[
    str | None,
    typer.Option(
        help="Id or name of the table. One that is there gets the rows, another one is made.",
        show_default="a new one with the file's name",
    ),
]
User = Annotated[
    str | None, typer.Option(help="E-mail of the user who acts.", show_default="the owner of the workspace")
]
FormatKey = Annotated[
    str | None, typer.Option("--format", help=f"One of {_FORMATS}.", show_default="by name and content")
]
Encoding = Annotated[str | None, typer.Option(help="Such as utf-8 or cp1252.", show_default="by content")]
Delimiter = Annotated[
    str | None, typer.Option(help="Between the cells of a row; \\t for a tab.", show_default="by content")
]
Header = Annotated[
    bool | None,
    typer.Option("--header/--no-header", help="Whether the first row names the columns.", show_default="by content"),
]
Sheet = Annotated[str | None, typer.Option(help="Sheet of a workbook.", show_default="the first")]
RecordsKey = Annotated[
    str | None, typer.Option(help="Key of the array of records in a JSON object.", show_default="the only one")
]
Dates = Annotated[
    DateOrder | None,
    typer.Option("--date-order", help="How 05/06/2024 is read where the column does not tell.", show_default="a text"),
]
Decimals = Annotated[
    DecimalMark | None,
    typer.Option("--decimal-mark", help="How 1.234 is read where the column does not tell.", show_default="a point"),
]
CreateMissing = Annotated[
    bool, typer.Option("--create-missing", help="Make fields for columns that the table lacks.", show_default=False)
]
CreateRecords = Annotated[
    bool,
    typer.Option(
        "--create-records", help="Make records in linked tables for names that no record has.", show_default=False
    ),
]
Types = Annotated[
    list[str] | None,
    typer.Option(
        "--type",
        help="Type of the field that a column becomes, as NAME=TYPE or NAME=TYPE{options}; may be given again.",
        show_default="by the values",
    ),
]
CreateChoices = Annotated[
    bool, typer.Option("--create-choices", help="Make the choices that selects lack.", show_default=False)
]
Index = Annotated[
    list[str] | None,
    typer.Option(help="Column to index, for sorting and filtering; may be given again.", show_default=False),
]
Strict = Annotated[bool, typer.Option("--strict", help="Import nothing if anything does not fit.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be made.", show_default=False)]
Problems = Annotated[
    typer.FileTextWrite | None,
    typer.Option(
        "--problems", help="File for all problems, as JSON lines.", show_default=False, lazy=False, encoding="utf-8"
    ),
]
