"""Records by what names them, their ids or the values of their primary field; those that are missing can be made."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import BadRequest, Problem
from domain.fields.storage import encode_rows
from domain.fields.types.linked_record import Named, Title
from domain.ids import new_ids
from domain.records.indexes import is_indexable
from domain.records.linking import compile_titles, compile_values, present_records
from domain.records.uniqueness import UniqueKey
from domain.records.values import Row, raise_problems
from resolvers.records.writing import Batch
from resolvers.turns import in_turns

MAX_KNOWN: Final = 100_000
"""How many titles are kept with what was found by them, so that a title that comes again is not looked for again."""
BATCH: Final = 2_500
"""How many records one statement makes."""

Allow = Callable[[int], None]
"""Is told how many records will have been made, and raises where that is too many."""


def any_number(_: int) -> None:
    """Lets any number of records be made."""


@dataclass(slots=True)
class TitledRecords:
    """The records of the batch's table by their titles. Several that have one title are stood for by the oldest.

    With `makes_missing` a title that no record has becomes a new one, as long as it can be a value of the primary field
    and clients can write that; `only_counts` makes none, and takes a nil id for each.
    """

    batch: Batch
    makes_missing: bool = False
    only_counts: bool = False
    allow: Allow = any_number
    made: int = 0
    """How many records were made, or would be."""
    ambiguous: set[str] = field(default_factory=set)
    """The first titles, up to `MAX_KNOWN`, that several records have."""
    _known: dict[str, UUID | None] = field(default_factory=dict)

    @property
    def table(self) -> TableMeta:
        """The table of the records."""
        return self.batch.table

    async def find(self, names: Iterable[Named]) -> Mapping[Named, UUID]:
        """The ids of those records that are there, or are made, by what names them."""
        named = set(names)
        ids = [name for name in named if isinstance(name, UUID)]
        found: dict[Named, UUID] = {}
        if ids:
            rows = await self.batch.unit.connection.fetch(present_records(self.table), ids)
            found |= {row[0]: row[0] for row in rows}
        titles = sorted({name.text for name in named if isinstance(name, Title) and name.text})
        await self._learn(titles)
        return found | {Title(title): id for title in titles if (id := self._known[title]) is not None}

    async def _learn(self, titles: Sequence[str]) -> None:
        unknown = [title for title in titles if title not in self._known]
        if len(self._known) + len(unknown) > MAX_KNOWN:
            self._known.clear()
            unknown = list(titles)
        if not unknown:
            return
        statement = compile_titles(self.table)
        rows = await self.batch.unit.connection.fetch(statement.sql, *statement.parameters.bind([unknown]))
        self._known |= dict.fromkeys(unknown) | {row[0]: row[1] for row in rows}
        self.ambiguous.update([row[0] for row in rows if row[2]][: MAX_KNOWN - len(self.ambiguous)])
        missing = [title for title in unknown if self._known[title] is None]
        primary = self.table.primary_field
        if self.makes_missing and primary.type.is_writable and primary.type.references is None:
            for start in range(0, len(missing), BATCH):
                await self._make(missing[start : start + BATCH], primary)

    async def _make(self, titles: Sequence[str], primary: FieldMeta) -> None:
        """Make a record for each title that can be a value, unless one has an equal value: 7.0 is the record of 7."""
        problems: list[Problem] = []
        key = str(primary.id)
        drafts = [{key: title} for title in titles]
        rows = await in_turns(self.batch.writer(typecast=True).new_rows(drafts, problems))
        refused = self._refused(problems, key)
        fit = [(title, row) for i, (title, row) in enumerate(zip(titles, rows, strict=True)) if i not in refused]
        new: dict[int, list[str]] = {}
        for place, (title, first, id) in enumerate(await self._places(fit, primary)):
            self._known[title] = id
            if id is None:
                new.setdefault(place if first is None else first, []).append(title)
        await self._insert([fit[place][1] for place in new], list(new.values()))

    def _refused(self, problems: Sequence[Problem], key: str) -> set[int]:
        """The titles that are no values of the primary field; raises what keeps every record from being made."""
        own = [problem for problem in problems if problem.loc[:1] == (key,)]
        others = [problem for problem in problems if problem not in own]
        said = f"Records of {self.table.name!r} cannot be made by their names alone. "
        each_once = {problem.loc: problem for problem in others}.values()
        raise_problems([replace(each, message=said + each.message, record_index=None) for each in each_once])
        return {problem.record_index for problem in own if problem.record_index is not None}

    async def _places(
        self, fit: Sequence[tuple[str, Row]], primary: FieldMeta
    ) -> Sequence[tuple[str, int | None, UUID | None]]:
        """Of each title: the place of the first one with an equal value, and the record that has it already."""
        ignores_case = primary.unique is not None and not primary.unique.case_sensitive
        is_plain = all(row[primary.column] == title for title, row in fit)
        if (is_plain and not ignores_case) or not is_indexable(primary.type, primary.options):
            return [(title, None, None) for title, _ in fit]
        key = UniqueKey(self.table.sql_name, primary.number, primary.type, primary.options, not ignores_case)
        statement = compile_values(key)
        values = encode_rows([{primary.column: row[primary.column]} for _, row in fit])
        found = await self.batch.unit.connection.fetch(statement.sql, *statement.parameters.bind([values]))
        return [(fit[row[0]][0], row[1], row[2]) for row in found]

    async def _insert(self, rows: Sequence[Row], titles: Sequence[Sequence[str]]) -> None:
        if not rows:
            return
        self.made += len(rows)
        self.allow(self.made)
        ids = [UUID(int=0)] * len(rows)
        if not self.only_counts:
            ids = new_ids(self.table.number, len(rows))
            raise_problems(await self.batch.find_strangers(rows))
            async with self.batch.together(rows, ()):
                await self.batch.insert(rows, (), ids)
        for id, same in zip(ids, titles, strict=True):
            self._known |= dict.fromkeys(same, id)


def at_most(count: int) -> Allow:
    """Lets so many records be made; raises `BadRequest` for more."""

    def allow(made: int) -> None:
        if made > count:
            raise BadRequest(
                f"More than {count:,} records would be made for names that no record has: pass createMissingRecords: "
                "false, or make them first.",
                argument="createMissingRecords",
            )

    return allow
