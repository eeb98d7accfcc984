"""Who may import files: rows for a table need a writer, new bases, tables and fields an admin."""

from domain.access.roles import WorkspaceRole
from tests.authorization.case import Case, Prepare, mutation, nothing
from tests.authorization.cases_catalog import base, given, table
from tests.authorization.cases_records import selected
from tests.authorization.outcomes import members

LATE = {"content": "Stage\nNew\n"}
FILE = {"fileName": "data.csv", "content": "Name,Price\nx,1\n"}
DOCUMENT = mutation("importRecords", "rowCount")


def _import(about: str, least: WorkspaceRole, where: str, prepare: Prepare, **more: object) -> Case:
    """The import of two columns to where `world.ids[where]` is."""
    variables = given({**FILE, **more}, **{f"{where}Id": where})
    return Case("Mutation.importRecords", DOCUMENT, members("Mutation", least), variables, prepare, about=about)


CASES = [
    _import("into a table", WorkspaceRole.EDITOR, "table", table),
    _import("with new fields", WorkspaceRole.ADMIN, "table", table, createMissingFields=True),
    _import("with a missing choice", WorkspaceRole.ADMIN, "table", selected, **LATE, createMissingChoices=True),
    _import("of a new table", WorkspaceRole.ADMIN, "base", base),
    _import("of a new base", WorkspaceRole.ADMIN, "workspace", nothing),
]
