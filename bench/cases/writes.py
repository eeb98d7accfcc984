"""Writes of records: one at a time, and batches."""

import random
from collections.abc import Sequence
from typing import Any

import orjson

from bench.cases.against_bare import against_bare, answer
from bench.cases.contract import Case, Line
from bench.dataset import CHOICES, parts
from bench.duel import Pace
from bench.requests import ANY_NUMBER, counting, graphql, send
from bench.world import World

CREATE = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }"
CREATE_MANY = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { records { id } } }"
UPDATE = "mutation ($input: UpdateRecordInput!) { updateRecord(input: $input) { record { id } } }"


def create(world: World, pace: Pace) -> Sequence[Line]:
    """Create a record."""
    table = world.written.id
    fields = [part.fields for part in parts(1_000, seed=2)]
    ours = [graphql(world.api.token, CREATE, {"input": {"tableId": table, "fields": each}}) for each in fields]
    bare = [send("POST", "/parts", orjson.dumps(each)) for each in fields]
    _check_shape(world, ours[0], bare[0])
    return [against_bare(world, pace, "createRecord, one record", ours, bare, target=0.45)]


def update(world: World, pace: Pace) -> Sequence[Line]:
    """Change two fields of a record, to another number each time."""
    chance = random.Random(2)
    ours, bare = [], []
    for id in chance.sample(world.written.record_ids, 2_000):
        fields = {"Quantity": ANY_NUMBER, "Status": chance.choice(CHOICES)}
        ours.append(counting(graphql(world.api.token, UPDATE, {"input": {"id": str(id), "fields": fields}})))
        bare.append(counting(send("PATCH", f"/parts/{id}", orjson.dumps(fields))))
    assert answer(world, world.ours, ours[0]) == answer(world, world.bare, bare[0])
    return [against_bare(world, pace, "updateRecord, one record", ours, bare, target=0.45)]


def create_many(count: int) -> Case:
    """Create so many records in one call."""

    def run(world: World, pace: Pace) -> Sequence[Line]:
        table = world.written.id
        batches = [[part.fields for part in parts(count, seed)] for seed in range(10)]
        ours = [
            graphql(world.api.token, CREATE_MANY, {"input": {"tableId": table, "records": each}}) for each in batches
        ]
        bare = [send("POST", "/batches", orjson.dumps(each)) for each in batches]
        _check_shape(world, ours[0], bare[0])
        title = f"createRecords, {count:,} records"
        return [against_bare(world, pace, title, ours, bare, target=0.35, rows=count)]

    return Case(f"batch{count}", run)


def _check_shape(world: World, ours: bytes, bare: bytes) -> None:
    """Both answer ids, different ones."""
    one, other = answer(world, world.ours, ours), answer(world, world.bare, bare)
    assert _without_ids(one) == _without_ids(other), f"{one} is not {other}"


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: len(item) if key == "id" else _without_ids(item) for key, item in value.items()}
    return [_without_ids(item) for item in value] if isinstance(value, list) else value


CASES = (Case("create", create), Case("update", update), create_many(100), create_many(1_000))
