"""SQLAlchemy's mapped classes of the catalog, one file an entity; users' own tables are not mapped."""

from models.api_key import ApiKey
from models.audit_entry import AuditEntry
from models.base import Model
from models.catalog import Base, Field, Table
from models.change import Change, ChangeHorizon
from models.form import FormSubmission, PublishedForm
from models.group import Group, GroupMember
from models.idempotency import IdempotencyKey
from models.invitation import Invitation
from models.permission import CustomPermission, PermissionGrant
from models.presence import PresenceConnection, PresenceMember, PresenceProcess
from models.role import Role, RoleGrant
from models.session import RefreshToken, Session
from models.unique_constraint import UniqueConstraint
from models.user import User
from models.view import View
from models.view_index import ViewIndex
from models.workspace import Workspace, WorkspaceMember

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Base",
    "Change",
    "ChangeHorizon",
    "CustomPermission",
    "Field",
    "FormSubmission",
    "Group",
    "GroupMember",
    "IdempotencyKey",
    "Invitation",
    "Model",
    "PermissionGrant",
    "PresenceConnection",
    "PresenceMember",
    "PresenceProcess",
    "PublishedForm",
    "RefreshToken",
    "Role",
    "RoleGrant",
    "Session",
    "Table",
    "UniqueConstraint",
    "User",
    "View",
    "ViewIndex",
    "Workspace",
    "WorkspaceMember",
]
