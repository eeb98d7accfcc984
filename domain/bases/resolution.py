"""What the fields of a base refer to: found when its metadata are loaded, with cycles and lost references named."""

from collections.abc import Mapping
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.fields.computed import BoundOptions, Unresolved


class Resolution:
    """Binds the fields of all tables of a base, each behind those that it is made of."""

    def __init__(self, tables: Mapping[UUID, TableMeta]) -> None:
        self.tables = tables
        self._owners = {field.id: (table, field) for table in tables.values() for field in table.fields}
        self._path: list[FieldMeta] = []
        self._bound: set[UUID] = set()

    def bind_all(self) -> None:
        """Bind every field; what cannot be bound says why, see `BoundOptions.problem`."""
        for _, field in self._owners.values():
            if field.id not in self._bound:
                self._bind(field)

    def bind(self, field: FieldMeta) -> None:
        """Bind a field that another one is made of; raises `Unresolved` where it is made of that one, or is broken."""
        if field in self._path:
            path = [*self._path[self._path.index(field) :], field]
            raise Unresolved(f"It is made of itself: {' → '.join(self._name(each) for each in path)}.")
        if field.id not in self._bound:
            self._bind(field)
        if isinstance(field.options, BoundOptions) and field.options.problem is not None:
            raise Unresolved(f"{self._name(field)} has no values: {field.options.problem}")

    def table_of(self, field: FieldMeta) -> TableMeta:
        """The table that a field belongs to."""
        return self._owners[field.id][0]

    def find(self, field_id: UUID) -> FieldMeta | None:
        """The field of any table of the base with this id."""
        found = self._owners.get(field_id)
        return None if found is None else found[1]

    def _bind(self, field: FieldMeta) -> None:
        self._path.append(field)
        try:
            field.type.bind(field, self)
        except Unresolved as unresolved:
            assert isinstance(field.options, BoundOptions)
            field.options.fail(str(unresolved), unresolved.missing)
        finally:
            self._path.pop()
        self._bound.add(field.id)

    def _name(self, field: FieldMeta) -> str:
        return f"{self.table_of(field).name}.{field.name}"
