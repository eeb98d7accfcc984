"""`createMissingChoices` in a call: choices that its values name and fields lack are made in its transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asyncpg import Connection

from adapters.database import Database
from tests.authorization.snapshot import Snapshot, snapshot
from tests.graph.accounts.keys import key_of
from tests.graph.records.conftest import member_of
from tests.graph.transact.conftest import ANSWER, Calls, Operation, create, delete, update, upsert
from tests.support.api import Api, Result
from tests.support.catalog import mutate, update_field
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable

MAKING = {"typecast": True, "createMissingChoices": True}
STATUS = {"choices": ["Open", "Done"]}


@pytest.fixture
async def calls(calls: Calls) -> Calls:
    """Companies and people have a status, and companies have tags."""
    world = calls.world
    for records in (world.companies, world.people):
        assert (await world.add_field(records, "Status", "SINGLE_SELECT", STATUS)).ok
    assert (await world.add_field(world.companies, "Tags", "MULTI_SELECT")).ok
    return calls


@pytest.fixture
def state(database: Database) -> Callable[[], Awaitable[Snapshot]]:
    """`await state()` is all that the database holds."""
    return lambda: snapshot(database)


async def choices(calls: Calls, records: Records, field: str = "Status") -> list[str]:
    """The names of a field's choices."""
    options = (await calls.world.fields(records))[field]["options"]
    return [choice["name"] for choice in options["choices"]]


def change(records: Records, id: str, fields: Any) -> Operation:
    """An update that makes choices."""
    operation = dict(update(records, id, fields)["update"])
    return {"update": {**operation, **MAKING}}


def names(result: Any) -> list[list[str]]:
    """The statuses of the records of each operation."""
    return [[record["fields"]["Status"] for record in each["records"]] for each in result["results"]]


async def test_all_operations_of_a_call_make_them_together(calls: Calls) -> None:
    world = calls.world
    [acme, best] = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Best"})
    done = await calls.done(
        create(world.people, {"Name": "Ann", "Status": "Away"}, {"Name": "Ben", "Status": " AWAY"}, **MAKING),
        change(world.companies, acme, {"Status": "Late", "Tags": "hot, cold"}),
        upsert(
            world.companies, "Name", {"Name": "Best", "Status": "late"}, {"Name": "New", "Status": "Gone"}, **MAKING
        ),
        create(world.companies, {"Name": "Plain", "Status": "Open"}),
    )
    assert names(done) == [["Away", "Away"], ["Late"], ["Late", "Gone"], ["Open"]]
    assert done["results"][2]["updatedIds"] == [best]
    assert await choices(calls, world.people) == ["Open", "Done", "Away"]
    assert await choices(calls, world.companies) == ["Open", "Done", "Late", "Gone"]
    assert await choices(calls, world.companies, "Tags") == ["hot", "cold"]


async def test_an_operation_that_does_not_ask_is_refused_beside_one_that_does(calls: Calls, state: Any) -> None:
    world = calls.world
    before = await state()
    refused = await calls.send(
        create(world.people, {"Status": "Away"}, **MAKING), create(world.companies, {"Status": "Late"}, typecast=True)
    )
    problem = refusal(refused, "VALIDATION_ERROR")
    assert (problem["operationIndex"], len(problem["errors"])) == (1, 1)
    assert await state() == before


async def test_it_takes_typecast(calls: Calls, state: Any) -> None:
    world = calls.world
    before = await state()
    asked = create(world.people, {"Status": "Away"}, createMissingChoices=True)
    refused = await calls.send(create(world.people, {"Name": "x"}), asked)
    assert refusal(refused, "BAD_REQUEST")["operationIndex"] == 1
    assert refused.errors[0]["message"] == "Operation 1: createMissingChoices goes with `typecast: true` only."
    assert await state() == before


async def test_it_takes_the_right_to_change_the_schema(api: Api, calls: Calls, state: Any) -> None:
    world = calls.world
    editor = await member_of(api, world.people.table, "EDITOR")
    before = await state()
    plain, asked = create(world.people, {"Name": "x"}), create(world.people, {"Status": "Away"}, **MAKING)
    refused = await calls.send(plain, asked, as_=editor)
    assert refusal(refused, "FORBIDDEN")["operationIndex"] == 1
    assert await state() == before
    assert names(await calls.done(create(world.people, {"Status": "open"}, **MAKING), as_=editor)) == [["Open"]]


