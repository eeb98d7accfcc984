"""`isIndexed` of a view: which index its filter and order ask for, who builds it, and when it goes."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from adapters.database import Connection
from resolvers.services import Services
from resolvers.views.index_building import ViewIndexBuilder
from tests.graph.constraints.building import HEEDED, UNHEEDED, building
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records
from tests.support.views import change_view, make_view
from tests.support.waiting import eventually

OPEN = {"field": "Stage", "operator": "EQ", "value": "Open"}
DEAREST = [{"field": "Price", "direction": "DESC"}]
KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tablegraph view indexes'"
INDEXES = r"""
SELECT regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING btree ', '') AS definition, i.indisvalid
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname ~ '^v_[0-9]+$' ORDER BY c.oid
"""


@pytest.fixture
def builder(services: Services) -> ViewIndexBuilder:
    """Builds when a test tells it to."""
    return services.view_indexes


async def indexes(pg: Connection) -> list[str]:
    """What the indexes of views are on, with the fields' names for their columns; all of them are valid."""
    names = {f"f_{number}": name for number, name in await pg.fetch("SELECT number, name FROM fields")}
    found = []
    for definition, is_valid in await pg.fetch(INDEXES):
        assert is_valid
        for column, name in names.items():
            definition = definition.replace(column, name)
        found.append(definition)
    return found


async def state(api: Api, table: MadeTable, view: str) -> tuple[str, str | None]:
    """Status and problem of a view's index."""
    document = "query ($id: ID!) { view(id: $id) { index { status problem } } }"
    index = (await api.execute(document, {"id": view}, as_=table.owner)).ok["view"]["index"]
    return index["status"], index["problem"]


async def indexed(api: Api, table: MadeTable, name: str = "Some", **more: Any) -> str:
    """Id of a new view that asks for an index."""
    return (await make_view(api, table, name, isIndexed=True, **more))["id"]


