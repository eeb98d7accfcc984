"""Filters, orders, pages and cursors that make no sense: each is refused with a reason, none is a fault."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.fields.operators import FilterOperator
from tests.support.api import Api
from tests.support.field_types import standalone_types
from tests.support.records import Records
from tests.support.refusals import assert_clean, refusal
from tests.support.tables import MadeTable, create_records, make_table

State = Callable[[], Awaitable[object]]
LISTED = "query ($table: ID!, $filter: RecordFilter) { records(tableId: $table, filter: $filter) { totalCount } }"
EQ = {"field": "Name", "operator": "EQ", "value": "Bolt"}


def nested(depth: int) -> dict[str, Any]:
    """A filter of this many levels."""
    condition: dict[str, Any] = EQ
    for _ in range(depth - 1):
        condition = {"not": condition}
    return condition


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"field": "Name"}, "A filter needs 'field' and 'operator' together; 'operator' is missing."),
        ({"operator": "EQ"}, "A filter needs 'field' and 'operator' together; 'field' is missing."),
        ({"value": 1}, "A filter has a 'value' without 'field' and 'operator'."),
        (
            {"field": "Nothing", "operator": "EQ", "value": 1},
            "Table 'Parts' has no field 'Nothing'. It has: 'Name', 'Price', 'Ready', 'Day', 'At', 'Status'.",
        ),
        (
            {"field": "$nothing", "operator": "EQ", "value": 1},
            "Table 'Parts' has no field '$nothing'. It has: 'Name', 'Price', 'Ready', 'Day', 'At', 'Status'.",
        ),
        (
            {"field": "Ready", "operator": "GT", "value": True},
            "The operator GT does not fit field 'Ready' of type CHECKBOX. "
            "These do: EQ, NEQ, IN, NOT_IN, IS_EMPTY, IS_NOT_EMPTY.",
        ),
        (
            {"field": "Price", "operator": "GT"},
            "The filter on field 'Price' with GT cannot use this value: "
            "GT needs a value; for empty values use IS_EMPTY.",
        ),
        (
            {"field": "Price", "operator": "GT", "value": "7"},
            "The filter on field 'Price' with GT cannot use this value: Expected a number, got the text '7'.",
        ),
        (
            {"field": "Price", "operator": "IN", "value": 7},
            "The filter on field 'Price' with IN cannot use this value: Expected a list of values, got the number 7.",
        ),
        (
            {"field": "Status", "operator": "EQ", "value": "Lost"},
            "The filter on field 'Status' with EQ cannot use this value: "
            "'Lost' is not a choice. The choices are 'Open', 'Done'.",
        ),
        (
            {"field": "Day", "operator": "LT", "value": "2026-13-01"},
            "The filter on field 'Day' with LT cannot use this value: "
            "'2026-13-01' is not a date: month must be in 1..12.",
        ),
        (
            {"field": "$id", "operator": "EQ", "value": "x"},
            "The filter on field '$id' with EQ cannot use this value: 'x' is not an id, a UUID of 36 characters.",
        ),
        (nested(21), "The filter is nested deeper than 20 levels."),
        ({"and": [{"not": nested(19)}]}, "The filter is nested deeper than 20 levels."),
    ],
)
async def test_a_filter_that_makes_no_sense_is_refused(
    records: Records, condition: dict[str, Any], message: str
) -> None:
    assert refusal(await records.page(filter=condition), "BAD_REQUEST")["message"] == message


async def test_a_filter_of_the_most_levels_is_answered(records: Records, parts: list[str]) -> None:
    condition = nested(20)
    assert (await records.page(filter=condition, selection="totalCount")).ok["records"]["totalCount"] == 4


async def test_the_number_of_conditions_is_limited(records: Records, parts: list[str]) -> None:
    counted = await records.page(filter={"or": [EQ] * 500}, selection="totalCount")
    assert counted.ok["records"]["totalCount"] == 1
    for condition in (
        {"or": [EQ] * 501},
        {"and": [{}] * 501},
        {"or": [{"and": []}] * 501},
        {"not": {"and": [{}, EQ] * 251}},
    ):
        refused = refusal(await records.page(filter=condition), "BAD_REQUEST")
        assert refused["message"] == "The filter has more than 500 conditions."


@pytest.mark.parametrize("start", ['{"not":', '{"and":[', '{"or":'])
@pytest.mark.parametrize("depth", [100, 400, 1_000])
async def test_a_filter_of_a_thousand_levels_is_refused(records: Records, start: str, depth: int) -> None:
    end = "]}" if start.endswith("[") else "}"
    condition = f'{start * depth}{{"field": "Name", "operator": "EQ"}}{end * depth}'
    variables = f'{{"table": "{records.table.id}", "filter": {condition}}}'
    refusal(await records.send(LISTED, variables), "BAD_REQUEST")


@pytest.mark.parametrize("depth", [30, 150, 250, 400, 1_000, 20_000])
async def test_a_literal_filter_of_a_thousand_levels_is_refused(records: Records, depth: int) -> None:
    condition = f'{{ {"not: {" * depth} field: "Name", operator: EQ {"}" * depth} }}'
    document = f"query ($table: ID!) {{ records(tableId: $table, filter: {condition}) {{ totalCount }} }}"
    code = "BAD_REQUEST" if depth < records.api.services.limits.max_literal_depth else "QUERY_TOO_COMPLEX"
    refusal(await records.run(document, {"table": records.table.id}), code)


OPERANDS: list[Any] = [
    None, "", "x", "\x00", "a" * 10_001, 0, -1, 1.5, 1e308, 10**30, True, [], [[]], [None], ["x"], {}, {"a": 1},
    ["\x00"], [1] * 10_001, "2026-02-30", "9999-12-31", "0000-00-00", "ffffffff-ffff-ffff-ffff-ffffffffffff",
]  # fmt: skip


async def test_every_operator_of_every_type_answers_or_refuses_odd_operands(api: Api) -> None:
    types = standalone_types().values()
    fields = [{"name": type.key, "type": type.key.upper()} for type in types]
    records = Records(api, await make_table(api, [{"name": "Name", "type": "TEXT"}, *fields]))
    await records.create({"Name": "a"})
    pairs = [(type, operator) for type in types for operator in FilterOperator]
    for i, (type, operator) in enumerate(pairs):
        condition = {"field": type.key, "operator": operator.value, "value": OPERANDS[i % len(OPERANDS)]}
        result = await records.page(filter=condition, selection="totalCount")
        assert_clean(result)
        assert set(result.codes) <= {"BAD_REQUEST"}


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (
            [{"field": "Nothing"}],
            "Table 'Parts' has no field 'Nothing'. It has: 'Name', 'Price', 'Ready', 'Day', 'At', 'Status'.",
        ),
        ([{"field": "Name"}, {"field": "Name", "direction": "DESC"}], "The order names 'Name' twice."),
        ([{"field": f"{i}"} for i in range(21)], "An order has at most 20 keys; this one has 21."),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    records: Records, order: list[dict[str, str]], message: str
) -> None:
    for selection in ("totalCount", "nodes { id }", "nodes { table { base { id } } }"):
        refused = refusal(await records.page(orderBy=order, selection=selection), "BAD_REQUEST")
        assert refused["message"] == message


@pytest.mark.parametrize(
    ("page", "argument"),
    [
        ({"first": -1}, "first"),
        ({"first": 1_001}, "first"),
        ({"first": 2_147_483_647}, "first"),
        ({"last": -1}, "last"),
        ({"last": 1_001}, "last"),
        ({"first": 1, "last": 1}, "last"),
        ({"after": "x", "before": "y"}, "before"),
        ({"first": 1, "before": "x"}, "first"),
        ({"last": 1, "after": "x"}, "last"),
    ],
)
async def test_a_page_that_makes_no_sense_is_refused(records: Records, page: dict[str, Any], argument: str) -> None:
    assert refusal(await records.page(**page), "BAD_REQUEST")["argument"] == argument


@pytest.mark.parametrize("size", [2_147_483_648, 10**30, 1.5, "1", True, [], {}])
async def test_a_size_that_is_no_int_is_refused(records: Records, size: Any) -> None:
    refusal(await records.page(first=size), "BAD_REQUEST")


async def test_the_largest_and_the_smallest_page(records: Records, parts: list[str]) -> None:
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id }"
    whole = (await records.page(first=1_000, selection=info)).ok["records"]
    assert [node["id"] for node in whole["nodes"]] == parts
    for given, flag in (({"first": 0}, "hasNextPage"), ({"last": 0}, "hasPreviousPage")):
        none = (await records.page(selection=info, **given)).ok["records"]
        assert none["nodes"] == []
        assert (none["pageInfo"][flag], none["pageInfo"]["startCursor"], none["pageInfo"]["endCursor"]) == (
            True,
            None,
            None,
        )


@pytest.fixture
async def cursor(records: Records, parts: list[str]) -> str:
    """The cursor of the second of the parts by price."""
    page = await records.page(orderBy=[{"field": "Price"}], first=2, selection="pageInfo { endCursor }")
    return page.ok["records"]["pageInfo"]["endCursor"]


async def test_a_cursor_with_any_character_changed_is_refused(records: Records, cursor: str) -> None:
    order = [{"field": "Price"}]
    for i, character in enumerate(cursor):
        other = "1" if character == "0" else "0"
        for changed in (cursor[:i] + other + cursor[i + 1 :], cursor[:i] + cursor[i + 1 :]):
            refused = refusal(await records.page(orderBy=order, after=changed), "BAD_REQUEST")
            assert refused["argument"] == "after"
            assert refused["message"] == (
                "'after' is not a cursor of this list: it was changed, or made for another table or another order."
            )


@pytest.mark.parametrize(
    "forged",
    ["", ".", "x", "5b5d.", "00", "🔩", "\x00", "a" * 100_000, "[null]", "5b6e756c6c5d.0000000000000000", "%", "é.é"],
)
async def test_a_cursor_that_was_made_up_is_refused(records: Records, forged: str) -> None:
    assert refusal(await records.page(after=forged), "BAD_REQUEST")["argument"] == "after"
    assert refusal(await records.page(before=forged), "BAD_REQUEST")["argument"] == "before"


async def test_a_cursor_of_another_list_is_refused(api: Api, records: Records, table: MadeTable, cursor: str) -> None:
    for order in (
        [],
        [{"field": "Name"}],
        [{"field": "Price", "direction": "DESC"}],
        [{"field": "Price"}, {"field": "Name"}],
    ):
        refusal(await records.page(orderBy=order, after=cursor), "BAD_REQUEST")
    other = await make_table(api, [{"name": "Price", "type": "NUMBER"}], owner=table.owner)
    await create_records(api, other, [{"Price": 1}])
    refusal(await Records(api, other).page(orderBy=[{"field": "Price"}], after=cursor), "BAD_REQUEST")


async def test_a_cursor_serves_its_order_whatever_the_field_is_called(
    records: Records, table: MadeTable, parts: list[str], cursor: str
) -> None:
    for order in ([{"field": "Price"}], [{"field": table.fields["Price"], "direction": "ASC"}]):
        nodes = (await records.page(orderBy=order, after=cursor, selection="nodes { id }")).ok["records"]["nodes"]
        assert [node["id"] for node in nodes] == [parts[1], parts[0], parts[4]]
        nodes = (await records.page(orderBy=order, before=cursor, selection="nodes { id }")).ok["records"]["nodes"]
        assert [node["id"] for node in nodes] == [parts[3]]


@pytest.mark.parametrize("search", ["\x00", "a\x00b", "x" * 1_001])
async def test_a_search_that_nothing_can_hold_is_refused(records: Records, search: str) -> None:
    assert refusal(await records.page(search=search), "BAD_REQUEST")["argument"] == "search"


@pytest.mark.parametrize(
    "selection",
    ['value(field: "Nothing")', 'fields(only: ["Name", "Nothing"])', 'value(field: "")', 'value(field: "\\u0000")'],
)
async def test_an_unknown_field_in_a_selection_is_refused(records: Records, parts: list[str], selection: str) -> None:
    for chosen in (selection, f"{selection} table {{ name }}"):
        refusal(await records.get(parts[0], selection=chosen), "BAD_REQUEST")
        refusal(await records.page(selection=f"nodes {{ {chosen} }}"), "BAD_REQUEST")


async def test_ids_that_are_no_uuids_or_of_something_else_are_refused(
    api: Api, records: Records, table: MadeTable, parts: list[str]
) -> None:
    for id in ("", "1", "x" * 36, f" {parts[0]}", parts[0][:-1], f"{{{parts[0]}}}", parts[0].replace("-", "")):
        refusal(await records.get(id), "BAD_REQUEST")
        refusal(await records.update(id, {}), "BAD_REQUEST")
    for id in (str(table.id), str(table.base_id), str(table.owner.id), table.fields["Name"]):
        refusal(await records.get(id), "NOT_FOUND")
        refusal(await records.update(id, {}), "NOT_FOUND")


async def test_nothing_of_another_workspace_can_be_reached(
    api: Api, records: Records, table: MadeTable, parts: list[str], state: State
) -> None:
    stranger = await api.register()
    before = await state()
    for answer in (
        await records.page(as_=stranger),
        await records.page(as_=stranger, filter={"field": "Nothing", "operator": "EQ"}),
        await records.page(as_=stranger, filter={"field": "Status", "operator": "EQ", "value": "Lost"}),
        await records.page(as_=stranger, orderBy=[{"field": "Nothing"}]),
        await records.page(as_=stranger, after="made up"),
        await records.page(as_=stranger, selection='nodes { value(field: "Nothing") }'),
        await records.get(parts[0], as_=stranger),
        await records.get(parts[0], as_=stranger, selection='value(field: "Nothing")'),
        await records.create({"Name": "x"}, as_=stranger),
        await records.create({"Nothing": "x"}, as_=stranger),
        await records.create_all([{"Status": "Lost"}], as_=stranger),
        await records.create_all([{}] * 10_001, as_=stranger),
        await records.update(parts[0], {"Nothing": 1}, as_=stranger),
        await records.update_all([{"id": parts[0], "fields": {"Nothing": 1}}], as_=stranger),
        await records.upsert(["Nothing"], [{}], as_=stranger),
        await records.upsert(["Name"], [{"Name": 1}], as_=stranger),
        await records.delete(parts, as_=stranger),
        await records.create({"Nothing": "x"}, as_=stranger, idempotencyKey="once"),
    ):
        refused = refusal(answer, "NOT_FOUND")
        assert not {"Price", "Status", "Open", "Parts"} & set(refused["message"].replace("'", " ").split())
    assert await state() == before