async def test_it_takes_the_scope_for_it(api: Api, calls: Calls) -> None:
    world = calls.world
    key = await key_of(api, world.owner, scopes=["write"])
    given = {"operations": [create(world.people, {"Status": "open"}, **MAKING)]}
    refused = await key.mutate("transact", "mutationId", given)
    assert refused.codes == ["FORBIDDEN"]
    assert refused.errors[0]["message"] == "Operation 0: This API key lacks the scope 'schema'; it has: write."


async def test_nothing_is_made_for_a_call_that_is_refused_anyway(calls: Calls, state: Any) -> None:
    world = calls.world
    before = await state()
    refused = await calls.send(
        create(world.people, {"Status": "Away"}, **MAKING), create(world.people, {"Age": "old"}, **MAKING)
    )
    problem = refusal(refused, "VALIDATION_ERROR")
    assert [(each["operationIndex"], each["recordIndex"]) for each in problem["errors"]] == [(1, 0)]
    assert await state() == before


async def test_what_can_be_no_choice_is_refused_where_it_stands(calls: Calls, state: Any) -> None:
    world = calls.world
    await update_field(world.api, world.people.table, "Name", isRequired=False)
    await _fill(calls, world.people, 999)
    before = await state()
    refused = await calls.send(
        create(world.companies, {"Status": "x" * 256}, **MAKING),
        create(world.people, {"Status": "a"}, {"Status": "A"}, {"Status": "b"}, **MAKING),
    )
    problem = refusal(refused, "VALIDATION_ERROR")
    assert [(each["operationIndex"], each["recordIndex"]) for each in problem["errors"]] == [(0, 0), (1, 2)]
    assert problem["errors"][1]["loc"] == ["operations", 1, "create", "records", 2, "fields", "Status"]
    assert problem["errors"][1]["msg"] == "A field has at most 1,000 choices; this one has 999 already."
    assert await state() == before


async def _fill(calls: Calls, records: Records, count: int) -> None:
    fields = await calls.world.fields(records)
    table = records.table
    table = MadeTable(table.owner, table.workspace_id, table.base_id, table.id, {"Status": fields["Status"]["id"]})
    await update_field(calls.world.api, table, "Status", options={"choices": [f"c{i}" for i in range(count)]})


async def test_calls_that_miss_the_same_choice_make_it_once(calls: Calls) -> None:
    world = calls.world
    operations = [
        create(world.people, {"Status": "Away"}, **MAKING),
        create(world.companies, {"Status": "Late"}, **MAKING),
    ]
    done = await asyncio.gather(*(calls.done(*operations) for _ in range(6)))
    assert [names(each) for each in done] == [[["Away"], ["Late"]]] * 6
    assert await choices(calls, world.people) == ["Open", "Done", "Away"]
    assert await choices(calls, world.companies) == ["Open", "Done", "Late"]


async def test_calls_over_two_bases_do_not_stand_in_each_others_way(calls: Calls, pg: Connection) -> None:
    """Each lacks a choice in one base, and writes in both: who holds one base must not wait for the other."""
    world = calls.world
    other = await _other_base(calls)
    here = create(world.companies, {"Status": "Late"}, **MAKING), create(other, {"Status": "Open"}, **MAKING)
    there = create(other, {"Status": "Late"}, **MAKING), create(world.companies, {"Status": "Open"}, **MAKING)
    before = await pg.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")

    done = await asyncio.gather(*(calls.send(*each) for each in (here, there) * 3))

    assert [each.codes for each in done] == [[]] * 6
    assert await choices(calls, world.companies) == ["Open", "Done", "Late"]
    assert await choices(calls, other) == ["Open", "Late"]
    after = await pg.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert before == after


