"""Filters over records: a tree of conditions, its shape without the values, and its SQL."""

import json
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from uuid import UUID

from domain.access.me import as_viewer, is_about_me
from domain.bases.catalog import FieldMeta
from domain.errors import BadRequest
from domain.fields.contract import InvalidValue
from domain.fields.operators import FilterOperator
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.columns import find_column
from domain.records.rows import Row
from domain.sql import Convert, Parameters


class Junction(Enum):
    """How the parts of a group belong together."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition. Its value is not part of the shape, only whether it is null or the empty text."""

    field: str
    operator: FilterOperator
    is_null: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined by AND or OR, or one part under NOT. AND of nothing is true, OR of nothing is false."""

    junction: Junction
    parts: "tuple[Shape, ...]"


Shape = Leaf | Group


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter's shape, and the values of its leaves in the order in which the leaves stand."""

    shape: Shape
    values: tuple[object, ...]

    @property
    def key(self) -> Hashable:
        """Equal for equal filters, whatever the values are."""
        return self.shape, json.dumps(self.values)


@dataclass(frozen=True, slots=True)
class LeafOperand:
    """The value of one leaf, `inputs[position]`; what fails to convert is reported with the field and the operator."""

    leaf: Leaf
    position: int
    parameters: Parameters
    hint: str = ""
    """What is said behind the fault of a value."""

    @property
    def is_null(self) -> bool:
        """See `Operand`."""
        return self.leaf.is_null

    def bind(self, convert: Convert, type: str) -> str:
        """See `Operand`; what is sent raises `BadRequest` for a value that the field cannot have."""
        leaf = self.leaf

        def checked(value: object) -> object:
            try:
                return convert(value)
            except InvalidValue as invalid:
                raise _refused(leaf, invalid, self.hint) from invalid

        return self.parameters.input(self.position, type, checked)


@dataclass(frozen=True, slots=True)
class FixedOperand:
    """The value of one leaf of a filter that belongs to the statement; as `LeafOperand` otherwise."""

    leaf: Leaf
    value: object
    parameters: Parameters
    hint: str = ""
    """As that of `LeafOperand`."""

    @property
    def is_null(self) -> bool:
        """See `Operand`."""
        return self.leaf.is_null

    def bind(self, convert: Convert, type: str) -> str:
        """See `Operand`; raises `BadRequest` for a value that the field cannot have."""
        value, parameters = self.value, self.parameters
        try:
            if is_about_me(value):
                convert(as_viewer(value, UUID(int=0)))  # so that what does not fit is known at once
                return parameters.of_viewer(lambda viewer: convert(as_viewer(value, viewer)), type)
            return parameters.fixed(convert(value), type)
        except InvalidValue as invalid:
            raise _refused(self.leaf, invalid, self.hint) from invalid


def _refused(leaf: Leaf, invalid: InvalidValue, hint: str) -> BadRequest:
    used = f"The filter on field {leaf.field!r} with {leaf.operator.value} cannot use this value"
    message = f"{used}: {invalid.message}{hint}"
    return BadRequest(message, field=leaf.field, operator=leaf.operator.value)


def named_in(shape: Shape | None) -> Iterator[str]:
    """The field that each leaf of a filter of this shape names, in their order."""
    if isinstance(shape, Leaf):
        yield shape.field
    elif shape is not None:
        for part in shape.parts:
            yield from named_in(part)


def count_leaves(shape: Shape | None) -> int:
    """How many values a filter of this shape has."""
    return sum(1 for _ in named_in(shape))


def compile_filter(shape: Shape, row: Row, first_input: int) -> str:
    """A boolean SQL expression over a row, which may be NULL where a value is empty; WHERE takes that for false.

    The leaves' values are `inputs[first_input:]`, in the order of the leaves.
    """
    positions = iter(range(first_input, 1 << 30))
    return _compile(shape, row, lambda leaf: LeafOperand(leaf, next(positions), row.parameters))


def compile_fixed(filter: Filter, row: Row) -> str:
    """As `compile_filter`, with the values in the statement; raises `BadRequest` for one that its field cannot have."""
    values = iter(filter.values)
    return _compile(filter.shape, row, lambda leaf: FixedOperand(leaf, next(values), row.parameters))


def _compile(shape: Shape, row: Row, operand: Callable[[Leaf], LeafOperand | FixedOperand]) -> str:
    def compile_part(part: Shape) -> str:
        return _compile_leaf(part, row, operand(part)) if isinstance(part, Leaf) else _compile_group(part, compile_part)

    return compile_part(shape)


def _compile_group(group: Group, compile_part: Callable[[Shape], str]) -> str:
    parts = [compile_part(part) for part in group.parts]
    if group.junction is Junction.NOT:
        return f"(({parts[0]}) IS NOT TRUE)"
    if not parts:
        return "true" if group.junction is Junction.AND else "false"
    return "(" + f" {group.junction.value} ".join(parts) + ")"


def _compile_leaf(leaf: Leaf, row: Row, operand: LeafOperand | FixedOperand) -> str:
    field = find_column(row.table, leaf.field)
    if leaf.operator not in field.type.conditions_for(field.options):
        raise BadRequest(_does_not_fit(leaf, field), field=leaf.field, operator=leaf.operator.value)
    operand = replace(operand, hint=_through(leaf.field, field))
    try:
        sql = row.condition(leaf.operator, field, operand)
    except InvalidValue as invalid:
        raise _refused(leaf, invalid, operand.hint) from invalid
    return f"({sql})"


def _does_not_fit(leaf: Leaf, field: FieldMeta) -> str:
    conditions = field.type.conditions_for(field.options)
    fitting = ", ".join(operator.value for operator in FilterOperator if operator in conditions)
    return (
        f"The operator {leaf.operator.value} does not fit field {leaf.field!r} of type {field.type.key.upper()}. "
        f"These do: {fitting}.{_through(leaf.field, field)}"
    )


def _through(name: str, field: FieldMeta) -> str:
    """A sentence, behind a space, that names a field beyond a link, for whoever asks for a name of linked records."""
    if not isinstance(field.options, LinkedRecordOptions) or field.options.result is None:
        return ""
    beyond = f"{name}.{field.options.linked_table.primary_field.name}"
    return f" What linked records hold is filtered by a path, such as {beyond!r}."
