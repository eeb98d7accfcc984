"""Whatever the policies are, every reader and writer agrees with what they say, as Python understands it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from tests.graph.data_permissions.board import Board
from tests.support.catalog import add_member, add_table

OPERATORS = {
    "EQ": lambda value, operand: value == operand,
    "NEQ": lambda value, operand: value != operand,
    "GT": lambda value, operand: value is not None and value > operand,
    "LTE": lambda value, operand: value is not None and value <= operand,
    "IN": lambda value, operand: value in operand,
    "NOT_IN": lambda value, operand: value not in operand,
}
ROLES = ("EDITOR", "COMMENTER", "VIEWER")
SCOPES = ("READ", "WRITE", "BOTH")
ME = {"me": True}


@dataclass(frozen=True)
class Policy:
    """A policy that was made."""

    roles: Sequence[str]
    applies: str
    filter: Mapping[str, Any]


def random_filter(random: Random, people: Sequence[str], depth: int = 2) -> dict[str, Any]:
    """A filter of owners and points."""
    kind = random.choice(("and", "or", "not", "leaf", "leaf")) if depth else "leaf"
    if kind == "not":
        return {"not": random_filter(random, people, depth - 1)}
    if kind != "leaf":
        return {kind: [random_filter(random, people, depth - 1) for _ in range(2)]}
    if random.random() < 0.5:
        return {"field": "Points", "operator": random.choice(("EQ", "NEQ", "GT", "LTE")), "value": random.randint(0, 4)}
    users = [ME, *people]
    if random.random() < 0.5:
        return {"field": "Owner", "operator": random.choice(("EQ", "NEQ")), "value": random.choice(users)}
    return {"field": "Owner", "operator": random.choice(("IN", "NOT_IN")), "value": random.sample(users, 2)}


def holds(filter: Mapping[str, Any], record: Mapping[str, Any], me: str) -> bool:
    """Whether a filter holds of a record, for somebody."""
    if "not" in filter:
        return not holds(filter["not"], record, me)
    for name, whether in (("and", all), ("or", any)):
        if name in filter:
            return whether(holds(each, record, me) for each in filter[name])
    value = filter["value"]
    operand = (
        [me if each == ME else each for each in value] if isinstance(value, list) else me if value == ME else value
    )
    return bool(OPERATORS[filter["operator"]](record[filter["field"]], operand))


def may(policies: Sequence[Policy], role: str, scopes: Sequence[str], record: Mapping[str, Any], me: str) -> bool:
    """Whether policies of some scopes let a role have a record."""
    mine = [each for each in policies if role in each.roles and each.applies in scopes]
    return not mine or any(holds(each.filter, record, me) for each in mine)


@pytest.mark.parametrize("seed", range(4))
async def test_every_reader_and_writer_agrees(seed: int, board: Board) -> None:
    random = Random(seed)
    other = await board.api.register()
    await add_member(board.api, board.owner, board.table.workspace_id, other, "COMMENTER")
    roles = {board.ann: "EDITOR", board.bob: "EDITOR", board.eve: "VIEWER", other: "COMMENTER"}
    people = [str(person.id) for person in roles]
    given = [
        {"Name": f"r{n}", "Owner": random.choice([None, *people]), "Points": random.choice([None, 0, 1, 2, 3, 4])}
        for n in range(12)
    ]
    olds = list(board.tasks.values())
    (await board.change("deleteRecords", as_=board.owner, tableId=board.table.id, ids=olds)).ok  # noqa: B018
    records = dict(zip(await board.add(*given), given, strict=True))
    boxes = await linked(board, list(records))
    policies = []
    for _ in range(random.randint(1, 4)):
        made = Policy(random.sample(ROLES, random.randint(1, 3)), random.choice(SCOPES), random_filter(random, people))
        await board.limit(made.filter, roles=made.roles, applies=made.applies)
        policies.append(made)

    for person, role in roles.items():
        me = str(person.id)
        seen = [id for id, each in records.items() if may(policies, role, ("READ", "BOTH"), each, me)]
        assert await read(board, person, list(records), boxes) == readings(records, seen)
    for person in (board.ann, board.bob):
        await check_writes(board, policies, person, records)


async def linked(board: Board, ids: Sequence[str]) -> str:
    """Id of a record of another table that is linked to all tasks."""
    link = {"name": "Tasks", "type": "LINKED_RECORD", "options": {"linked_table_id": str(board.table.id)}}
    table = await add_table(
        board.api, board.owner, board.table.base_id, "Boxes", [{"name": "Name", "type": "TEXT"}, link]
    )
    fields = {"Name": "box", "Tasks": list(ids)}
    made = await board.change("createRecord", "record { id }", as_=board.owner, tableId=table, fields=fields)
    return str(made.ok["createRecord"]["record"]["id"])


def readings(records: Mapping[str, Mapping[str, Any]], seen: Sequence[str]) -> dict[str, Any]:
    """What the readers say where these records are seen."""
    points = [records[id]["Points"] for id in seen if records[id]["Points"] is not None]
    return {
        "page": seen,
        "count": len(seen),
        "backward": seen,
        "found": seen,
        "sum": sum(points) if points else None,
        "groups": sorted(str(point) for point in {records[id]["Points"] for id in seen}),
        "records": seen,
        "histories": seen,
        "links": seen,
        "linked": seen,
        "linkedCount": len(seen),
    }


async def read(board: Board, person: Any, ids: Sequence[str], box: str) -> dict[str, Any]:
    """What each reader says to somebody."""
    query = """
        records(tableId: $id) { totalCount nodes { id } }
        backward: records(tableId: $id, last: 50) { nodes { id } }
        found: records(tableId: $id, search: "r", first: 50, orderBy: [{field: "$id"}]) { nodes { id } }
        all: aggregate(tableId: $id, metrics: [{function: SUM, field: "Points"}]) { nodes { metrics } }
        groups: aggregate(tableId: $id, groupBy: [{field: "Points"}], metrics: [{function: COUNT}]) { nodes { key } }
        box: record(id: $box) { fields linked(field: "Tasks") { totalCount nodes { id } } }
    """
    found = (await board.ask(query, as_=person, id=board.table.id, box=box)).ok
    single, histories = [], []
    for id in ids:
        one = await board.ask("record(id: $id) { id history(first: 5) { nodes { type } } }", as_=person, id=id)
        if one.codes == []:
            single.append(one.ok["record"]["id"])
            histories += [id] * bool(one.ok["record"]["history"]["nodes"])
        else:
            assert one.codes == ["NOT_FOUND"]
    keys = [node["key"] for node in found["groups"]["nodes"]]
    [total] = found["all"]["nodes"] or [{"metrics": {"sum_Points": None}}]
    return {
        "page": [node["id"] for node in found["records"]["nodes"]],
        "count": found["records"]["totalCount"],
        "backward": [node["id"] for node in found["backward"]["nodes"]],
        "found": [node["id"] for node in found["found"]["nodes"]],
        "sum": total["metrics"]["sum_Points"],
        "groups": sorted(str(next(iter(key.values()))) for key in keys),
        "records": single,
        "histories": histories,
        "links": [link["id"] for link in found["box"]["fields"]["Tasks"]],
        "linked": [node["id"] for node in found["box"]["linked"]["nodes"]],
        "linkedCount": found["box"]["linked"]["totalCount"],
    }


async def check_writes(
    board: Board, policies: Sequence[Policy], person: Any, records: Mapping[str, Mapping[str, Any]]
) -> None:
    """An update to other points is taken, refused or not found as the policies say, and taken back."""
    me = str(person.id)
    for id, record in records.items():
        after = {**record, "Points": 3 if record["Points"] == 1 else 1}
        is_seen, will_be_seen = (may(policies, "EDITOR", ("READ", "BOTH"), each, me) for each in (record, after))
        is_mine, will_be_mine = (may(policies, "EDITOR", ("WRITE", "BOTH"), each, me) for each in (record, after))
        allowed = is_seen and is_mine and will_be_seen and will_be_mine
        given = {"id": id, "fields": {"Points": after["Points"]}}

        codes = (await board.change("updateRecord", as_=person, **given)).codes

        assert codes == ([] if allowed else ["FORBIDDEN"] if is_seen else ["NOT_FOUND"])
        if allowed:
            back = {"id": id, "fields": {"Points": record["Points"]}}
            (await board.change("updateRecord", as_=board.owner, **back)).ok  # noqa: B018
