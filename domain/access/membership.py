"""The joins by which all statements over records find the caller's role."""

from domain.access.roles import Action, roles_that_may
from domain.bases.catalog import TableMeta


def join_member(table: TableMeta, user: str) -> str:
    """A join that adds `m`, with the caller's role, to the base `b` of a table; no row for who may not see the table.

    It is the role in the workspace, but for callers whose role is another one somewhere in the base.
    """
    if table.profile is None:
        return f"JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = {user}"
    return f"JOIN table_members m ON m.table_id = '{table.id}'::uuid AND m.user_id = {user}"


def join_form(form: str) -> str:
    """A join that adds `m`, with the least role that writes records; no row for a form that is not published.

    It is for what comes through the form, whoever sends it.
    """
    least = roles_that_may(Action.WRITE_RECORDS)[-1].value
    return f"JOIN published_forms f ON f.view_id = {form} CROSS JOIN (VALUES ('{least}')) m(role)"
