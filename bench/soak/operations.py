"""Mutations with what they are meant to change, so that it can be told later whether the log says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

SELECTIONS = {
    "createRecords": "records { id }",
    "createRecord": "record { id }",
    "updateRecords": "records { id }",
    "updateRecord": "record { id }",
    "upsertRecords": "createdIds",
    "deleteRecords": "deletedIds",
}


class Outcome(Enum):
    """What became of an operation. `UNKNOWN`: it was not answered, so it is done whole or not at all."""

    UNKNOWN = "unknown"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"


@dataclass(frozen=True, slots=True)
class Step:
    """One root field: a mutation and its input, the names it gives to records and the records that it deletes."""

    mutation: str
    table_id: str
    given: Mapping[str, Any]
    names: Sequence[str] = ()
    deleted: Sequence[str] = ()
    touched: Sequence[str] = ()
    """Records that were there before."""


@dataclass(slots=True)
class Operation:
    """The root fields of one mutation; with a `key` it may be sent again until it is answered."""

    steps: Sequence[Step]
    is_meant_to_fail: bool
    key: str | None
    outcome: Outcome = Outcome.UNKNOWN

    @property
    def names(self) -> list[str]:
        """All names that it gives."""
        return [name for step in self.steps for name in step.names]

    @property
    def deleted(self) -> list[str]:
        """Ids of all records that it deletes."""
        return [id for step in self.steps for id in step.deleted]

    @property
    def touched(self) -> set[str]:
        """Ids of the records that it may have changed."""
        return {id for step in self.steps for id in step.touched}

    @property
    def document(self) -> str:
        """Its GraphQL document: the fields are `s0`, `s1`, …, and so are their variables."""
        variables, fields = [], []
        for number, step in enumerate(self.steps):
            name = step.mutation
            variables.append(f"$s{number}: {name[0].upper()}{name[1:]}Input!")
            fields.append(f"s{number}: {name}(input: $s{number}) {{ {SELECTIONS[name]} eventCursor }}")
        return f"mutation ({', '.join(variables)}) {{ {' '.join(fields)} }}"

    @property
    def variables(self) -> dict[str, Any]:
        """The inputs."""
        keys = [{} if self.key is None else {"idempotencyKey": f"{self.key}/{i}"} for i in range(len(self.steps))]
        return {f"s{i}": {**step.given, **keys[i]} for i, step in enumerate(self.steps)}

    def created(self, data: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Table and id of each record that was created, told by the answer."""
        found: list[tuple[str, str]] = []
        for number, step in enumerate(self.steps):
            payload = data[f"s{number}"]
            match step.mutation:
                case "createRecord":
                    ids = [payload["record"]["id"]]
                case "createRecords":
                    ids = [record["id"] for record in payload["records"]]
                case "upsertRecords":
                    ids = payload["createdIds"]
                case _:
                    ids = []
            found += [(step.table_id, id) for id in ids]
        return found
