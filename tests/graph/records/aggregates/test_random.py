"""Aggregates over random records: the API answers what plain Python answers."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from domain.fields.aggregates import AggregateFunction as Function
from domain.fields.aggregates import Bucket
from domain.fields.registry import field_type
from tests.domain.fields.oracle import NAMES
from tests.graph.records import listing
from tests.graph.records.listing import FIELDS, Values, random_cases, refill
from tests.support.aggregates import Aggregates
from tests.support.api import Api, bearer
from tests.support.records import Records
from tests.support.tables import make_table

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Auckland"]


@dataclass(frozen=True)
class Key:
    """One key of the groups: a field, and whether each item of its lists counts."""

    field: str
    each_item: bool

    @property
    def given(self) -> dict[str, Any]:
        return {"field": self.field, "eachItem": self.each_item}

    def values(self, row: Values) -> list[Any]:
        """The groups that a record is in."""
        value = shown(self.field, row)
        return value or [None] if self.each_item else [value]


def _keys() -> st.SearchStrategy[Key]:
    lists = [name for name, oracle in FIELDS.items() if oracle.items is not None and oracle.empty == []]
    whole = st.sampled_from(list(FIELDS)).map(lambda name: Key(name, False))
    return whole | st.sampled_from(lists).map(lambda name: Key(name, True))


keys = st.lists(_keys(), max_size=3, unique_by=lambda key: key.field)
rows = st.lists(listing.records, max_size=9).flatmap(
    lambda some: st.lists(st.sampled_from(some), max_size=12) if some else st.just([])
)
"""Records, of which many are alike."""


def is_empty(field: str, row: Values) -> bool:
    """Whether the field counts as empty in a filter."""
    value = row.get(field)
    return not value if FIELDS[field].type == "checkbox" else value in (None, "", [])


def shown(field: str, row: Values) -> Any:
    """The value as it is read, for groups: lists in the field's order."""
    oracle, value = FIELDS[field], row.get(field)
    if value in (None, "", []):
        return oracle.empty
    if oracle.type == "multi_select":
        return sorted(value, key=NAMES.index)
    return sorted(value) if isinstance(value, list) else oracle.output(value)


def text(value: Any) -> str:
    """JSON, in which equal numbers are equal."""
    return json.dumps(value, sort_keys=True, default=plain)


def plain(number: object) -> str:
    assert isinstance(number, Decimal)
    return format(number.normalize(), "f")


def exact(value: Any) -> Any:
    """The value with its numbers as decimals."""
    return json.loads(json.dumps(value), parse_float=Decimal, parse_int=Decimal)


def median(numbers: Sequence[Decimal]) -> Decimal:
    found, middle = sorted(numbers), len(numbers) // 2
    return found[middle] if len(found) % 2 else (found[middle - 1] + found[middle]) / 2


OF_NUMBERS: Mapping[Function, Callable[[Sequence[Decimal]], Decimal]] = {
    Function.SUM: lambda numbers: sum(numbers, Decimal(0)),
    Function.AVG: lambda numbers: sum(numbers, Decimal(0)) / len(numbers),
    Function.MEDIAN: median,
}


def metric(function: Function, field: str, members: Sequence[Values]) -> Any:
    """What the oracle says of a group's records."""
    oracle = FIELDS[field]
    filled = [row for row in members if not is_empty(field, row)]
    values = [exact(shown(field, row)) for row in filled]
    match function:
        case Function.COUNT | Function.FILLED:
            return len(filled)
        case Function.EMPTY:
            return len(members) - len(filled)
        case Function.DISTINCT:
            all_of_them = members if oracle.type == "checkbox" else filled
            return len({text(exact(shown(field, row))) for row in all_of_them})
    if not values:
        return None
    if function in OF_NUMBERS:
        return OF_NUMBERS[function](values)
    rank = oracle.rank or (lambda value: value)
    by_rank = sorted(filled, key=lambda row: rank(row[field]))
    return exact(shown(field, by_rank[0 if function is Function.MIN else -1]))


def agree(found: Any, expected: Any) -> bool:
    """Whether they are the same, or for an average nearly so."""
    if isinstance(expected, Decimal) and isinstance(found, Decimal):
        return abs(found - expected) <= abs(expected) * Decimal("1e-14") + Decimal("1e-16")
    return bool(found == expected)


async def read(records: Records, selection: str, variables: Mapping[str, Any]) -> Any:
    """The answer, with its numbers as decimals."""
    document = f"""
        query ($t: ID!, $by: [GroupByInput!], $metrics: [AggregateMetricInput!], $first: Int, $after: String) {{
          aggregate(tableId: $t, groupBy: $by, metrics: $metrics, first: $first, after: $after) {{ {selection} }}
        }}
    """
    request = {"query": document, "variables": {"t": str(records.table.id), **variables}}
    response = await records.api.http.post("/graphql", json=request, headers=bearer(records.table.owner))
    body = json.loads(response.text, parse_float=Decimal, parse_int=Decimal)
    assert "errors" not in body, body
    return body["data"]["aggregate"]


