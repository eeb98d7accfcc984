"""The choices that the cells of a file name and its selects lack: found in one pass over the file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from domain.fields.choices import MAX_CHOICES, ChoiceOptions, check_new_name
from domain.fields.faults import InvalidValue
from domain.imports.chunks import take_rows
from domain.imports.columns import ImportColumn
from domain.imports.kinds.choices import choice_names, choices_of, folded, name_reader
from domain.imports.kinds.converters import make_converter
from domain.imports.plan import ImportPlan
from domain.imports.problems import ImportProblem

_CHUNK_ROWS = 1_000

MissingNames = Mapping[str, Sequence[str]]
"""Names that are to become choices, in the order of the file, by the names of columns."""


def missing_choices(plan: ImportPlan, columns: Iterable[ImportColumn]) -> MissingNames:
    """What some of the plan's columns lack, as many as there is room for; names that can be no choices are left out.

    A column of another type lacks none. The file is read once, or not at all where no column is a select.
    """
    found = [_Column(column) for column in columns if name_reader(column.field_type, column.options) is not None]
    wanted = [each for each in found if each.has_room]
    rows = plan.reader.rows(_ignore)
    while wanted and (chunk := [cells for _, cells in take_rows(rows, _CHUNK_ROWS)]):
        for each in wanted:
            each.feed([cells[each.index] for cells in chunk])
        wanted = [each for each in wanted if each.has_room]
    return {each.name: each.names for each in found if each.names}


def with_choices(plan: ImportPlan, missing: MissingNames) -> ImportPlan:
    """The plan, in which these columns have these choices besides."""
    return replace(plan, columns=tuple(_widened(plan, column, missing.get(column.name, ())) for column in plan.columns))


def still_missing(names: Iterable[str], options: ChoiceOptions) -> Sequence[str]:
    """Those of the names that a field lacks, as many as there is room for."""
    known = {*options.id_by_key, *map(folded, (choice.name for choice in options.choices))}
    new = [name for name in names if name not in known and folded(name) not in known]
    return new[: MAX_CHOICES - len(options.choices)]


def _widened(plan: ImportPlan, column: ImportColumn, names: Sequence[str]) -> ImportColumn:
    if not names:
        return column
    raw = column.options.get("choices")
    options = {**column.options, "choices": [*(raw if isinstance(raw, list | tuple) else ()), *choices_of(names)]}
    convert = make_converter(column.field_type, options, column.hints, is_typed=plan.layout.is_typed)
    return replace(column, options=options, convert=convert)


class _Column:
    """A select and what it lacks so far."""

    def __init__(self, column: ImportColumn) -> None:
        read = name_reader(column.field_type, column.options)
        assert read is not None  # it is a select
        known = choice_names(column.options)
        self.name = column.name
        self.index = column.source_index
        self.names: list[str] = []
        self._read = read
        self._room = MAX_CHOICES - len(known)
        self._seen = set(map(folded, known))

    @property
    def has_room(self) -> bool:
        """Whether more names can become choices."""
        return len(self.names) < self._room

    def feed(self, cells: Sequence[object]) -> None:
        """Take more cells of the column."""
        for cell in _distinct(cells):
            for name in self._read(cell):
                if self.has_room:
                    self._note(name.strip())

    def _note(self, name: str) -> None:
        bare = folded(name)
        if not bare or bare in self._seen:
            return
        try:
            check_new_name(name)
        except InvalidValue:
            return  # which its cell will be a problem for
        self._seen.add(bare)
        self.names.append(name)


def _distinct(cells: Sequence[object]) -> Iterator[object]:
    """The cells in their order, texts and numbers once."""
    seen = set[object]()
    for cell in cells:
        if isinstance(cell, list):
            yield cell
        elif not isinstance(cell, dict) and cell not in seen:
            seen.add(cell)
            yield cell


def _ignore(_: ImportProblem) -> None:
    """Problems of the file come again when its rows are imported."""
