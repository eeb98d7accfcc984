"""Who may use the root fields about records."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import table
from tests.authorization.outcomes import members
from tests.authorization.world import World

VIEWER, EDITOR = WorkspaceRole.VIEWER, WorkspaceRole.EDITOR
RECORD = "id revision fields"
FALLBACK = "id fields table { base { name } }"
"""A selection that no single statement covers."""
BAD = {"Nothing": 1, "Name": 2}
"""Values that are refused, with the names of the table's fields in the message, to those who may write."""

Variables = Mapping[str, Any]


async def record(world: World) -> None:
    """A table with a record, under `world.ids["table"]` and `["record"]`."""
    await table(world)
    given = {"input": {"tableId": world.ids["table"], "fields": {"Name": "Bolt", "Price": 1}}}
    made = await world.owner(mutation("createRecord", "record { id }"), given)
    world.ids["record"] = made["createRecord"]["record"]["id"]


def its_id(world: World, _: Caller) -> Variables:
    """The record's id."""
    return {"id": world.ids["record"]}


def its_table(world: World, _: Caller) -> Variables:
    """The table's id."""
    return {"table": world.ids["table"]}


def in_table(**rest: Any):
    """An input with the table's id."""
    return lambda world, _: {"input": {"tableId": world.ids["table"], **rest}}


def of_record(**rest: Any):
    """An input with the record's id."""
    return lambda world, _: {"input": {"id": world.ids["record"], **rest}}


def patch(fields: Mapping[str, Any], **rest: Any):
    """The input of `updateRecords` for the record."""
    return lambda world, _: {
        "input": {"tableId": world.ids["table"], "records": [{"id": world.ids["record"], "fields": fields}], **rest}
    }


def deletion(world: World, _: Caller) -> Variables:
    """The input of `deleteRecords` for the record."""
    return {"input": {"tableId": world.ids["table"], "ids": [world.ids["record"]]}}


def call(fields: Mapping[str, Any], **rest: Any):
    """The input of `transact`: one operation of each kind."""

    def variables(world: World, _: Caller) -> Variables:
        its_table = {"tableId": world.ids["table"]}
        return {
            "input": {
                "operations": [
                    {"create": {**its_table, "records": [{"fields": fields, "tempId": "a"}]}},
                    {"update": {**its_table, "records": [{"id": world.ids["record"], "fields": fields}]}},
                    {"upsert": {**its_table, "mergeOn": ["Name"], "records": [{"fields": {"Name": "y"}}]}},
                    {"delete": {**its_table, "ids": [world.ids["other"]]}},
                ],
                **rest,
            }
        }

    return variables


async def two_records(world: World) -> None:
    """The table with `record`, and with `other`."""
    await record(world)
    given = {"input": {"tableId": world.ids["table"], "fields": {"Name": "Nut"}}}
    made = await world.owner(mutation("createRecord", "record { id }"), given)
    world.ids["other"] = made["createRecord"]["record"]["id"]


def transacts(selection: str, variables: Any, about: str, refusal: str | None = None) -> Case:
    """A case of `transact`; `refusal` is what those get who may write."""
    outcomes = {caller: code or refusal for caller, code in members("Mutation", EDITOR).items()}
    return Case("Mutation.transact", mutation("transact", selection), outcomes, variables, two_records, about=about)


def writes(field: str, selection: str, variables: Any, about: str = "") -> Case:
    """A case of a mutation that editors may do."""
    outcomes = members("Mutation", EDITOR)
    return Case(f"Mutation.{field}", mutation(field, selection), outcomes, variables, record, about=about)


def refused(field: str, selection: str, variables: Any) -> Case:
    """A case of a mutation whose values nobody could write: only those who may write learn what is wrong."""
    outcomes = {caller: code or "VALIDATION_ERROR" for caller, code in members("Mutation", EDITOR).items()}
    document = mutation(field, selection)
    return Case(f"Mutation.{field}", document, outcomes, variables, record, about="with bad values")


async def selected(world: World) -> None:
    """As `record`, in a table with a select besides."""
    await record(world)
    field = {"name": "Stage", "type": "SINGLE_SELECT", "options": {"choices": ["Open"]}}
    await world.owner(
        mutation("createField", "field { id }"), {"input": {"tableId": world.ids["table"], "field": field}}
    )


MAKING = {"typecast": True, "createMissingChoices": True}
NEW = {"Name": "x", "Stage": "New"}


