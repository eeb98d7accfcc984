"""What `tablegraph import` says: the plan, how far it has come, what was imported, and what did not fit."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

import orjson
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from domain.errors import ValidationFailed
from domain.imports.choices import MissingNames
from domain.imports.plan import ImportPlan
from domain.imports.problems import ImportProblem, listed
from resolvers.imports.importing import Imported, Preview
from resolvers.imports.loading import Step
from server.cli.console import errors, output

SHOWN_PROBLEMS = 20


def show_plan(preview: Preview) -> None:
    """The columns of a file that was not imported."""
    plan = preview.plan
    scope = "all rows" if plan.is_complete else f"the first {plan.sampled_rows:,} rows"
    output.print(f"{_layout(plan)}; the types are those of {scope}. Nothing was imported.")
    _show_columns(plan, [column.name for column in plan.columns])
    _show_choices("would get", preview.new_choices)


def show_imported(done: Imported, seconds: float) -> None:
    """What was imported, and how fast."""
    rows, cells = done.report.rows, done.cell_count
    output.print(
        f"Imported [bold]{rows:,} rows[/bold] into the table [bold]{escape(done.table.name)}[/bold] "
        f"of the base [bold]{escape(done.base.name)}[/bold]: {cells:,} cells in {seconds:.1f} s, "
        f"{cells / seconds:,.0f} cells/s."
    )
    output.print(f"{_layout(done.plan)}. The id of the table is {done.table.id}.")
    _show_columns(done.plan, [field.name for field in done.fields])
    _show_choices("has got", done.new_choices)
    _show_problems(done.report.problems, done.report.problem_count)


def _show_choices(what: str, new: MissingNames) -> None:
    """The choices of each field that has new ones, or would have."""
    for name, names in new.items():
        noun = "choice" if len(names) == 1 else f"{len(names):,} choices"
        output.print(escape(f"The field {name!r} {what} the {noun} {listed(names)}."))


def _show_problems(problems: Sequence[ImportProblem], count: int) -> None:
    """The first problems, and how many more there are."""
    if not count:
        return
    output.print(f"\n[yellow]{count:,} {'thing does' if count == 1 else 'things do'} not fit:[/yellow]")
    for problem in problems[:SHOWN_PROBLEMS]:
        value = "" if problem.value is None else f" It is {problem.value!r}."
        output.print(escape(f"  {problem}{value}"))
    if count > SHOWN_PROBLEMS:
        output.print(f"  … and {count - SHOWN_PROBLEMS:,} more; --problems FILE writes all of them.")


@contextmanager
def telling_problems() -> Iterator[None]:
    """List what a strict import was refused for, before the refusal itself is told."""
    try:
        yield
    except ValidationFailed as failed:
        for problem in failed.problems[:SHOWN_PROBLEMS]:
            if problem.line is not None:
                column = f", {problem.loc[0]!r}" if problem.loc else ""
                errors.print(escape(f"  line {problem.line}{column}: {problem.message.partition(': ')[2]}"))
        raise


@contextmanager
def watching(problems: TextIO | None) -> Iterator[Callable[[Step], None]]:
    """Show a bar on a terminal, and write each problem to a file as it comes up."""
    columns = (TextColumn("{task.fields[rows]:,} rows"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("import", total=1.0, rows=0)

        def watch(step: Step) -> None:
            progress.update(task, completed=step.progress, rows=step.rows)
            if problems is not None:
                problems.writelines(map(_json_line, step.problems))

        yield watch


def _json_line(problem: ImportProblem) -> str:
    return orjson.dumps(problem).decode() + "\n"


def _layout(plan: ImportPlan) -> str:
    layout = plan.layout
    details = {"encoding": layout.encoding, "delimiter": layout.delimiter, "sheet": layout.sheet}
    known = [f"{name} {value!r}" for name, value in details.items() if value is not None]
    return escape(", ".join([f"Read as {layout.format.upper()}", *known]))


def _show_columns(plan: ImportPlan, names: Sequence[str]) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Column", "Field", "Type", ""):
        table.add_column(heading)
    for column, name in zip(plan.columns, names, strict=True):
        is_new = "new" if column.is_new else "there already"
        table.add_row(escape(column.source_name), escape(name), column.field_type.upper(), is_new)
    for ignored in plan.ignored:
        table.add_row(escape(ignored.name), "", "", f"left out: {escape(ignored.reason)}")
    output.print(table)
    if plan.missing:
        output.print(escape(f"The file has no column for {', '.join(map(repr, plan.missing))}."))