async def _other_base(calls: Calls) -> Records:
    world = calls.world
    into = {"workspaceId": world.people.table.workspace_id, "name": "Other"}
    base = (await mutate(world.api, "createBase", "base { id }", into, as_=world.owner)).ok["createBase"]["base"]["id"]
    status = {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": ["Open"]}}
    made = {"baseId": base, "name": "Others", "fields": [{"name": "Name", "type": "TEXT"}, status]}
    table = (await mutate(world.api, "createTable", "table { id }", made, as_=world.owner)).ok["createTable"]["table"]
    return Records(world.api, MadeTable(world.owner, world.people.table.workspace_id, base, table["id"], {}))


async def test_a_dry_run_makes_none(calls: Calls, state: Any) -> None:
    world = calls.world
    before = await state()
    operation = create(world.people, {"Name": "Ann", "Status": "Away"}, **MAKING)
    tried = await calls.done(operation, dryRun=True)
    assert (names(tried), tried["mutationId"]) == ([["Away"]], None)
    assert await state() == before
    assert names(await calls.done(operation)) == [["Away"]]
    assert await choices(calls, world.people) == ["Open", "Done", "Away"]


async def test_what_a_dry_run_has_made_is_forgotten_by_the_rest_of_the_operation(calls: Calls) -> None:
    world = calls.world
    document = f"""
        mutation ($dry: TransactInput!, $real: TransactInput!, $none: CreateRecordInput!) {{
          a: transact(input: $dry) {{ {ANSWER} }}
          b: transact(input: $real) {{ {ANSWER} }}
          c: createRecord(input: $none) {{ record {{ fields table {{ fields {{ name options }} }} }} }}
        }}
    """

    def run(last: str) -> Awaitable[Result]:
        given = {
            "dry": {"operations": [create(world.people, {"Status": "Tried"}, **MAKING)], "dryRun": True},
            "real": {"operations": [create(world.people, {"Status": "Away"}, **MAKING)]},
            "none": {"tableId": world.people.table.id, "fields": {"Status": last}, "typecast": True},
        }
        return world.people.run(document, given)

    assert (await run("Tried")).codes == ["VALIDATION_ERROR"]
    done = (await run("away")).ok
    assert (names(done["a"]), names(done["b"])) == ([["Tried"]], [["Away"]])
    assert done["c"]["record"]["fields"]["Status"] == "Away"
    fields = {field["name"]: field for field in done["c"]["record"]["table"]["fields"]}
    assert [each["name"] for each in fields["Status"]["options"]["choices"]] == ["Open", "Done", "Away"]
    assert await choices(calls, world.people) == ["Open", "Done", "Away"]


async def test_a_key_makes_them_once(calls: Calls) -> None:
    world = calls.world
    operation = create(world.people, {"Name": "Ann", "Status": "Away"}, **MAKING)
    first = await calls.done(operation, idempotencyKey="k")
    assert await calls.done(operation, idempotencyKey="k") == first
    assert len(await world.people.all()) == 1
    plain = create(world.people, {"Name": "Ann", "Status": "Away"}, typecast=True)
    assert (await calls.send(plain, idempotencyKey="k")).codes == ["CONFLICT"]


async def test_a_call_that_lacks_none_runs_the_same_statements(calls: Calls) -> None:
    world = calls.world
    await calls.done(create(world.people, {"Status": "Open"}, typecast=True))
    seen = []
    for more in ({"typecast": True}, MAKING):
        with StatementLog(world.api.services.database) as log:
            await calls.done(create(world.people, {"Status": "Open"}, **more))
        seen.append(log.texts)
    assert seen[0] == seen[1]


async def test_choices_are_a_mutation_of_their_own_in_the_log_and_the_audit(calls: Calls, pg: Connection) -> None:
    world = calls.world
    [old] = await world.add(world.people, {"Name": "Old"})
    last = await pg.fetchval("SELECT max(seq) FROM changes")
    done = await calls.done(create(world.people, {"Status": "Away"}, **MAKING), delete(world.people, old))
    told = await pg.fetch("SELECT kind, mutation_id::text AS mutation FROM changes WHERE seq > $1 ORDER BY seq", last)
    mutations = {each["mutation"]: each["kind"] for each in told if each["kind"] in ("field", "record")}
    assert list(mutations.values()) == ["field", "record"]
    assert mutations[done["mutationId"]] == "record"
    audited = await pg.fetch("SELECT details ->> 'choices' FROM audit_entries WHERE action = 'field.choices_added'")
    assert [row[0] for row in audited] == ['["Away"]']
    undone = await mutate(world.api, "undo", "deletedIds", {"mutationId": done["mutationId"]}, as_=world.owner)
    assert len(undone.ok["undo"]["deletedIds"]) == 1
    assert await choices(calls, world.people) == ["Open", "Done", "Away"]
