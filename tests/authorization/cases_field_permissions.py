"""Who may use the root fields about permissions of fields."""

from domain.access.roles import WorkspaceRole
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import base, given, ids, table
from tests.authorization.outcomes import Outcomes, members

LIST = "query ($id: ID!) { fieldPermissions(baseId: $id) { read write } }"
OF_TABLE = "query ($id: ID!) { fieldPermissions(tableId: $id) { read write } }"
SET = mutation("setFieldPermission", "fieldPermission { read write }")
READ: Outcomes = members("Query", WorkspaceRole.ADMIN)

CASES = [
    Case("Query.fieldPermissions", LIST, READ, ids(id="base"), base),
    Case("Query.fieldPermissions", OF_TABLE, READ, ids(id="table"), table, about="of a table"),
    Case(
        "Mutation.setFieldPermission",
        SET,
        members("Mutation", WorkspaceRole.ADMIN),
        given({"write": "ADMIN"}, fieldId="field"),
        table,
    ),
]
