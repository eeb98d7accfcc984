"""Formulas whose values are kept in generated columns: which are, and what becomes of the columns."""

import asyncpg
import pytest

from tests.graph.formulas.conftest import Shop
from tests.support.refusals import done, refusal

_COLUMNS = """
SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
 WHERE attgenerated = 's' AND NOT attisdropped ORDER BY attnum
"""


async def columns(pg: asyncpg.Connection) -> list[str]:
    """The names of all generated columns."""
    return [name for (name,) in await pg.fetch(_COLUMNS)]


async def plan_of(pg: asyncpg.Connection, order: str) -> str:
    """The indexes that PostgreSQL reads in an order of the one table, as text."""
    table = await pg.fetchval("SELECT attrelid::regclass::text FROM pg_attribute WHERE attgenerated = 's' LIMIT 1")
    async with pg.transaction():
        await pg.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        return "\n".join(row[0] for row in await pg.fetch(f"EXPLAIN SELECT id FROM {table} ORDER BY {order} LIMIT 5"))


@pytest.mark.parametrize(
    ("formula", "count"),
    [
        ("Price * Count + 1", 2),
        ("UPPER(Name)", 1),
        ("DATETIME_FORMAT(Seen, 'LL')", 1),
        ("IF(Sold, Price / Count)", 2),
        ("RECORD_ID()", 1),
        ("NOW()", 0),
        ("DATESTR(LAST_MODIFIED_TIME())", 0),
        ("DATETIME_PARSE(Name)", 0),
        ("1 + 1", 0),
    ],
)
async def test_what_follows_from_the_row_alone_is_kept(
    shop: Shop, pg: asyncpg.Connection, formula: str, count: int
) -> None:
    made = (await shop.formula("It", formula)).ok["createField"]["field"]

    assert len(await columns(pg)) == count
    assert (made["options"]["stored_as"] is not None) is (count > 0)


async def test_a_formula_of_a_kept_one_is_kept_too(shop: Shop, pg: asyncpg.Connection) -> None:
    done(await shop.formula("Ratio", "Price / Count"))
    done(await shop.formula("Twice", "Ratio * 2"))
    await shop.add({"Name": "Pen", "Price": 9, "Count": 3}, {"Name": "Ink", "Price": 9, "Count": 0})

    assert len(await columns(pg)) == 4
    assert await shop.values("Twice") == {
        "Pen": 6,
        "Ink": {"error": "DIVISION_BY_ZERO", "message": "A division by zero, or an average of nothing."},
    }


async def test_the_columns_follow_the_formula(shop: Shop, pg: asyncpg.Connection) -> None:
    await shop.add({"Name": "Pen", "Price": 9, "Count": 3})
    done(await shop.formula("It", "Price * Count"))
    before = await columns(pg)

    done(await shop.change("It", name="That"))
    done(await shop.change("Price", name="Cost"))
    assert await columns(pg) == before

    done(await shop.change("That", options={"formula": "Name & '!'"}))
    after = await columns(pg)
    assert len(after) == 1
    assert not {*after} & {*before}
    assert await shop.values("That") == {"Pen": "Pen!"}

    done(await shop.change("That", options={"formula": "IF(NOW(), Name)"}))
    assert await columns(pg) == []
    assert await shop.values("That") == {"Pen": "Pen"}


async def test_the_columns_go_with_the_formula(shop: Shop, pg: asyncpg.Connection) -> None:
    done(await shop.formula("It", "Price * Count"))

    done(await shop.remove("It"))

    assert await columns(pg) == []


async def test_a_formula_reads_a_field_that_was_converted(shop: Shop, pg: asyncpg.Connection) -> None:
    await shop.add({"Name": "12.50", "Price": 2})
    done(await shop.formula("Label", "Name & '|' & Price"))

    done(await shop.change("Name", type="LONG_TEXT"))
    done(await shop.change("Price", type="TEXT"))

    assert await shop.values("Label") == {"12.50": "12.50|2"}
    assert len(await columns(pg)) == 1


async def test_the_deletion_of_a_field_takes_no_other_formula_s_columns(shop: Shop, pg: asyncpg.Connection) -> None:
    await shop.add({"Name": "Pen", "Price": 9, "Count": 3})
    done(await shop.formula("Loud", "UPPER(Name)"))
    kept = await columns(pg)
    done(await shop.formula("Total", "Price * Count"))

    done(await shop.remove("Count"))

    assert await columns(pg) == kept
    assert await shop.values("Loud") == {"Pen": "PEN"}


async def test_an_indexed_formula_is_sorted_by_its_index(shop: Shop, pg: asyncpg.Connection) -> None:
    made = (await shop.formula("Ratio", "Price / Count", is_indexed=True)).ok["createField"]["field"]
    await shop.add(*({"Name": str(i), "Price": 1, "Count": i} for i in range(20)))
    value, error = await columns(pg)

    plan = await plan_of(pg, f"({error} IS NOT NULL), {value} NULLS FIRST, id")

    assert made["isIndexed"] is True
    assert f"Index Only Scan using {value}_order" in plan or f"Index Scan using {value}_order" in plan
    assert (await shop.names(orderBy=[{"field": "Ratio"}]))[:2] == ["19", "18"]
    done(await shop.change("Ratio", isIndexed=False))
    assert await pg.fetchval("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'f\\_%\\_order'") == 0


async def test_the_index_follows_the_formula(shop: Shop, pg: asyncpg.Connection) -> None:
    done(await shop.formula("It", "Price * 2", is_indexed=True))

    done(await shop.change("It", options={"formula": "Price * 3"}))

    assert (await shop.fields())["It"]["isIndexed"] is True
    [column, _] = await columns(pg)
    assert await pg.fetchval("SELECT count(*) FROM pg_indexes WHERE indexname = $1", f"{column}_order") == 1
    done(await shop.change("It", options={"formula": "IF(NOW(), Price)"}))
    assert (await shop.fields())["It"]["isIndexed"] is False


@pytest.mark.parametrize("formula", ["NOW()", "1 + 1", "ARRAYFLATTEN(Price, Count)"])
async def test_what_is_not_kept_in_one_value_cannot_be_indexed(shop: Shop, formula: str) -> None:
    refused = refusal(await shop.formula("It", formula, is_indexed=True), "BAD_REQUEST")

    assert refused["message"].startswith("The field 'It' cannot be indexed")
    assert "It" not in await shop.fields()


async def test_where_the_values_are_kept_is_not_for_clients_to_say(shop: Shop) -> None:
    refused = refusal(await shop.formula("It", "Price", stored_as=7), "VALIDATION_ERROR")
    assert refused["errors"][0]["msg"] == "stored_as is set by the server."

    done(await shop.formula("It", "Price"))
    done(await shop.change("It", options={"formula": "Count", "stored_as": 7}))
    await shop.add({"Name": "Pen", "Price": 1, "Count": 2})
    assert await shop.values("It") == {"Pen": 2}
