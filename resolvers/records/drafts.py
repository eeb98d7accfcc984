"""The records of a write as drafts that hooks may change, and back to rows."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson

from domain.bases.catalog import FieldMeta
from domain.errors import Problem
from domain.extensions.faults import ExtensionFault
from domain.extensions.writes import Draft
from domain.fields.storage import encode_rows
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.drafts import compile_values
from domain.records.values import Row
from resolvers.records.linking import link_fields, require_one_side
from resolvers.turns import in_turns

if TYPE_CHECKING:
    from resolvers.records.writing import Batch


class Drafts:
    """The drafts of some rows: what a hook changes in them is found by comparing, and put into the rows.

    `ids` are those of the records, which are there already unless `are_new`. The rows must be sound.
    """

    def __init__(self, batch: "Batch", ids: Sequence[UUID], rows: Sequence[Row], drafts: Sequence[Draft]) -> None:
        self._batch = batch
        self._ids = ids
        self._rows = rows
        self.drafts = drafts
        self._known = self._copy()

    def changes(self) -> list[dict[str, Any]]:
        """What hooks have set since the last look, a record at a time."""
        found = [
            {name: value for name, value in draft.values.items() if name not in known or known[name] != value}
            for draft, known in zip(self.drafts, self._known, strict=True)
        ]
        self._known = self._copy()
        return found

    async def take(self, changes: Sequence[Mapping[str, Any]], *, are_new: bool, may_link: bool) -> None:
        """Put changes into the rows; raises `ValidationFailed` for values that do not fit, as a client's."""
        batch = self._batch
        problems: list[Problem] = []
        ids = None if are_new else [str(id) for id in self._ids]
        patches = await in_turns(batch.writer(typecast=False).patches(changes, problems, ids))
        linked = link_fields(batch.table, patches)
        if linked and not may_link:
            raise ExtensionFault(
                "Records that are created together with those that they are linked to keep their links."
            )
        async with batch.together(patches, ()):
            await batch.require_sound(patches, problems, ids)
        for row, patch in zip(self._rows, patches, strict=True):
            row.update(patch)
        require_one_side(link_fields(batch.table, self._rows))

    def _copy(self) -> list[dict[str, Any]]:
        return [deepcopy(draft.values) for draft in self.drafts]


async def make_drafts(batch: "Batch", ids: Sequence[UUID], rows: Sequence[Row]) -> Drafts:
    """The drafts of rows, with the values as clients send them; links as ids."""
    fields = [field for field in batch.table.fields if any(field.column in row for row in rows)]
    shown = [field for field in fields if field.type.has_column(field.options)]
    read = await _read(batch, shown, rows)
    drafts = [Draft(i, id) for i, id in enumerate(ids)]
    for draft, row, values in zip(drafts, rows, read, strict=True):
        for field in fields:
            if field.column in row:
                draft.values[field.name] = values[field] if field in values else _links(field, row[field.column])
    return Drafts(batch, ids, rows, drafts)


async def _read(
    batch: "Batch", fields: Sequence[FieldMeta], rows: Sequence[Row]
) -> Sequence[Mapping[FieldMeta, object]]:
    if not fields:
        return [{} for _ in rows]
    table = batch.table
    shape = ("drafts", tuple(field.column for field in fields))
    statement = batch.context.statements_of(table).get(table, shape, lambda: compile_values(fields, table))
    found = await batch.unit.connection.fetch(statement.sql, *statement.parameters.bind([encode_rows(list(rows))]))
    return [{field: orjson.loads(text) for field, text in zip(fields, row, strict=True)} for row in found]


def _links(field: FieldMeta, value: object) -> object:
    """A list of ids, or the one id of a field that takes one."""
    ids = [str(each) for each in value] if isinstance(value, list) else []
    options = field.options
    assert isinstance(options, LinkedRecordOptions)
    return ids if options.allow_multiple else next(iter(ids), None)
