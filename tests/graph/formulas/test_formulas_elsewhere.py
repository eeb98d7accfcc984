"""Formulas in what else is made of a table: copies of its base, its rewritten columns, views, tables."""

import asyncpg

from adapters.database import Database
from resolvers.table_rewriting import make_room
from tests.graph.formulas.conftest import Shop
from tests.support.aggregates import Aggregates
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.records import Records
from tests.support.refusals import done, refusal
from tests.support.tables import MadeTable, make_table
from tests.support.views import make_view, read_view

_COPY = """
mutation ($input: DuplicateBaseInput!) {
  duplicateBase(input: $input) { base { id tables { id fields { id name options error isIndexed } } } }
}
"""
_TABLE = "SELECT attrelid::regclass::text FROM pg_attribute WHERE attgenerated = 's' AND NOT attisdropped LIMIT 1"


async def test_a_copy_of_a_base_has_formulas_of_its_own_fields(shop: Shop, pg: asyncpg.Connection) -> None:
    done(await shop.formula("Total", "Price * Count", is_indexed=True))
    done(await shop.formula("Twice", "Total * 2"))
    await shop.add({"Name": "Pen", "Price": 3, "Count": 2})
    table = shop.records.table

    given = {"baseId": table.base_id, "includeRecords": True}
    [copy] = done(await shop.records.run(_COPY, {"input": given}))["duplicateBase"]["base"]["tables"]

    fields = {field["name"]: field for field in copy["fields"]}
    assert fields["Twice"]["options"]["formula"] == "{Total} * 2"
    assert (fields["Twice"]["error"], fields["Total"]["isIndexed"]) == (None, True)
    other = Shop(Records(shop.records.api, MadeTable(table.owner, table.workspace_id, table.base_id, copy["id"], {})))
    done(await shop.change("Total", options={"formula": "0 - Price"}))
    assert (await shop.values("Twice"), await other.values("Twice")) == ({"Pen": -6}, {"Pen": 12})
    assert await pg.fetchval("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'f\\_%\\_order'") == 2


async def test_a_rewritten_table_keeps_the_columns_of_formulas(
    shop: Shop, database: Database, pg: asyncpg.Connection
) -> None:
    done(await shop.formula("Total", "Price * Count"))
    await shop.add({"Name": "Pen", "Price": 3, "Count": 2})
    before = (await shop.fields())["Total"]

    async with database.transaction() as unit:
        assert await make_room(unit, await pg.fetchval(_TABLE), limit=1)

    done(await shop.change("Count", name="Amount"))
    assert (await shop.fields())["Total"]["options"]["stored_as"] == before["options"]["stored_as"]
    await shop.add({"Name": "Ink", "Price": 4, "Amount": 4})
    assert await shop.values("Total") == {"Pen": 6, "Ink": 16}


async def test_a_view_filters_by_a_formula_as_long_as_that_fits(shop: Shop) -> None:
    done(await shop.formula("Total", "Price * Count"))
    await shop.add({"Name": "Pen", "Price": 3, "Count": 2}, {"Name": "Ink", "Price": 4, "Count": 4})
    wanted = {"field": "Total", "operator": "GT", "value": 10}
    view = await make_view(shop.records.api, shop.records.table, filter=wanted, orderBy=[{"field": "Total"}])

    assert await shop.names_in(view["id"]) == ["Ink"]
    done(await shop.change("Total", options={"formula": "Name & Price"}))

    assert (await read_view(shop.records.api, shop.records.table, view["id"]))["filter"] is None
    assert await shop.names_in(view["id"]) == ["Ink", "Pen"]


async def test_records_are_grouped_and_summed_by_a_formula(shop: Shop) -> None:
    done(await shop.formula("Ratio", "Price / Count"))
    await shop.add(*({"Name": str(i), "Price": 4, "Count": i % 3} for i in range(6)))
    work = Aggregates(shop.records.api, shop.records.table)

    groups = await work.groups(groupBy=[{"field": "Ratio"}], metrics=[{"function": "SUM", "field": "Ratio"}])

    assert [(group["key"]["Ratio"], group["count"], group["metrics"]["sum_Ratio"]) for group in groups] == [
        (None, 2, None),  # those with an error have no value
        (2, 2, 4),
        (4, 2, 8),
    ]


async def test_a_formula_cannot_be_unique(shop: Shop) -> None:
    done(await shop.formula("Total", "Price * Count"))
    given = {"fieldId": (await shop.fields())["Total"]["id"]}

    result = await mutate(shop.records.api, "createUniqueConstraint", "__typename", given, as_=shop.records.table.owner)

    assert refusal(result, "BAD_REQUEST")["message"] == (
        "The values of 'Total' cannot be unique: it is of type FORMULA."
    )


async def test_a_table_is_made_with_formulas_in_any_order(api: Api) -> None:
    table = await make_table(
        api,
        [
            {"name": "Name", "type": "TEXT"},
            {"name": "Twice", "type": "FORMULA", "options": {"formula": "Once & Once"}, "isIndexed": True},
            {"name": "Once", "type": "FORMULA", "options": {"formula": "UPPER(Name)"}},
        ],
    )
    shop = Shop(Records(api, table))

    await shop.add({"Name": "ab"})

    assert await shop.values("Twice") == {"ab": "ABAB"}
    assert (await shop.fields())["Twice"]["isIndexed"] is True


async def test_a_reference_may_be_by_id(shop: Shop) -> None:
    id = (await shop.fields())["Price"]["id"]
    done(await shop.formula("It", f"{{fld:{id}}} + 1"))

    assert (await shop.fields())["It"]["options"]["formula"] == "{Price} + 1"


async def test_a_formula_of_the_most_characters_has_ids_in_place_of_names(shop: Shop) -> None:
    formula = "+".join(["Price"] * 1_660)
    done(await shop.formula("It", formula))
    await shop.add({"Name": "Pen", "Price": 2})

    assert await shop.values("It") == {"Pen": 3_320}
    assert (await shop.fields())["It"]["options"]["formula"].count("{Price}") == 1_660
