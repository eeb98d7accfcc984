"""The values of a field in the records that a record is linked to, one after another, as SQL."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from domain.fields.computed import BoundOptions, Result, Unresolved, result_of
from domain.fields.named import LinkId
from domain.fields.types.linked_record import LinkedRecordOptions, links_of
from domain.records.rows import Row

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta
    from domain.bases.resolution import Resolution


def bound_link(field: "FieldMeta", id: UUID, resolution: "Resolution") -> "FieldMeta":
    """The linked record field with this id, of the table of another field; raises `Unresolved`."""
    table = resolution.table_of(field)
    link = table.find_field(str(id))
    if link is None:
        raise Unresolved(f"The table {table.name!r} has no field with id {id}, by which it was linked.")
    if not isinstance(link.options, LinkedRecordOptions):
        raise Unresolved(f"The field {link.name!r} is no LINKED_RECORD field.")
    resolution.bind(link)
    return link


def bound_target(link: "FieldMeta", id: UUID, resolution: "Resolution") -> "FieldMeta":
    """The field with this id of the table that a link leads to; raises `Unresolved`."""
    assert isinstance(link.options, LinkedRecordOptions)
    table = link.options.linked_table
    target = table.find_field(str(id))
    if target is None:
        raise Unresolved(f"The table {table.name!r}, to which {link.name!r} leads, has no field with id {id}.")
    resolution.bind(target)
    return target


class LinkedValuesOptions(BoundOptions):
    """Options of a field whose values are those of a field in linked records, or are made of them."""

    linked_field_id: Annotated[
        LinkId, Field(strict=False, description="Id or name of a LINKED_RECORD field of the same table.")
    ]

    _link: "FieldMeta | None" = None
    _target: "FieldMeta | None" = None

    def place(self, link: "FieldMeta", target: "FieldMeta") -> None:
        """Note through which field the values are found, and which they are."""
        self._link, self._target = link, target

    @property
    def source(self) -> "tuple[FieldMeta, FieldMeta] | None":
        """The link and the field that the values are of; None where there are no values."""
        if self._link is None or self._target is None or self.result is None:
            return None
        return self._link, self._target

    def linked_values(self, row: Row, *, of_all: bool = False) -> "LinkedValues":
        """The values, one after another: those of a record, or `of_all` records of its table."""
        assert self._link is not None
        assert self._target is not None
        return LinkedValues.of(row, self._link, self._target, of_all=of_all)


@dataclass(frozen=True, slots=True)
class LinkedValues:
    """Rows with a value each: of a field, in the records that `link` leads to; of arrays, a row for each item."""

    source: str
    """What stands behind FROM."""
    value: str
    """The expression of a row's value."""
    order: str
    """What stands behind ORDER BY."""
    owner: str | None = None
    """The id of the record whose value a row is; None where all are of one."""

    @classmethod
    def of(cls, row: Row, link: "FieldMeta", target: "FieldMeta", *, of_all: bool = False) -> "LinkedValues":
        """The values as they are seen from a record's row, or those `of_all` records of its table."""
        assert isinstance(link.options, LinkedRecordOptions)
        there = row.to(link.options.linked_table)
        alias = f"{there.alias}j"
        links = link.options.side.all_links(alias) if of_all else links_of(row, link, alias)
        owner = f"{alias}.owner" if of_all else None
        source = f"{links}{there.joined(f'{alias}.id')}"
        value, order = there.value(target), f"{alias}.n, {alias}.id"
        if not result_of(target).is_array:
            return cls(source, value, order, owner)
        item = f"{there.alias}e"
        items = f"{source}, unnest({value}) WITH ORDINALITY {item}(v, n)"
        return cls(items, f"{item}.v", f"{order}, {item}.n", owner)

    def list(self) -> str:
        """All values, as an array; NULL where there are none."""
        return f"SELECT array_agg({self.value} ORDER BY {self.order}) FROM {self.source}"

    def set(self) -> str:
        """The values as an array that has each once, where it stands first."""
        rows = f"SELECT {self.value} AS v, row_number() OVER (ORDER BY {self.order}) AS n FROM {self.source}"
        first = f"SELECT d.v, min(d.n) AS n FROM ({rows}) d WHERE d.v IS NOT NULL GROUP BY d.v"
        return f"SELECT array_agg(d.v ORDER BY d.n) FROM ({first}) d"

    def one(self, *, last: bool = False) -> str:
        """The value of the first linked record, or of the last one."""
        order = ", ".join(f"{each} DESC" for each in self.order.split(", ")) if last else self.order
        return f"SELECT {self.value} FROM {self.source} ORDER BY {order} LIMIT 1"


def item_of(target: "FieldMeta") -> Result:
    """What one value of the rows is like, where arrays are flat: of a list its items, else the field's own type."""
    result = result_of(target)
    return Result(result.type, result.options)
