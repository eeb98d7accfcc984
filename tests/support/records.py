"""The mutations and queries of records, as short calls on a table; each as the table's owner unless told otherwise."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.api import Api, Person, Result, bearer
from tests.support.tables import MadeTable

RECORD = "id revision fields"


class Records:
    """The records of one table through the API. `selection` is what is selected of each record."""

    def __init__(self, api: Api, table: MadeTable) -> None:
        self.api = api
        self.table = table

    async def run(self, document: str, variables: Mapping[str, Any] | None = None, as_: Person | None = None) -> Result:
        """Run any document; `$table` is declared by whoever uses it."""
        return await self.api.execute(document, variables, as_=as_ or self.table.owner)

    async def send(self, document: str, variables: str) -> Result:
        """Run a document with variables that are JSON already, for what Python cannot hold or json cannot write."""
        body = f'{{"query": {json.dumps(document)}, "variables": {variables}}}'
        headers = {"Content-Type": "application/json", **bearer(self.table.owner)}
        response = await self.api.http.post("/graphql", content=body.encode(), headers=headers)
        return Result(response.status_code, response.headers, response.json())

    async def create(self, fields: Any, *, selection: str = RECORD, as_: Person | None = None, **more: Any) -> Result:
        """createRecord."""
        return await self._mutate("createRecord", f"record {{ {selection} }}", {"fields": fields, **more}, as_)

    async def create_all(
        self, records: Any, *, selection: str = RECORD, as_: Person | None = None, **more: Any
    ) -> Result:
        """createRecords."""
        return await self._mutate("createRecords", f"records {{ {selection} }}", {"records": records, **more}, as_)

    async def update(
        self, id: Any, fields: Any, *, selection: str = RECORD, as_: Person | None = None, **more: Any
    ) -> Result:
        """updateRecord."""
        given = {"id": id, "fields": fields, **more}
        return await self._mutate("updateRecord", f"record {{ {selection} }}", given, as_, in_table=False)

    async def update_all(
        self, records: Sequence[Any], *, selection: str = RECORD, as_: Person | None = None, **more: Any
    ) -> Result:
        """updateRecords."""
        return await self._mutate("updateRecords", f"records {{ {selection} }}", {"records": records, **more}, as_)

    async def upsert(
        self, merge_on: Sequence[str], records: Any, *, selection: str = RECORD, as_: Person | None = None, **more: Any
    ) -> Result:
        """upsertRecords."""
        selected = f"records {{ {selection} }} createdIds updatedIds"
        return await self._mutate("upsertRecords", selected, {"mergeOn": merge_on, "records": records, **more}, as_)

    async def delete(self, ids: Sequence[Any], *, as_: Person | None = None, **more: Any) -> Result:
        """deleteRecords."""
        return await self._mutate("deleteRecords", "deletedIds", {"ids": ids, **more}, as_)

    async def page(self, *, selection: str = f"nodes {{ {RECORD} }}", as_: Person | None = None, **more: Any) -> Result:
        """records."""
        document = f"""
            query ($tableId: ID!, $filter: RecordFilter, $orderBy: [RecordOrder!], $search: String, $first: Int,
                   $after: String, $last: Int, $before: String) {{
              records(tableId: $tableId, filter: $filter, orderBy: $orderBy, search: $search, first: $first,
                      after: $after, last: $last, before: $before) {{ {selection} }}
            }}
        """
        return await self.run(document, {"tableId": self.table.id, **more}, as_)

    async def all(self) -> list[dict[str, Any]]:
        """The fields of the first 1,000 records in the order of creation."""
        nodes = (await self.page(first=1000)).ok["records"]["nodes"]
        return [node["fields"] for node in nodes]

    async def get(self, id: Any, *, selection: str = RECORD, as_: Person | None = None) -> Result:
        """record."""
        return await self.run(f"query ($id: ID!) {{ record(id: $id) {{ {selection} }} }}", {"id": id}, as_)

    async def _mutate(
        self, field: str, selection: str, given: Mapping[str, Any], as_: Person | None, *, in_table: bool = True
    ) -> Result:
        type = f"{field[0].upper()}{field[1:]}Input"
        document = f"mutation ($input: {type}!) {{ {field}(input: $input) {{ {selection} eventCursor }} }}"
        table = {"tableId": self.table.id} if in_table else {}
        return await self.run(document, {"input": {**table, **given}}, as_)
