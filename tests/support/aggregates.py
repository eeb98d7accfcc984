"""The query `aggregate`, as short calls on a table."""

from typing import Any

from tests.support.api import Api, Person, Result
from tests.support.tables import MadeTable

GROUP = "key count metrics"


class Aggregates:
    """Aggregates over one table through the API, as its owner unless told otherwise."""

    def __init__(self, api: Api, table: MadeTable) -> None:
        self.api = api
        self.table = table

    async def read(self, selection: str = f"nodes {{ {GROUP} }}", *, as_: Person | None = None, **more: Any) -> Result:
        """aggregate."""
        document = f"""
            query ($tableId: ID!, $viewId: ID, $filter: RecordFilter, $search: String, $groupBy: [GroupByInput!],
                   $metrics: [AggregateMetricInput!], $orderBy: [AggregateOrder!], $first: Int, $after: String,
                   $last: Int, $before: String) {{
              aggregate(tableId: $tableId, viewId: $viewId, filter: $filter, search: $search, groupBy: $groupBy,
                        metrics: $metrics, orderBy: $orderBy, first: $first, after: $after, last: $last,
                        before: $before) {{ {selection} }}
            }}
        """
        return await self.api.execute(document, {"tableId": self.table.id, **more}, as_=as_ or self.table.owner)

    async def groups(self, **more: Any) -> list[dict[str, Any]]:
        """The groups of the page."""
        found: list[dict[str, Any]] = (await self.read(**more)).ok["aggregate"]["nodes"]
        return found

    async def counts(self, by: Any, **more: Any) -> list[tuple[Any, int]]:
        """Key and count of each group by one key: the name of a field, or a GroupByInput."""
        given = {"field": by} if isinstance(by, str) else by
        groups = await self.groups(groupBy=[given], **more)
        return [(next(iter(group["key"].values())), group["count"]) for group in groups]

    async def totals(self, *metrics: Any, **more: Any) -> dict[str, Any]:
        """The metrics of all records: pairs of function and field, or just a function."""
        given = [
            {"function": each} if isinstance(each, str) else {"function": each[0], "field": each[1]} for each in metrics
        ]
        [group] = await self.groups(metrics=given, **more)
        found: dict[str, Any] = group["metrics"]
        return found