def creating(fields: Any, **more: Any) -> Any:
    """The input of `transact` with one create in the table."""

    def variables(world: World, _: Caller) -> Variables:
        operation = {"tableId": world.ids["table"], "records": [{"fields": fields}], **more}
        return {"input": {"operations": [{"create": operation}]}}

    return variables


def makes_choices(field: str, variables: Any) -> Case:
    """A case of a mutation that makes a choice, which changes the schema."""
    outcomes = members("Mutation", WorkspaceRole.ADMIN)
    about = "with a missing choice"
    return Case(f"Mutation.{field}", mutation(field, "eventCursor"), outcomes, variables, selected, about=about)


RECORDS = "query ($table: ID!) { records(tableId: $table%s) { totalCount nodes { %s } } }"
UNKNOWN_ORDER = {caller: code or "BAD_REQUEST" for caller, code in members("Query", VIEWER).items()}

CASES = [
    Case(
        "Query.record",
        f"query ($id: ID!) {{ record(id: $id) {{ {RECORD} }} }}",
        members("Query", VIEWER),
        its_id,
        record,
    ),
    Case(
        "Query.record",
        f"query ($id: ID!) {{ record(id: $id) {{ {FALLBACK} }} }}",
        members("Query", VIEWER),
        its_id,
        record,
        about="by resolvers",
    ),
    Case(
        "Query.node",
        f"query ($id: ID!) {{ node(id: $id) {{ ... on Record {{ {RECORD} }} }} }}",
        members("Query", VIEWER),
        its_id,
        record,
        about="of a record",
    ),
    Case("Query.records", RECORDS % ("", RECORD), members("Query", VIEWER), its_table, record),
    Case("Query.records", RECORDS % ("", FALLBACK), members("Query", VIEWER), its_table, record, about="by resolvers"),
    Case(
        "Query.records",
        RECORDS % (', orderBy: [{ field: "Nothing" }]', RECORD),
        UNKNOWN_ORDER,
        its_table,
        record,
        about="by an unknown field",
    ),
    writes("createRecord", f"record {{ {RECORD} }}", in_table(fields={"Name": "x"})),
    writes("createRecord", f"record {{ {FALLBACK} }}", in_table(fields={"Name": "x"}), "by resolvers"),
    writes("createRecord", "eventCursor", in_table(fields={}, idempotencyKey="once"), "with a key"),
    refused("createRecord", "eventCursor", in_table(fields=BAD)),
    writes("createRecords", f"records {{ {RECORD} }}", in_table(records=[{"Name": "x"}, {}])),
    refused("createRecords", "eventCursor", in_table(records=[BAD])),
    writes("updateRecord", f"record {{ {RECORD} }}", of_record(fields={"Name": "x"})),
    writes("updateRecord", "eventCursor", of_record(fields={"Name": "x"}, idempotencyKey="once"), "with a key"),
    refused("updateRecord", "eventCursor", of_record(fields=BAD)),
    writes("updateRecords", f"records {{ {RECORD} }}", patch({"Name": "x"})),
    refused("updateRecords", "eventCursor", patch(BAD)),
    writes("upsertRecords", f"records {{ {RECORD} }}", in_table(mergeOn=["Name"], records=[{"Name": "x"}])),
    refused("upsertRecords", "eventCursor", in_table(mergeOn=["Name"], records=[BAD])),
    makes_choices("createRecord", in_table(fields=NEW, **MAKING)),
    makes_choices("createRecords", in_table(records=[NEW], **MAKING)),
    makes_choices("updateRecord", of_record(fields=NEW, **MAKING)),
    makes_choices("updateRecords", patch(NEW, **MAKING)),
    makes_choices("upsertRecords", in_table(mergeOn=["Name"], records=[NEW], **MAKING)),
    makes_choices("transact", creating(NEW, **MAKING)),
    writes("deleteRecords", "deletedIds", deletion),
    transacts(f"results {{ records {{ {RECORD} }} deletedIds }} tempIds {{ id }}", call({"Name": "x"}), "of all kinds"),
    transacts(f"results {{ records {{ {FALLBACK} }} }}", call({"Name": "x"}), "by resolvers"),
    transacts("eventCursor", call({"Name": "x"}, idempotencyKey="once"), "with a key"),
    transacts(f"results {{ records {{ {RECORD} }} }}", call({"Name": "x"}, dryRun=True), "as a dry run"),
    transacts("eventCursor", call(BAD), "with bad values", "VALIDATION_ERROR"),
]
