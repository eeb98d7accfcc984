"""SQLAlchemy's mapped classes of the catalog, one file an entity; users' own tables are not mapped."""

from models.api_key import ApiKey
from models.application_token import ApplicationToken
from models.audit_entry import AuditEntry
from models.base import Model
from models.catalog import Base, Field, Table
from models.change import Change, ChangeHorizon
from models.field_permission import FieldPermission, limited_bases
from models.form import FormSubmission, PublishedForm
from models.group import Group, GroupMember
from models.idempotency import IdempotencyKey
from models.identity import Identity, OAuthRequest, SignInCode
from models.instance import Instance
from models.invitation import Invitation
from models.one_time_token import OneTimeToken
from models.permission import CustomPermission, PermissionGrant
from models.presence import PresenceConnection, PresenceMember, PresenceProcess
from models.record_policy import RecordPolicy
from models.role import Role, RoleGrant
from models.role_override import RoleOverride, base_members, table_members, view_members
from models.second_factor import Authenticator, Challenge, Passkey, RecoveryCode, SecondFactorFailures
from models.session import RefreshToken, Session
from models.share_link import ShareLink
from models.unique_constraint import UniqueConstraint
from models.user import User
from models.view import View
from models.view_index import ViewIndex
from models.workspace import Workspace, WorkspaceMember

__all__ = [
    "ApiKey",
    "Authenticator",
    "ApplicationToken",
    "AuditEntry",
    "Base",
    "Challenge",
    "Change",
    "ChangeHorizon",
    "CustomPermission",
    "Field",
    "FieldPermission",
    "FormSubmission",
    "Group",
    "GroupMember",
    "IdempotencyKey",
    "Identity",
    "Instance",
    "Model",
    "OAuthRequest",
    "Passkey",
    "OneTimeToken",
    "Invitation",
    "PermissionGrant",
    "PresenceConnection",
    "PresenceMember",
    "PresenceProcess",
    "PublishedForm",
    "RecordPolicy",
    "RecoveryCode",
    "RefreshToken",
    "SecondFactorFailures",
    "Role",
    "RoleGrant",
    "RoleOverride",
    "Session",
    "ShareLink",
    "SignInCode",
    "Table",
    "UniqueConstraint",
    "User",
    "View",
    "ViewIndex",
    "Workspace",
    "WorkspaceMember",
    "base_members",
    "limited_bases",
    "table_members",
    "view_members",
]
