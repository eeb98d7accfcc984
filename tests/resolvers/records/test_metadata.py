"""The metadata of bases in a process: kept by table, bounded, and never that of a transaction that may roll back."""

from uuid import UUID

from adapters.database import Database
from domain.bases.catalog import BaseMeta, FieldMeta, TableMeta
from domain.fields.computed import BoundOptions
from resolvers.context import Client, RequestContext
from resolvers.metadata import MetadataCache, TableKey, load_base
from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import add_field, update_field
from tests.support.tables import make_table


def base(number: int, version: int = 1) -> BaseMeta:
    """A base with one table; the ids follow from the number."""
    id = UUID(int=number)
    table = TableMeta(
        id=UUID(int=number + 1_000_000),
        number=number + 2_000,
        name="Parts",
        description=None,
        base_id=id,
        base_number=number,
        base_name="Base",
        workspace_id=UUID(int=0),
        schema_version=version,
        primary_field_id=UUID(int=0),
        fields=(),
    )
    return BaseMeta(id, number, "Base", UUID(int=0), version, {table.id: table})


def version_of(cache: MetadataCache, number: int) -> int | None:
    """The schema version that is known of a base's table, found both by id and by number."""
    by_id = cache.table(TableKey(id=UUID(int=number + 1_000_000)))
    assert by_id is cache.table(TableKey(number=number + 2_000))
    return None if by_id is None else by_id.schema_version


def test_a_table_is_found_by_id_and_by_number_until_its_base_is_forgotten() -> None:
    cache = MetadataCache()
    cache.keep(base(1))
    assert (version_of(cache, 1), version_of(cache, 2)) == (1, None)
    cache.keep(base(1, version=2))
    assert version_of(cache, 1) == 2
    cache.forget(UUID(int=1))
    cache.forget(UUID(int=1))
    assert version_of(cache, 1) is None


def test_a_table_that_a_newer_version_lacks_is_forgotten() -> None:
    cache = MetadataCache()
    cache.keep(base(1))
    newer = base(1, version=2)
    cache.keep(BaseMeta(newer.id, newer.number, newer.name, newer.workspace_id, 2, {}))
    assert version_of(cache, 1) is None


def test_the_number_of_bases_is_bounded() -> None:
    cache = MetadataCache(max_bases=2)
    for number in (1, 2, 3):
        cache.keep(base(number))
    assert [version_of(cache, number) for number in (1, 2, 3)] == [None, 1, 1]


async def test_fields_that_have_not_changed_are_read_once(api: Api, database: Database) -> None:
    table = await make_table(api, [{"name": name, "type": "TEXT"} for name in ("Name", "Note")])
    await add_field(api, table, name="Twice", type="FORMULA", options={"formula": "{Name} & {Name}"})

    async def fields() -> list[FieldMeta]:
        async with database.unit() as unit:
            loaded = await load_base(unit, TableKey(id=table.id))
        assert loaded is not None
        return list(loaded.base.tables[table.id].fields)

    before = await fields()
    await update_field(api, table, "Note", name="Remark")
    name, note, twice = await fields()

    assert name is before[0]
    assert (note.name, before[1].name) == ("Remark", "Note")
    assert twice is not before[2]  # it is bound to what the base has now
    assert isinstance(twice.options, BoundOptions)
    assert twice.options.problem is None


async def test_a_base_is_uncommitted_for_the_transaction_that_changed_it_alone(api: Api, database: Database) -> None:
    table = await make_table(api)
    key = TableKey(id=table.id)
    async with database.unit() as other, database.transaction() as unit:
        before = await load_base(unit, key)
        await unit.connection.execute("UPDATE bases SET schema_version = schema_version + 1")
        mine, theirs = await load_base(unit, key), await load_base(other, key)
    async with database.unit() as unit:
        after = await load_base(unit, key)
    assert before is not None
    assert mine is not None
    assert theirs is not None
    assert after is not None
    assert [each.is_uncommitted for each in (before, mine, theirs, after)] == [False, True, False, False]
    version = before.base.schema_version
    assert [each.base.schema_version for each in (mine, theirs, after)] == [version + 1, version, version + 1]


async def test_what_is_made_of_uncommitted_metadata_goes_with_it(services: Services) -> None:
    context = RequestContext(services, None, Client("test"))
    [kept] = base(1).tables.values()
    async with context.transaction():
        context.keep_base(base(1, version=2), is_uncommitted=True)
        mine = context.known_table(TableKey(id=kept.id))
        assert mine is not None
        assert mine.schema_version == 2
        assert context.statements_of(mine) is not services.statements
        assert context.statements_of(kept) is services.statements
    assert context.known_table(TableKey(id=kept.id)) is None
    assert context.statements_of(mine) is services.statements
    assert services.metadata.table(TableKey(id=kept.id)) is None
