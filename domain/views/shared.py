"""What a view that is shared by a link shows of its table, and how its records are read, as SQL."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.access.profile import OPEN
from domain.bases.catalog import FieldMeta, TableMeta
from domain.fields.computed import BoundOptions
from domain.records.columns import ViewKey
from domain.records.filters import Filter, Group, Leaf, Shape
from domain.records.paging import Sort
from domain.views.meta import ViewMeta


@dataclass(frozen=True, slots=True)
class SharedMeta:
    """A link and its view, as they were at a schema version of the base."""

    link_id: UUID
    view_id: UUID
    table_id: UUID
    schema_version: int
    name: str
    password_hash: str | None
    field_ids: Sequence[str]
    """The fields that come first, in this order."""
    hidden_field_ids: Sequence[str]

    def open_table(self, table: TableMeta) -> TableMeta:
        """The table as the link shows it: the fields that the view shows, in its order, under the view's name."""
        places = {id: place for place, id in enumerate(self.field_ids)}
        shown = [field for field in table.fields if str(field.id) not in self.hidden_field_ids and is_shared(field)]
        shown.sort(key=lambda field: places.get(str(field.id), len(places)))
        return replace(
            table,
            name=self.name,
            description=None,
            fields=tuple(shown),
            profile=OPEN,
            root=table.rooted,
            unnarrowed=table,
        )


def is_shared(field: FieldMeta) -> bool:
    """Whether everybody may see the values: not where they name members, for that would tell who is one."""
    type = field.type
    if isinstance(field.options, BoundOptions) and field.options.result is not None:
        type = field.options.result.type
    return type.references != "user"


def of_view(view: ViewMeta) -> ViewMeta:
    """The view as it is read by a link: its filter and its order hold whether or not it shows what they name."""
    sorts = tuple(Sort(ViewKey(sort.field), sort.descending) for sort in view.sorts)
    filter = None if view.filter is None else of_whole(view.filter)
    return replace(view, filter=filter, sorts=sorts)


def of_whole(filter: Filter) -> Filter:
    """The filter as it holds of the whole table, whatever its reader may see."""
    return Filter(_of_view(filter.shape), filter.values)


def _of_view(shape: Shape) -> Shape:
    if isinstance(shape, Leaf):
        return replace(shape, field=ViewKey(shape.field))
    return Group(shape.junction, tuple(_of_view(part) for part in shape.parts))
