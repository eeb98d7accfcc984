"""What subscribers say to our server, and what is written for them all to hear.

Subscriptions have ids of their own, as those of real clients have.
"""

import random
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from bench.dataset import parts
from bench.frames import frame
from bench.listener import Seat
from bench.requests import graphql
from bench.world import World

EVENTS = """
subscription ($table: ID!) {
  recordEvents(tableId: $table) { cursor type recordId changedFields record { id fields } }
}
"""


def seats(world: World, document: str, variables: Sequence[Sequence[Mapping[str, Any]]]) -> Sequence[Seat]:
    """A socket for each item, which subscribes once for each of its variables; the people take turns."""
    ids = _ids()
    people = [world.people[number % len(world.people)] for number in range(len(variables))]
    return [_seat(token, document, each, ids) for token, each in zip(people, variables, strict=True)]


def _seat(token: str, document: str, variables: Sequence[Mapping[str, Any]], ids: Iterator[str]) -> Seat:
    greeting = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
    wishes = [
        {"id": next(ids), "type": "subscribe", "payload": {"query": document, "variables": each}} for each in variables
    ]
    return Seat(frame(orjson.dumps(greeting)), b"".join(frame(orjson.dumps(wish)) for wish in wishes), len(wishes))


def _ids() -> Iterator[str]:
    chance = random.Random(3)
    while True:
        yield str(uuid.UUID(int=chance.getrandbits(128), version=4))


def create_in_all(world: World, tables: Sequence[str]) -> bytes:
    """One request that creates a record in each table."""
    fields = next(parts(1)).fields
    names = [f"t{number}" for number in range(len(tables))]
    declared = ", ".join(f"${name}: ID!" for name in names)
    roots = " ".join(
        f"{name}: createRecord(input: {{tableId: ${name}, fields: $fields}}) {{ eventCursor }}" for name in names
    )
    variables = dict(zip(names, tables, strict=True)) | {"fields": fields}
    return graphql(world.api.token, f"mutation ({declared}, $fields: JSON!) {{ {roots} }}", variables)