@given(rows=rows, keys=keys, data=st.data())
@random_cases
async def test_groups_and_metrics_are_the_oracles(
    all_kinds: Records, rows: list[Values], keys: list[Key], data: st.DataObject
) -> None:
    await refill(all_kinds, rows)
    fields = data.draw(st.lists(st.sampled_from(list(FIELDS)), max_size=4, unique=True), "metrics of")
    metrics = [(function, field) for field in fields for function in field_type(FIELDS[field].type).aggregates]
    given = [
        {"function": function.name, "field": field, "as": str(n)} for n, (function, field) in enumerate(metrics[:50])
    ]
    expected: dict[str, list[Values]] = {} if keys else {"[]": []}
    for row in rows:
        for each in product([key.values(row) for key in keys]):
            expected.setdefault(text(exact(each)), []).append(row)

    found = await read(all_kinds, "totalCount nodes { key count metrics }", {
        "by": [key.given for key in keys], "metrics": given, "first": 1000,
    })  # fmt: skip

    groups = {text([group["key"][key.field] for key in keys]): group for group in found["nodes"]}
    assert groups.keys() == expected.keys()
    assert found["totalCount"] == len(found["nodes"]) == len(expected)
    for key, members in expected.items():
        assert groups[key]["count"] == len(members)
        for n, (function, field) in enumerate(metrics[:50]):
            value = groups[key]["metrics"][str(n)]
            wanted = metric(function, field, members)
            assert agree(value, wanted) if function is Function.AVG else value == wanted, (function, field)


def product(lists: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """One of each list, in all ways."""
    found: list[list[Any]] = [[]]
    for each in lists:
        found = [[*start, item] for start in found for item in each]
    return found


@given(rows=rows, keys=keys.filter(bool), size=st.integers(1, 4))
@random_cases
async def test_groups_come_in_the_order_of_their_keys_page_by_page(
    all_kinds: Records, rows: list[Values], keys: list[Key], size: int
) -> None:
    await refill(all_kinds, rows)
    by = [key.given for key in keys]
    whole = (await read(all_kinds, "nodes { hash key }", {"by": by, "first": 1000}))["nodes"]
    pages, after, more = [], None, True
    while more:
        selection = "nodes { hash key } pageInfo { hasNextPage endCursor }"
        page = await read(all_kinds, selection, {"by": by, "first": size, "after": after})
        pages += page["nodes"]
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]

    assert pages == whole
    assert len({group["hash"] for group in whole}) == len(whole)
    first = keys[0]
    if not first.each_item:
        ranked = sorted(rows, key=lambda row: rank(first.field, row))
        order = [text(exact(shown(first.field, row))) for row in ranked]
        places = {value: rank(first.field, row) for value, row in zip(order, ranked, strict=True)}
        found = [places[text(group["key"][first.field])] for group in whole]
        assert found == sorted(found)


def rank(field: str, row: Values) -> tuple[Any, ...]:
    """By what the oracle sorts groups of a field: lists by their items in the field's order."""
    oracle = FIELDS[field]
    if oracle.type == "checkbox":
        return (bool(row.get(field)),)
    value = row.get(field)
    if isinstance(value, list):
        value = shown(field, row)
    return oracle.position(value)


STARTS: Mapping[Bucket, Callable[[date], date]] = {
    Bucket.DAY: lambda day: day,
    Bucket.WEEK: lambda day: day - timedelta(days=day.weekday()),
    Bucket.MONTH: lambda day: day.replace(day=1),
    Bucket.QUARTER: lambda day: day.replace(month=day.month - (day.month - 1) % 3, day=1),
    Bucket.YEAR: lambda day: day.replace(month=1, day=1),
}


@given(
    moments=st.lists(
        st.datetimes(datetime(1975, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)), min_size=1, max_size=9
    ),
    zone=st.sampled_from(ZONES),
)
@random_cases
async def test_buckets_are_those_of_pythons_calendar(api: Api, moments: list[datetime], zone: str) -> None:
    table = await make_table(api, [{"name": "At", "type": "DATETIME"}])
    records, aggregates = Records(api, table), Aggregates(api, table)
    assert (await records.create_all([{"At": moment.isoformat()} for moment in moments])).ok
    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]

    for bucket, start in STARTS.items():
        counts: dict[str, int] = {}
        for day in sorted(days):
            counts[str(start(day))] = counts.get(str(start(day)), 0) + 1
        found = await aggregates.counts({"field": "At", "bucket": bucket.name, "timeZone": zone})
        assert found == list(counts.items())
