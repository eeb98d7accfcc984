"""What did not fit: one problem, and the report that an import adds up."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

_SHOWN_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class ImportProblem:
    """One thing of a file that was not imported as it stands there.

    `line` is the line where the row begins, counted from 1 (in a workbook the row of the sheet, in JSON the element
    of the array); `column` is the name of the column, None when the row as a whole is meant; `value` is
    what stands there, shortened.
    """

    line: int
    message: str
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = f"line {self.line}" if self.column is None else f"line {self.line}, {self.column!r}"
        return f"{place}: {self.message}"


Report = Callable[[ImportProblem], None]
"""Where a reader leaves the problems that it meets."""


def shown(value: object) -> str:
    """A value of a file for a report, cut to 100 characters."""
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


@dataclass(slots=True)
class ImportReport:
    """What became of an import: rows, and problems of which the first `max_kept` are kept in full."""

    max_kept: int = 1_000
    rows: int = 0
    problem_count: int = 0
    problems: list[ImportProblem] = field(default_factory=list)
    by_column: Counter[str | None] = field(default_factory=Counter)
    """How many problems each column has; None counts the rows as a whole."""

    def add(self, rows: int, problems: Iterable[ImportProblem]) -> None:
        """Count the rows and the problems of one batch."""
        self.rows += rows
        for problem in problems:
            self.problem_count += 1
            self.by_column[problem.column] += 1
            if len(self.problems) < self.max_kept:
                self.problems.append(problem)
