"""A record's row in a statement, and the values of its fields as expressions over it.

A stored field is a column of the row. Linked records, lookups, rollups and most formulas have none: their values are
expressions, which may look at other rows of the base. Whatever filters, sorts, groups or renders takes its values from
here, so all of it works for every type of field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import BadRequest
from domain.fields.contract import OrderKey
from domain.fields.operators import FilterOperator, Operand
from domain.sql import Parameters

MAX_HOPS: Final = 10
"""How many links a value may be away: lookups of lookups, each through a link."""


@dataclass(frozen=True, slots=True)
class Row:
    """The row called `alias` of a table's record.

    In an *image* of the log, and in a row that is being written, the linked records are columns too: there they are as
    they were at that time, in all other rows as the junction tables have them.
    """

    alias: str
    table: TableMeta
    parameters: Parameters
    secret_key: str = ""
    """What the cursors of pages are signed with, where there are any."""
    is_image: bool = False
    hops: int = 0
    joins: Mapping[FieldMeta, str] = field(default_factory=dict)
    """Values that were joined to the row, for all records at once."""

    def value(self, field: FieldMeta) -> str:
        """The expression of a field's value, of the type's `column_type_for`; NULL where it is empty."""
        if field in self.joins:
            return self.joins[field]
        if field.type.has_column(field.options) or (self.is_image and self._is_whole_in_images(field)):
            return f"{self.alias}.{field.column}"
        return f"({field.type.value(self, field)})"

    def _is_whole_in_images(self, field: FieldMeta) -> bool:
        """Whether a value that the log keeps may be shown as it is there."""
        return field.type.is_logged and not field.type.is_limited(self, field)

    def error(self, field: FieldMeta) -> str | None:
        """A text expression, NULL where nothing is wrong with the value; None for types whose values cannot fail."""
        return field.type.error(self, field)

    def json(self, field: FieldMeta) -> str:
        """A text expression, never NULL: the JSON of a field's value."""
        return field.type.json_in(self, field)

    def text(self, field: FieldMeta) -> str:
        """A text expression as a person would read the value."""
        return field.type.text_in(self, field)

    def order(self, field: FieldMeta) -> OrderKey:
        """What sorting by a field sorts by."""
        return field.type.order_in(self, field)

    def condition(self, operator: FilterOperator, field: FieldMeta, operand: Operand) -> str:
        """A boolean expression for one leaf of a filter; see `FieldType.condition`."""
        return field.type.condition_in(operator, self, field, operand)

    def to(self, table: TableMeta) -> "Row":
        """The row of a linked record, in a subselect over this one; of `table` as far as this one's reader may see it.

        Raises `BadRequest` when that is too far away.
        """
        if self.hops >= MAX_HOPS:
            raise BadRequest(f"The value lies more than {MAX_HOPS} links away from a record of {self.table.name!r}.")
        there = self.table.linked(table)
        return replace(self, alias=f"{self.alias}x", table=there, is_image=False, hops=self.hops + 1, joins={})

    def joined(self, id: str, *, outer: bool = False) -> str:
        """A join that adds the row of the record with this id; an outer one gives NULLs where there is none."""
        kind = "LEFT JOIN" if outer else "JOIN"
        world = self.parameters.world
        if world is None or world.table.id != self.table.id:
            return f" {kind} {self.table.sql_name} {self.alias} ON {self.alias}.id = {id}"
        return f" {kind} LATERAL ({world.record(id)}) {self.alias} ON true"
