"""The roles of members of workspaces, as an enum of the API."""

from domain.access.roles import WorkspaceRole
from graph.enums import expose

__all__ = ["WorkspaceRole"]

expose(
    WorkspaceRole,
    "A member's role in a workspace, from the most to the least powerful.",
    {
        WorkspaceRole.OWNER: "May do everything, also make other owners and delete the workspace.",
        WorkspaceRole.ADMIN: "May change bases, tables, fields and members.",
        WorkspaceRole.EDITOR: "May create, change and delete records.",
        WorkspaceRole.COMMENTER: "May read and comment.",
        WorkspaceRole.VIEWER: "May read.",
    },
)
