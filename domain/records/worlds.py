"""The base as it was before or after the change of one record, over all else as it is now, as SQL.

What a change has made of the values that are computed from its record is found so: each is computed in both worlds.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.bases.links import Side

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta, TableMeta

_LAST: Final = (1 << 63) - 1
"""The place of a link that is gone: where it stood among the others, only its record knew."""


@dataclass(frozen=True, slots=True)
class World:
    """What a change of a record of `table` is the edge of; see domain/changes/derived.py for the row `alias`.

    The row has the record's `id`, itself `before` and `after` the change, and for each link field of the table whether
    the change `sets` its links, with the ids of the linked records before and after.
    """

    table: "TableMeta"
    alias: str
    is_after: bool

    @property
    def _side(self) -> str:
        return "after" if self.is_after else "before"

    def record(self, id: str) -> str:
        """A query of the row of the table's record with this id; no row where there is none in this world."""
        row = f"({self.alias}.{self._side})"
        return (
            f"SELECT wr.* FROM {self.table.sql_name} wr WHERE wr.id = {id} AND wr.id <> {self.alias}.id"
            f" UNION ALL SELECT {row}.* WHERE {id} = {self.alias}.id AND {row}.id IS NOT NULL"
        )

    def links(
        self, side: Side, id: str, own: "FieldMeta | None", other: "FieldMeta | None", alias: str, *, takes_one: bool
    ) -> str:
        """As `Side.links`. `own` is the field of that side where its records are the table's; `other`, likewise.

        Where a record `takes_one` link at most, one of this world stands in place of what it is linked to now.
        """
        changed, added = [], []
        if own is not None:
            changed.append(f"lj.{side.own} = {self.alias}.id AND {self._sets(own)}")
            added.append(
                f"SELECT i.id, i.n FROM unnest({self._ids(own)}) WITH ORDINALITY i(id, n)"
                f" WHERE {id} = {self.alias}.id AND {self._sets(own)}"
            )
        if other is not None:
            links_to_it = f"{self._sets(other)} AND {id} = ANY({self._ids(other)})"
            changed.append(f"lj.{side.other} = {self.alias}.id AND {self._sets(other)}")
            if takes_one:
                changed.append(f"coalesce({links_to_it}, false)")
            itself = "" if own is None else f" AND NOT ({id} = {self.alias}.id AND {self._sets(own)})"
            place = (
                f"SELECT lj.{side.position} FROM {side.table} lj"
                f" WHERE lj.{side.own} = {id} AND lj.{side.other} = {self.alias}.id"
            )
            added.append(f"SELECT {self.alias}.id, coalesce(({place}), {_LAST}) WHERE {links_to_it}{itself}")
        kept = "".join(f" AND NOT ({each})" for each in changed)
        present = (
            f"SELECT lj.{side.other} AS id, lj.{side.position} AS n FROM {side.table} lj WHERE lj.{side.own} = {id}"
        )
        return f"({' UNION ALL '.join([present + kept, *added])}) {alias}"

    def _sets(self, field: "FieldMeta") -> str:
        return f"{self.alias}.sets_{field.column}"

    def _ids(self, field: "FieldMeta") -> str:
        return f"{self.alias}.{self._side}_{field.column}"
