"""What did not fit: one problem, and the report that an import adds up."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

_SHOWN_CHARACTERS = 100
_NAMES_IN_A_MESSAGE = 5


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


def listed(names: Sequence[str]) -> str:
    """The first of some names, which are at least one, for a message."""
    more = len(names) - _NAMES_IN_A_MESSAGE
    and_more = f" and {more} more" if more > 0 else ""
    return ", ".join(repr(shown(name)) for name in names[:_NAMES_IN_A_MESSAGE]) + and_more


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
