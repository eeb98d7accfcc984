"""What is kept of compiled statements is bounded: clients can think of selections without end."""

from uuid import UUID

from domain.bases.catalog import TableMeta
from domain.records.compile import Statement
from domain.sql import Parameters
from resolvers.services import Limits, Services
from resolvers.statements import BYTES_PER_CHARACTER, BYTES_PER_ENTRY, StatementCache

NOBODY = UUID(int=0)
TABLE = TableMeta(
    id=NOBODY,
    number=1,
    name="Parts",
    description=None,
    base_id=NOBODY,
    base_number=1,
    base_name="Base",
    workspace_id=NOBODY,
    schema_version=1,
    primary_field_id=NOBODY,
    fields=(),
)


def keep(cache: StatementCache, shape: str, length: int) -> bool:
    """Have a statement of this length in the cache; whether it had to be made."""
    made = []

    def make() -> Statement:
        made.append(shape)
        return Statement("x" * length, Parameters())

    cache.get(TABLE, shape, make)
    return bool(made)


def test_statements_are_kept_up_to_their_number() -> None:
    cache = StatementCache(max_statements=2)
    assert [keep(cache, shape, 1) for shape in "abab"] == [True, True, False, False]
    assert [keep(cache, shape, 1) for shape in "cba"] == [True, False, True]


def test_statements_are_kept_up_to_the_bytes_that_they_take() -> None:
    cache = StatementCache(max_bytes=2 * (BYTES_PER_ENTRY + 5 * BYTES_PER_CHARACTER))
    assert [keep(cache, shape, 5) for shape in "abab"] == [True, True, False, False]
    assert [keep(cache, shape, 5) for shape in "cba"] == [True, False, True]


def test_a_statement_longer_than_the_cache_is_not_kept() -> None:
    cache = StatementCache(max_bytes=BYTES_PER_ENTRY + 10 * BYTES_PER_CHARACTER)
    assert [keep(cache, shape, 11) for shape in "aa"] == [True, True]
    assert [keep(cache, shape, 10) for shape in "bb"] == [True, False]


def test_the_bytes_are_a_setting(services: Services) -> None:
    small = Services(services.database, services.secret_key, Limits(statement_cache_bytes=BYTES_PER_ENTRY + 40))
    assert [keep(small.statements, shape, 11) for shape in "aa"] == [True, True]
    assert [keep(small.statements, shape, 10) for shape in "bb"] == [True, False]
