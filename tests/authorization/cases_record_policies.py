"""Who may use the root fields about policies of records."""

from domain.access.roles import WorkspaceRole
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import given, ids, table
from tests.authorization.outcomes import Outcomes, members
from tests.authorization.world import World

FILTER = {"field": "$createdBy", "operator": "EQ", "value": {"me": True}}
NEW = {"name": "Mine", "roles": ["EDITOR"], "applies": "BOTH", "filter": FILTER}
LIST = "query ($id: ID!) { table(id: $id) { recordPolicies { name } } }"
CREATE = mutation("createRecordPolicy", "recordPolicy { name }")
UPDATE = mutation("updateRecordPolicy", "recordPolicy { name }")
DELETE = mutation("deleteRecordPolicy", "deletedId")
CHANGE: Outcomes = members("Mutation", WorkspaceRole.ADMIN)


async def policy(world: World) -> None:
    """A policy of a table, under `world.ids["policy"]`."""
    await table(world)
    made = await world.owner(
        mutation("createRecordPolicy", "recordPolicy { id }"), {"input": {"tableId": world.ids["table"], **NEW}}
    )
    world.ids["policy"] = made["createRecordPolicy"]["recordPolicy"]["id"]


CASES = [
    Case(
        "Query.table", LIST, members("Query", WorkspaceRole.ADMIN), ids(id="table"), policy, about="with its policies"
    ),
    Case("Mutation.createRecordPolicy", CREATE, CHANGE, given(NEW, tableId="table"), table),
    Case("Mutation.updateRecordPolicy", UPDATE, CHANGE, given({"name": "Ours"}, id="policy"), policy),
    Case("Mutation.deleteRecordPolicy", DELETE, CHANGE, given({}, id="policy"), policy),
]