async def test_an_index_is_built_behind_the_mutation(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    async with builder.running():
        view = await indexed(api, table, filter=OPEN, orderBy=DEAREST)

        async def is_active() -> bool:
            return await state(api, table, view) == ("ACTIVE", None)

        await eventually(is_active)
    assert await indexes(pg) == ["(Stage, Price NULLS FIRST, id)"]


async def test_it_is_pending_until_it_is_built(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, statements: Callable[[], StatementLog]
) -> None:
    with statements() as seen:
        view = await indexed(api, table, filter=OPEN)

    assert await state(api, table, view) == ("PENDING", None)
    assert not any("CREATE INDEX" in text for text in seen.texts)
    await builder.build_pending()
    assert await state(api, table, view) == ("ACTIVE", None)


NOT_OPEN = {"field": "Stage", "operator": "NEQ", "value": "Open"}
SIX = {"field": "Price", "operator": "EQ", "value": 6}
NAMED = {"field": "Name", "operator": "EQ", "value": "A"}


@pytest.mark.parametrize(
    ("filter", "order", "expected"),
    [
        (OPEN, "", "(Stage, id)"),
        ({"and": [OPEN, {"and": [SIX, NOT_OPEN]}, OPEN]}, "", "(Stage, Price, id)"),
        ({"or": [OPEN, SIX]}, "Price", "(Price NULLS FIRST, id)"),
        ({"not": OPEN}, "Price", "(Price NULLS FIRST, id)"),
        (NAMED, "Price", "(Price NULLS FIRST, id)"),
        (None, "-Price", "(Price NULLS FIRST, id)"),
        (None, "-Price Day", "(Price NULLS FIRST, Day DESC NULLS LAST, id DESC)"),
        (None, "Price -Day", "(Price NULLS FIRST, Day DESC NULLS LAST, id DESC)"),
        (None, "Price Stage Day", "(Price NULLS FIRST)"),
        (None, "$createdAt", "(created_at NULLS FIRST, id)"),
        (SIX, "Stage", "(Price)"),
        (None, "", None),
        (None, "Stage", None),
        (NOT_OPEN, "Files", None),
    ],
)
async def test_held_fields_stand_before_the_keys_of_the_order_and_the_id(
    api: Api,
    table: MadeTable,
    builder: ViewIndexBuilder,
    pg: Connection,
    filter: dict[str, Any] | None,
    order: str,
    expected: str | None,
) -> None:
    keys = [{"field": key.lstrip("-"), "direction": "DESC" if key[0] == "-" else "ASC"} for key in order.split()]
    view = await indexed(api, table, filter=filter, orderBy=keys)

    await builder.build_pending()

    assert await indexes(pg) == ([] if expected is None else [expected])
    assert await state(api, table, view) == ("NONE" if expected is None else "ACTIVE", None)


async def test_texts_are_held_as_far_as_an_index_takes_them(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    others = [await add_field(api, table, name=name, type="TEXT") for name in ("B", "C")]
    await indexed(api, table, orderBy=[{"field": key} for key in ("Name", *others)])
    long = "\U0001f600" * 1_000
    await create_records(api, table, [{"Name": long, others[0]: long, others[1]: long}])

    await builder.build_pending()
    await create_records(api, table, [{"Name": long + "x", others[0]: long, others[1]: long}])

    assert [definition.count("lower") for definition in await indexes(pg)] == [2]


async def test_pages_of_the_view_are_read_from_its_index(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection, statements: Callable[[], StatementLog]
) -> None:
    view = await indexed(api, table, filter=OPEN, orderBy=DEAREST)
    await builder.build_pending()
    document = "query ($id: ID!) { view(id: $id) { records(first: 10) { nodes { id } } } }"
    with statements() as seen:
        await api.execute(document, {"id": view}, as_=table.owner)

    await pg.execute("SET enable_seqscan = off")
    await pg.execute("SET enable_bitmapscan = off")
    await pg.execute("SET plan_cache_mode = force_generic_plan")
    await pg.execute(f"PREPARE page AS {seen.texts[-1]}")
    count = await pg.fetchval("SELECT cardinality(parameter_types) FROM pg_prepared_statements WHERE name = 'page'")
    plan = "\n".join(row[0] for row in await pg.fetch(f"EXPLAIN EXECUTE page ({', '.join(['NULL'] * count)})"))

    number = await pg.fetchval("SELECT number FROM view_indexes")
    assert f"Scan Backward using v_{number} on " in plan
    assert "Sort" not in plan


async def test_views_share_an_index_as_long_as_one_needs_it(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    first = await indexed(api, table, "A", orderBy=DEAREST)
    second = await indexed(api, table, "B", orderBy=[{"field": "Price"}])
    await builder.build_pending()
    assert len(await indexes(pg)) == 1

    await delete_view(api, table, first)
    await builder.build_pending()
    assert (len(await indexes(pg)), await state(api, table, second)) == (1, ("ACTIVE", None))

    await delete_view(api, table, second)
    await builder.build_pending()
    assert await indexes(pg) == []
    assert await pg.fetchval("SELECT count(*) FROM view_indexes") == 0


async def delete_view(api: Api, table: MadeTable, view: str) -> None:
    (await mutate(api, "deleteView", "deletedId", {"id": view}, as_=table.owner)).ok  # noqa: B018


async def test_a_change_of_filter_or_order_changes_the_index(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    view = await indexed(api, table, filter=OPEN)
    await builder.build_pending()

    await change_view(api, table, view, filter=SIX, orderBy=[{"field": "Day"}])
    assert await state(api, table, view) == ("PENDING", None)
    await builder.build_pending()
    assert await indexes(pg) == ["(Price, Day NULLS FIRST, id)"]

    await change_view(api, table, view, isIndexed=False)
    assert await state(api, table, view) == ("NONE", None)
    await builder.build_pending()
    assert await indexes(pg) == []


async def test_an_index_that_is_wanted_again_before_it_is_dropped_stays(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    view = await indexed(api, table, filter=OPEN)
    await builder.build_pending()
    await change_view(api, table, view, isIndexed=False)
    await pg.execute("UPDATE view_indexes SET status = 'DROPPING'")  # as one who died in the middle left it

    await change_view(api, table, view, isIndexed=True)
    await builder.build_pending()

    assert await state(api, table, view) == ("ACTIVE", None)
    assert await indexes(pg) == ["(Stage, id)"]


async def test_a_field_that_goes_or_is_converted_takes_the_index_along(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    view = await indexed(api, table, filter=SIX, orderBy=[{"field": "Day"}])
    await builder.build_pending()

    await update_field(api, table, "Price", type="CURRENCY")
    await builder.build_pending()
    assert await indexes(pg) == ["(Price, Day NULLS FIRST, id)"]

    (await mutate(api, "deleteField", "deletedId", {"id": table.fields["Price"]}, as_=table.owner)).ok  # noqa: B018
    await builder.build_pending()
    assert await indexes(pg) == ["(Day NULLS FIRST, id)"]
    assert await state(api, table, view) == ("ACTIVE", None)


async def test_what_a_killed_build_left_is_dropped_and_built_anew(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    view = await indexed(api, table, filter=OPEN)

    async with building(builder, pg, UNHEEDED):
        assert await pg.fetchval(f"SELECT count(*) FROM ({KILL}) killed") == 1
    assert [row["indisvalid"] for row in await pg.fetch(INDEXES)] == [False]
    assert await state(api, table, view) == ("PENDING", None)

    await builder.build_pending()
    assert await indexes(pg) == ["(Stage, id)"]


async def test_two_processes_do_not_build_the_same(
    api: Api, table: MadeTable, services: Services, builder: ViewIndexBuilder, pg: Connection
) -> None:
    await indexed(api, table, filter=OPEN)
    other = ViewIndexBuilder(services.database)

    async with building(builder, pg, UNHEEDED):
        await other.build_pending()

    assert await indexes(pg) == ["(Stage, id)"]


@pytest.mark.parametrize("change", ["createField", "deleteField", "updateField", "deleteTable", "deleteBase"])
async def test_changes_of_the_table_stop_the_build(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection, change: str
) -> None:
    await indexed(api, table, filter=OPEN)
    ids = {"deleteField": table.fields["Day"], "deleteTable": table.id, "deleteBase": table.base_id}

    async with building(builder, pg, HEEDED):
        if change == "createField":
            await add_field(api, table, name="New", type="TEXT")
        elif change == "updateField":
            await update_field(api, table, "Day", isIndexed=True)
        else:
            (await mutate(api, change, "deletedId", {"id": ids[change]}, as_=table.owner)).ok  # noqa: B018

    await builder.build_pending()
    assert await indexes(pg) == (["(Stage, id)"] if change.endswith("Field") else [])


async def test_a_build_that_cannot_succeed_says_why_and_is_tried_again_with_the_next_change(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    view = await indexed(api, table, filter=OPEN)
    text = "".join(chr(0x4E00 + n * 7 % 20_000) for n in range(2_000))
    [record] = await create_records(api, table, [{"Name": text}])
    number = await pg.fetchval("SELECT number FROM fields WHERE name = 'Name'")
    columns = await pg.fetchval("SELECT columns::text FROM view_indexes")
    await pg.execute(f"UPDATE view_indexes SET columns = '[\"f_{number}\"]'")  # nothing that a view needs is so long

    await builder.build_pending()

    problem = "A value is too long for an index, which takes about 2,700 bytes."
    assert await state(api, table, view) == ("FAILED", problem)
    assert await indexes(pg) == []
    await pg.execute("UPDATE view_indexes SET columns = $1::text::jsonb", columns)
    await change_view(api, table, view, isIndexed=True)
    await builder.build_pending()
    assert await state(api, table, view) == ("ACTIVE", None)
    assert record


async def test_a_table_has_so_many_indexes_of_views(api: Api, table: MadeTable, services: Services) -> None:
    services.limits = replace(services.limits, max_view_indexes_per_table=2)
    first = await indexed(api, table, "A", filter=OPEN)
    await indexed(api, table, "B", filter=SIX)
    given = {"tableId": table.id, "name": "C", "type": "GRID", "isIndexed": True, "orderBy": [{"field": "Day"}]}

    refused = refusal(await mutate(api, "createView", "view { id }", given, as_=table.owner), "BAD_REQUEST")

    assert refused["message"] == "The views of a table may need at most 2 indexes."
    assert refused["argument"] == "isIndexed"
    await indexed(api, table, "D", filter=SIX)
    await change_view(api, table, first, filter=None, orderBy=[{"field": "Day"}])


def test_the_limit_is_a_setting(services: Services) -> None:
    assert services.limits.max_view_indexes_per_table == 10


async def test_a_copy_of_a_base_has_the_indexes_and_a_copy_of_a_view_has_none(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    view = await indexed(api, table, filter=OPEN)
    copied = await mutate(api, "duplicateView", "view { isIndexed }", {"id": view}, as_=table.owner)
    (await mutate(api, "duplicateBase", "base { id }", {"baseId": table.base_id}, as_=table.owner)).ok  # noqa: B018

    await builder.build_pending()

    assert copied.ok["duplicateView"] == {"view": {"isIndexed": False}}
    assert await indexes(pg) == ["(Stage, id)", "(Stage, id)"]


async def test_the_indexes_of_all_views_are_one_statement(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog]
) -> None:
    document = "query ($id: ID!) { views(tableId: $id) { index { status } } }"
    counts = []
    for name, filter in (("A", OPEN), ("B", SIX), ("C", NOT_OPEN)):
        await indexed(api, table, name, filter=filter)
        with statements() as seen:
            found = (await api.execute(document, {"id": table.id}, as_=table.owner)).ok["views"]
        counts.append(seen.count)

    assert [view["index"]["status"] for view in found] == ["PENDING", "PENDING", "NONE"]
    assert counts[0] == counts[2]


async def test_values_of_linked_records_are_in_no_index(
    api: Api, table: MadeTable, builder: ViewIndexBuilder, pg: Connection
) -> None:
    await add_field(api, table, name="Part", type="LINKED_RECORD", options={"linked_table_id": str(table.id)})
    filter = {"and": [{"field": "Part.Price", "operator": "EQ", "value": 6}, OPEN]}
    view = await indexed(api, table, filter=filter, orderBy=[{"field": "Day"}, {"field": "Part.Price"}])

    await builder.build_pending()

    assert await state(api, table, view) == ("ACTIVE", None)
    assert await indexes(pg) == ["(Stage, Day NULLS FIRST)"]
