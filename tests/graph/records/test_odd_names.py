"""Fields whose names mean something to SQL, to JSON, to GraphQL or to Python: they are names like all others."""

import pytest

from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table

NAMES = [
    "'", '"', "\\", "\\'", '\\"', "a'b\"c\\d", "%", "%s", "%(a)s", "a $1 b", "{}", "{0}", "{alias}", "{{", "}",
    "?", ":a", "--", "/*", ";", "id", "revision", "created_at", "f_1", "set", "rev", "i", "null", "true", "__typename",
    "__proto__", "constructor", "fields", "and", "or", "not", "🔩", "\U0001f469\u200d\U0001f467", "שלום", "مرحبا",
    "\u202eabc", "e\u0301", "İstanbul", "ß", "a.b", "a,b", "[0]", "<b>", "&amp;", "\\u0041", "\\n", "E'x'", "U&'x'",
    "||", "x" * 255, "🔩" * 255, " inner  space ",
]  # fmt: skip


@pytest.fixture
async def odd(api: Api) -> MadeTable:
    """A table with a text field of each of these names, in a table of such a name."""
    fields = [{"name": name, "type": "TEXT"} for name in NAMES]
    return await make_table(api, fields, name="T'\"\\ $1 {} %s 🔩")


async def test_values_are_written_and_read_by_odd_names(api: Api, odd: MadeTable) -> None:
    records = Records(api, odd)
    names = [name.strip() for name in NAMES]
    given = {name: f"value of {name}" for name in names}
    made = (await records.create(given)).ok["createRecord"]["record"]
    assert made["fields"] == given
    assert (await records.all()) == [given]
    by_id = "fields(keyBy: ID) table { name }"
    record = (await records.get(made["id"], selection=by_id)).ok["record"]
    assert record["fields"] == {odd.fields[name]: value for name, value in given.items()}
    assert record["table"] == {"name": "T'\"\\ $1 {} %s 🔩"}
    fallback = (await records.get(made["id"], selection="fields table { base { name } }")).ok["record"]
    assert fallback["fields"] == given


async def test_each_odd_name_filters_sorts_and_is_selected(api: Api, odd: MadeTable) -> None:
    records = Records(api, odd)
    names = [name.strip() for name in NAMES]
    await records.create_all([{name: name} for name in names])
    document = """
        query ($table: ID!, $name: String!) {
          records(tableId: $table, filter: { field: $name, operator: IS_NOT_EMPTY }, orderBy: [{ field: $name }]) {
            nodes { value(field: $name) fields(only: [$name]) } edges { cursor }
          }
        }
    """
    for name in names:
        page = (await records.run(document, {"table": odd.id, "name": name})).ok["records"]
        assert page["nodes"] == [{"value": name, "fields": {name: name}}]
        order = [{"field": name, "direction": "DESC"}]
        after = await records.page(orderBy=order, first=1, selection="pageInfo { endCursor } nodes { id }")
        cursor = after.ok["records"]["pageInfo"]["endCursor"]
        assert len((await records.page(orderBy=order, after=cursor)).ok["records"]["nodes"]) == len(names) - 1


async def test_records_are_updated_and_merged_by_odd_names(api: Api, odd: MadeTable) -> None:
    records = Records(api, odd)
    names = [name.strip() for name in NAMES]
    id = (await records.create({})).ok["createRecord"]["record"]["id"]
    for name in names:
        changed = (await records.update(id, {name: "x"})).ok["updateRecord"]["record"]
        assert changed["fields"][name] == "x"
        merged = (await records.upsert([name], [{name: "x"}])).ok["upsertRecords"]
        assert merged["updatedIds"] == [id]
    both = [{"id": id, "fields": dict.fromkeys(names, "y")}]
    assert (await records.update_all(both)).ok["updateRecords"]["records"][0]["revision"] == len(names) + 2


async def test_choices_may_have_odd_names_too(api: Api) -> None:
    choices = [name.strip() for name in NAMES if len(name) <= 250]
    fields = [
        {"name": "Name", "type": "TEXT"},
        {"name": "One", "type": "SINGLE_SELECT", "options": {"choices": choices}},
        {"name": "Many", "type": "MULTI_SELECT", "options": {"choices": choices}},
    ]
    records = Records(api, await make_table(api, fields))
    given = [{"One": choice, "Many": [choice, choices[0]] if choice != choices[0] else [choice]} for choice in choices]
    made = (await records.create_all(given)).ok["createRecords"]["records"]
    assert [{key: record["fields"][key] for key in ("One", "Many")} for record in made] == given
    for choice in choices:
        condition = {"field": "One", "operator": "EQ", "value": choice}
        page = (await records.page(filter=condition, selection='nodes { value(field: "One") }')).ok["records"]
        assert page["nodes"] == [{"value": choice}]
