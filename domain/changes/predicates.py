"""Equality in filters, so that the streams which a change can concern are found by its values.

A filter that holds only where a field has one value is known by that field and that value. The value is compared by
its hash, as PostgreSQL makes it for its own joins: what is equal has the same one, however it is written (1.0, 1.00).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.bases.catalog import FieldMeta, TableMeta
from domain.fields.operators import EQUALITY, FilterOperator
from domain.records.columns import SYSTEM_COLUMNS, find_column
from domain.records.compile import Statement
from domain.records.filters import Filter, Group, Junction, Leaf, LeafOperand, Shape
from domain.records.rows import Row
from domain.sql import Parameters


@dataclass(frozen=True, slots=True)
class Equality:
    """A filter's need that a field equals a value, as the client sent it. `field` is an id or a system column."""

    leaf: Leaf
    field: str
    value: object


def required_equality(filter: Filter | None, table: TableMeta) -> Equality | None:
    """An equality without which the filter does not hold; None when it has none that is by value."""
    if filter is None:
        return None
    for leaf, value in zip(_leaves(filter.shape, is_required=True), filter.values, strict=True):
        if leaf is not None and _is_by_value(leaf, table):
            return Equality(leaf, _canonical(leaf.field, table), value)
    return None


def _canonical(key: str, table: TableMeta) -> str:
    """The field's id, by whichever of its two names the filter calls it."""
    return str(key) if str(key) in SYSTEM_COLUMNS else str(find_column(table, key).id)


def _leaves(shape: Shape, *, is_required: bool) -> Iterator[Leaf | None]:
    """The leaves in their order, None for those without which the filter may hold all the same."""
    if isinstance(shape, Leaf):
        yield shape if is_required else None
        return
    for part in shape.parts:
        yield from _leaves(part, is_required=is_required and _requires_each(shape))


def _requires_each(group: Group) -> bool:
    return group.junction is Junction.AND or (group.junction is Junction.OR and len(group.parts) == 1)


def _is_by_value(leaf: Leaf, table: TableMeta) -> bool:
    if leaf.operator is not FilterOperator.EQ or leaf.is_null:
        return False
    field = find_column(table, leaf.field)
    if field.type.is_computed:
        return False  # it may change without a change of its record
    return field.type.conditions_for(field.options).get(FilterOperator.EQ) is EQUALITY[FilterOperator.EQ]


def compile_operand_hash(leaf: Leaf, table: TableMeta) -> Statement:
    """The statement whose one value is the hash of a leaf's operand, its one input.

    To bind a value that the field cannot have raises `BadRequest`, as the filter would.
    """
    parameters = Parameters()
    field = find_column(table, leaf.field)
    type, options = field.type, field.options
    operand = LeafOperand(leaf, 0, parameters).bind(type.operand_parser(options), type.operand_type_for(options))
    return Statement(f"SELECT {_hash(type.from_operand(operand, options), field)}", parameters)


def column_hash(key: str, row: Row) -> str:
    """A bigint expression: the hash of a record's value, NULL where no value equals it, or there is no record.

    What is empty may be equal to something all the same: a checkbox that was never touched is an unchecked one.
    """
    field = find_column(row.table, key)
    value = field.type.comparable(row.value(field), field.options, row.parameters)
    return f"CASE WHEN {row.alias}.id IS NOT NULL AND ({value}) IS NOT NULL THEN {_hash(value, field)} END"


def _hash(value: str, field: FieldMeta) -> str:
    return f"hash_record_extended(ROW(({value})::{field.type.comparable_type_for(field.options)}), 0)"
