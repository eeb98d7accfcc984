"""Root fields of Query about the audit log."""

from typing import Annotated

import strawberry

from graph.audit.types import AuditEntryConnection, AuditFilter
from graph.id_pages import AfterPlace, FirstItems, read_page_request
from graph.info import Info
from graph.node import read_id
from resolvers.audit.reading import AuditFilter as Wanted
from resolvers.audit.reading import read_audit_log, read_workspace_audit_log

FilterArgument = Annotated[
    AuditFilter | None, strawberry.argument(name="filter", description="Only entries for which this holds.")
]


@strawberry.type
class AuditQueries:
    """Who did what to accounts, rights and memberships."""

    @strawberry.field(
        description="The audit log of the whole server, the newest entry first. Needs `audit:read`, and a session."
    )
    async def audit_log(
        self, info: Info, filter_: FilterArgument = None, first: FirstItems = None, after: AfterPlace = None
    ) -> AuditEntryConnection:
        page = read_page_request(first, after, info.context.services.limits)
        found = await read_audit_log(info.context, _wanted(filter_), page)
        return AuditEntryConnection.from_page(found, shows_origin=True)

    @strawberry.field(
        description="The entries of the audit log that concern a workspace, the newest first. Needs the role ADMIN."
    )
    async def workspace_audit_log(
        self,
        info: Info,
        workspace_id: Annotated[strawberry.ID, strawberry.argument(description="Id of the workspace.")],
        filter_: FilterArgument = None,
        first: FirstItems = None,
        after: AfterPlace = None,
    ) -> AuditEntryConnection:
        page = read_page_request(first, after, info.context.services.limits)
        id = read_id(workspace_id, "workspaceId")
        found = await read_workspace_audit_log(info.context, id, _wanted(filter_), page)
        return AuditEntryConnection.from_page(found, shows_origin=False)


def _wanted(given: AuditFilter | None) -> Wanted:
    return Wanted() if given is None else given.read()
