"""The writers: each makes mutations of one to four root fields, of which some fail, some are given up and some wait."""

import asyncio
import random
from collections.abc import Callable, Sequence
from typing import Any

from bench.soak.client import Client, Refused, Unanswered
from bench.soak.operations import Operation, Outcome, Step
from bench.soak.world import World

MOST_ALIVE = 24
"""Records of its own that a writer has; beyond, it deletes some first."""
MOST_IN_A_BATCH = 12
NOBODY = "00000000-0000-8000-8000-000000000000"
"""The id of no record."""
SECONDS_BETWEEN_TRIES = 0.1


class Writer:
    """Writes until it is told to stop. `operations` is all that it has sent; `address` chooses a server."""

    def __init__(self, name: str, seed: int, client: Client, world: World, address: Callable[[], str]) -> None:
        self.name = name
        self.operations: list[Operation] = []
        self.problems: list[str] = []
        self.retries = 0
        self._random = random.Random(f"{seed}/{name}")
        self._client = client
        self._world = world
        self._address = address
        self._alive: list[tuple[str, str]] = []
        """Table and id of the records that only this writer changes."""
        self._names = 0
        self._generation = 0
        """Of the keys for upserts: an upsert that was not answered may still be under way."""

    async def write_until(self, stopped: asyncio.Event) -> None:
        """Send one operation after the other."""
        while not stopped.is_set():
            before = list(self._alive)
            operation = self._operation()
            self.operations.append(operation)
            await self._send(operation, before)
            await asyncio.sleep(self._random.choice([0, 0.02, 0.1, 0.3, 0.6]))

    async def _send(self, operation: Operation, before: list[tuple[str, str]]) -> None:
        patience = self._random.uniform(0.001, 0.03) if self._random.random() < 0.03 else None
        try:
            async with asyncio.timeout(patience):
                data = await self._answer(operation)
        except Refused as refused:
            operation.outcome, self._alive = Outcome.ROLLED_BACK, before
            if not operation.is_meant_to_fail:
                self.problems.append(f"{self.name}: {operation.document} failed with {refused}")
        except (Unanswered, TimeoutError):  # these records are nobody's from now on: they may be gone
            self._alive = [each for each in before if each[1] not in operation.touched]
            self._generation += 1
        else:
            operation.outcome = Outcome.COMMITTED
            self._alive += operation.created(data)
            if operation.is_meant_to_fail:
                self.problems.append(f"{self.name}: {operation.document} did not fail: {operation.variables}")

    async def _answer(self, operation: Operation) -> Any:
        """The data; an operation with a key is sent until there is an answer, to whichever server."""
        while True:
            try:
                return await self._client.execute(self._address(), operation.document, operation.variables)
            except Unanswered:
                if operation.key is None:
                    raise
            self.retries += 1
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)

    def _operation(self) -> Operation:
        steps = [self._step() for _ in range(self._random.choice([1, 1, 1, 2, 3, 4]))]
        fails = self._random.random() < 0.12
        if fails:
            steps.insert(self._random.randint(0, len(steps)), self._failing())
        key = f"{self.name}/{len(self.operations)}" if self._random.random() < 0.5 else None
        return Operation(steps, fails, key)

    def _step(self) -> Step:
        table_id = self._random.choice(self._world.tables).id
        own = [id for table, id in self._alive if table == table_id]
        if own and len(self._alive) > MOST_ALIVE:
            return self._delete(table_id, own)
        choices: list[Callable[[str, Sequence[str]], Step]] = [self._create, self._update_shared]
        if own:
            choices += [self._create, self._update, self._update, self._upsert, self._delete]
        return self._random.choice(choices)(table_id, own)

    def _create(self, table_id: str, _: Sequence[str]) -> Step:
        records = [self._fields() for _ in range(self._random.choice([1, 1, 2, MOST_IN_A_BATCH]))]
        names = [record["Name"] for record in records]
        if len(records) == 1:
            return Step("createRecord", table_id, {"tableId": table_id, "fields": records[0]}, names)
        return Step("createRecords", table_id, {"tableId": table_id, "records": records}, names)

    def _update(self, table_id: str, own: Sequence[str]) -> Step:
        ids = self._some(own)
        values = [self._fields() for _ in ids]
        names = [fields["Name"] for fields in values]
        patches = [{"id": id, "fields": fields} for id, fields in zip(ids, values, strict=True)]
        if len(ids) == 1:
            return Step("updateRecord", table_id, patches[0], names, touched=ids)
        return Step("updateRecords", table_id, {"tableId": table_id, "records": patches}, names, touched=ids)

    def _update_shared(self, table_id: str, _: Sequence[str]) -> Step:
        """Change a record that others change too, and whose lock somebody may hold for long."""
        [table] = [table for table in self._world.tables if table.id == table_id]
        fields = self._fields()
        patch = {"id": self._random.choice(table.shared_ids), "fields": fields}
        return Step("updateRecord", table_id, patch, [fields["Name"]])

    def _upsert(self, table_id: str, _: Sequence[str]) -> Step:
        """Create a record, or change one that another upsert of this writer has made, if that still lives."""
        key = f"{self.name}/{self._generation}/{self._random.randint(1, 4)}"
        record = {**self._fields(), "Key": key}
        given = {"tableId": table_id, "mergeOn": ["Key"], "records": [record]}
        return Step("upsertRecords", table_id, given, [record["Name"]])

    def _delete(self, table_id: str, own: Sequence[str]) -> Step:
        ids = self._some(own)
        self._alive = [each for each in self._alive if each[1] not in ids]
        return Step("deleteRecords", table_id, {"tableId": table_id, "ids": ids}, deleted=ids, touched=ids)

    def _failing(self) -> Step:
        table_id = self._random.choice(self._world.tables).id
        wrong = {"tableId": table_id, "fields": {"Count": "not a number"}}
        missing = {"id": NOBODY, "fields": {"Count": 1}}
        return self._random.choice([Step("createRecord", table_id, wrong), Step("updateRecord", table_id, missing)])

    def _some(self, ids: Sequence[str]) -> list[str]:
        return self._random.sample(ids, min(len(ids), self._random.randint(1, 6)))

    def _fields(self) -> dict[str, Any]:
        """Values with a name that no other version of any record has."""
        self._names += 1
        name = f"{self.name}-{self._names}"
        counted = {"Count": self._random.randint(0, 3)} if self._random.random() < 0.5 else {}
        return {"Name": name, **counted}
