"""Planning an import: from a file to its columns with their types, before anything is created."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from domain.errors import BadRequest
from domain.imports.chunks import take_rows
from domain.imports.columns import IgnoredColumn, ImportColumn, TargetEvidence, TargetField, same_name
from domain.imports.formats.contract import Layout, TableReader
from domain.imports.formats.registry import choose_format
from domain.imports.kinds.contract import Circumstances
from domain.imports.kinds.converters import make_converter
from domain.imports.options import DecimalMark, ImportOptions
from domain.imports.problems import ImportProblem
from domain.imports.profile import ColumnProfile
from domain.imports.source import ImportSource
from domain.imports.stated import stated_targets

_CHUNK_ROWS = 1_000
_DEFAULT_OPTIONS = ImportOptions()


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import will do; `iter_batches` does it."""

    layout: Layout
    """Format, encoding, delimiter and the like, as they were found."""
    columns: tuple[ImportColumn, ...]
    """In the order of the file."""
    ignored: tuple[IgnoredColumn, ...]
    missing: tuple[str, ...]
    """Names of writable fields of the table for which the file has no column."""
    sampled_rows: int
    is_complete: bool
    """Whether the types were inferred from all rows."""
    reader: TableReader = field(repr=False)

    @property
    def new_columns(self) -> tuple[ImportColumn, ...]:
        """The columns for which fields have to be created."""
        return tuple(column for column in self.columns if column.is_new)


def plan_import(
    source: ImportSource, options: ImportOptions = _DEFAULT_OPTIONS, targets: Sequence[TargetField] | None = None
) -> ImportPlan:
    """Find out how the table lies in the file, and what each of its columns becomes.

    Without `targets` all columns become fields of a new table. With them (the fields of the table that is imported
    into) columns are matched by name; the others are left out, or become new fields with `options.create_missing`.
    Raises `BadRequest` and `PayloadTooLarge`.
    """
    reader = choose_format(source, options).reader(source, options)
    _check_columns(reader.layout, options)
    matches, ignored = _match(reader.layout, options, targets)
    sample = _Sample(reader, options, matches)
    sample.take()
    columns = [column for index in range(len(reader.layout.names)) for column in sample.column(index)]
    found = {column.name for column in columns if not column.is_new}
    return ImportPlan(
        layout=reader.layout,
        columns=tuple(columns),
        ignored=tuple(ignored),
        missing=tuple(each.name for each in targets or () if each.is_writable and each.name not in found),
        sampled_rows=sample.rows,
        is_complete=sample.is_complete,
        reader=reader,
    )


def _check_columns(layout: Layout, options: ImportOptions) -> None:
    limit = options.limits.max_columns
    if not layout.names:
        raise BadRequest("The file is empty: it has neither a header nor rows.")
    if len(layout.names) > limit:
        raise BadRequest(f"The file has more than {limit:,} columns.", value=len(layout.names))


Match = TargetField | None
"""The field that a column goes into, or that it becomes as was said; None for a new one by its values."""


def _match(
    layout: Layout, options: ImportOptions, targets: Sequence[TargetField] | None
) -> tuple[dict[int, Match], list[IgnoredColumn]]:
    """The columns that are imported, by their index, and those that are not."""
    by_name = {same_name(target.name): target for target in targets or ()}
    stated = stated_targets(options.columns, layout.names, by_name)
    if targets is None:
        return {index: stated.get(same_name(name)) for index, name in enumerate(layout.names)}, []
    matches: dict[int, Match] = {}
    ignored = []
    for index, name in enumerate(layout.names):
        target = by_name.get(same_name(name))
        if target is not None and not target.is_writable:
            ignored.append(IgnoredColumn(name, f"The field {target.name!r} {target.reason}."))
        elif target is None and not options.create_missing:
            ignored.append(IgnoredColumn(name, "The table has no field of that name."))
        else:
            matches[index] = target or stated.get(same_name(name))
    if not matches:
        known = ", ".join(repr(target.name) for target in targets[:20])
        raise BadRequest(f"No column of the file has the name of a field of the table. The fields are {known}.")
    return matches, ignored


class _Sample:
    """The part of a file that tells the types of its columns."""

    def __init__(self, reader: TableReader, options: ImportOptions, matches: Mapping[int, Match]) -> None:
        self.rows = 0
        self.is_complete = False
        self._reader = reader
        self._options = options
        self._matches = matches
        layout, limits = reader.layout, options.limits
        self._evidence: dict[int, ColumnProfile | TargetEvidence] = {
            index: TargetEvidence()
            if target is not None
            else ColumnProfile(layout.names[index], is_typed=layout.is_typed, limits=limits)
            for index, target in matches.items()
        }

    def take(self) -> None:
        """Read as many rows as the limits say."""
        limits = self._options.limits
        wanted = max(limits.sample_rows, limits.sample_cells // len(self._reader.layout.names))
        rows = self._reader.rows(_ignore)
        while self.rows < wanted:
            chunk = [cells for _, cells in take_rows(rows, min(_CHUNK_ROWS, wanted - self.rows))]
            if not chunk:
                break
            self.rows += len(chunk)
            for index, cells in enumerate(zip(*chunk, strict=True)):
                if index in self._evidence:
                    self._evidence[index].feed(cells)
        self.is_complete = next(rows, None) is None

    def column(self, index: int) -> list[ImportColumn]:
        """The column that is imported from there; none for one without name and content, or that nobody wants."""
        evidence, layout = self._evidence.get(index), self._reader.layout
        if isinstance(evidence, TargetEvidence):
            target = self._matches[index]
            assert target is not None
            hints = evidence.hints(target.options, self._options.date_order, self._options.decimal_mark)
            name, field_type, options, is_new = target.name, target.type, target.options, target.is_new
        elif evidence is None or (self.is_complete and evidence.is_empty and index in layout.unnamed):
            return []
        else:
            verdict = evidence.verdict(self._circumstances(layout.names[index]))
            name, is_new = layout.names[index], True
            field_type, options, hints = verdict.field_type, verdict.options, verdict.hints
        convert = make_converter(field_type, options, hints, is_typed=layout.is_typed)
        return [ImportColumn(name, field_type, options, layout.names[index], index, is_new, convert, hints)]

    def _circumstances(self, name: str) -> Circumstances:
        return Circumstances(
            name=name,
            is_complete=self.is_complete,
            decimal_mark=self._options.decimal_mark or self._decimal_mark(),
            date_order=self._options.date_order,
        )

    def _decimal_mark(self) -> DecimalMark:
        """A comma if other columns of the file prove it and none disproves it."""
        profiles = (each for each in self._evidence.values() if isinstance(each, ColumnProfile))
        marks = {profile.proven_mark for profile in profiles} - {None}
        return "," if marks == {","} else "."


def _ignore(_: ImportProblem) -> None:
    """Problems of the sample come again when the file is imported."""
