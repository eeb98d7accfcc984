"""Doing an import: from a plan to batches of converted rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.fields.contract import Parser
from domain.fields.faults import InvalidValue
from domain.imports.chunks import take_rows
from domain.imports.columns import ImportColumn
from domain.imports.kinds.contract import Convert
from domain.imports.plan import ImportPlan
from domain.imports.problems import ImportProblem, shown


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of an import.

    `rows` has one value for each of the plan's columns, in their order: texts, ints, floats, booleans, ISO dates,
    names of choices, lists, or None where the cell is empty or did not fit. `lines` says where each row begins (see
    `ImportProblem.line`). `problems` are in the order of their lines; a batch may have problems without rows.
    """

    rows: list[list[object]]
    lines: list[int]
    problems: list[ImportProblem]
    progress: float
    """How much of the file has been read, from 0 to 1."""


def iter_batches(
    plan: ImportPlan, batch_size: int = 1_000, parsers: Mapping[str, Parser] | None = None
) -> Iterator[Batch]:
    """The rows of the file in batches of at most `batch_size`, fewer where they are long; each call reads it anew.

    With `parsers` (the strict parsers of the field types, by the names of columns) the rows hold stored values
    instead of JSON values, and a value that the parser refuses is a problem like any other.
    """
    problems: list[ImportProblem] = []
    columns = [_Converter(column, (parsers or {}).get(column.name)) for column in plan.columns]
    rows = plan.reader.rows(problems.append)
    while True:
        chunk = take_rows(rows, batch_size)
        if not chunk and not problems:
            return
        lines = [line for line, _ in chunk]
        source = list(zip(*(cells for _, cells in chunk), strict=True))
        converted = [column.convert(source[column.index], lines, problems) for column in columns] if chunk else []
        problems.sort(key=lambda problem: problem.line)
        yield Batch([list(row) for row in zip(*converted, strict=True)], lines, problems.copy(), plan.reader.progress)
        problems.clear()
        if not chunk:
            return


class _Converter:
    """One column: its conversion, applied to a whole batch at once."""

    def __init__(self, column: ImportColumn, parse: Parser | None) -> None:
        self.index = column.source_index
        self._name = column.name
        self._steps: list[Convert] = [column.convert] if parse is None else [column.convert, parse]

    def convert(self, cells: Sequence[object], lines: list[int], problems: list[ImportProblem]) -> list[object]:
        """The values of the cells; the ones that do not fit are looked for only where there is one."""
        try:
            values: Iterator[object] = iter(cells)
            for step in self._steps:
                values = map(step, values)
            return list(values)
        except InvalidValue:
            return [self._one(cell, line, problems) for cell, line in zip(cells, lines, strict=True)]

    def _one(self, cell: object, line: int, problems: list[ImportProblem]) -> object:
        value = cell
        try:
            for step in self._steps:
                value = step(value)
        except InvalidValue as fault:
            problems.append(ImportProblem(line, fault.message, self._name, shown(cell)))
            return None
        return value
