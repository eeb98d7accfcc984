"""Files for the tests of imports, made in memory, and what becomes of them."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook

from domain.imports.batches import iter_batches
from domain.imports.columns import TargetField
from domain.imports.options import ImportOptions
from domain.imports.plan import ImportPlan, plan_import
from domain.imports.problems import ImportProblem
from domain.imports.source import ImportSource


@dataclass
class Imported:
    """A whole import: its plan, and all batches put together."""

    plan: ImportPlan
    rows: list[list[object]]
    lines: list[int]
    problems: list[ImportProblem]

    @property
    def types(self) -> dict[str, str]:
        """The type of each column."""
        return {column.name: column.field_type for column in self.plan.columns}

    def options(self, name: str) -> dict[str, Any]:
        """The options of a column."""
        return dict(next(column.options for column in self.plan.columns if column.name == name))

    def values(self, name: str) -> list[object]:
        """The values of a column."""
        index = [column.name for column in self.plan.columns].index(name)
        return [row[index] for row in self.rows]

    @property
    def complaints(self) -> list[tuple[int, str | None, str]]:
        """Line, column and message of each problem."""
        return [(problem.line, problem.column, problem.message) for problem in self.problems]


def source(content: str | bytes, name: str = "data.csv") -> ImportSource:
    """A file of that name in memory."""
    data = content.encode() if isinstance(content, str) else content
    return ImportSource.from_file(io.BytesIO(data), name)


def import_file(
    content: str | bytes,
    name: str = "data.csv",
    targets: Sequence[TargetField] | None = None,
    batch_size: int = 1_000,
    **options: Any,
) -> Imported:
    """Import a file that is in memory."""
    plan = plan_import(source(content, name), ImportOptions(**options), targets)
    batches = list(iter_batches(plan, batch_size))
    return Imported(
        plan,
        [row for batch in batches for row in batch.rows],
        [line for batch in batches for line in batch.lines],
        [problem for batch in batches for problem in batch.problems],
    )


def import_column(texts: Sequence[str], name: str = "value", **options: Any) -> Imported:
    """Import a CSV file with one column of these texts, each in quotes."""
    cells = "".join('"' + text.replace('"', '""') + '"\n' for text in texts)
    return import_file(f"{name}\n{cells}", has_header=True, delimiter=",", **options)


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    """An XLSX file with these sheets."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
