"""Which stored values a field's value follows from."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.dependents import stored_sources
from domain.fields.contract import Options
from domain.fields.registry import field_type
from domain.fields.types.text import TextType


@dataclass(frozen=True)
class Computed(TextType):
    """A text that is made of other fields."""

    sources: tuple[UUID, ...]
    is_computed = True

    def reads(self, options: Options) -> frozenset[UUID]:
        return frozenset(self.sources)


def field(number: int, sources: Sequence[FieldMeta] | None = None) -> FieldMeta:
    type = field_type("text") if sources is None else Computed(tuple(source.id for source in sources))
    return FieldMeta(uuid4(), number, f"Field {number}", type, type.parse_options({}), False, None, None)


def table(*fields: FieldMeta) -> TableMeta:
    return TableMeta(uuid4(), 1024, "T", None, uuid4(), 1, "B", uuid4(), 1, fields[0].id, fields)


def test_a_stored_field_is_its_own_source() -> None:
    stored = field(1)
    assert stored_sources(stored, table(stored, field(2))) == (stored,)


def test_a_computed_field_follows_from_stored_ones_through_others() -> None:
    a, b, c = field(1), field(2), field(3)
    inner = field(4, [c, a])
    outer = field(5, [inner, a])
    all_fields = table(a, b, c, inner, outer)
    assert stored_sources(inner, all_fields) == (a, c)
    assert stored_sources(outer, all_fields) == (a, c)


def test_fields_that_read_each_other_come_to_an_end() -> None:
    a = field(1)
    first = field(2, [a])
    second = FieldMeta(uuid4(), 3, "Second", Computed((first.id,)), Options(), False, None, None)
    first = FieldMeta(first.id, 2, "First", Computed((a.id, second.id)), Options(), False, None, None)
    assert stored_sources(first, table(a, first, second)) == (a,)
    assert stored_sources(second, table(a, first, second)) == (a,)


def test_a_computed_field_of_nothing_never_changes() -> None:
    constant = field(2, [])
    assert stored_sources(constant, table(field(1), constant)) == ()
