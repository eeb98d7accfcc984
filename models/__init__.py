"""SQLAlchemy's mapped classes of the catalog, one file an entity; users' own tables are not mapped."""

from models.api_key import ApiKey
from models.application_token import ApplicationToken
from models.audit_entry import AuditEntry
from models.automation import Automation, AutomationAction
from models.automation_run import AutomationPace, AutomationRun, AutomationRunStep
from models.base import Model
from models.catalog import Base, Field, Table
from models.change import Change, ChangeHorizon
from models.field_permission import FieldPermission, limited_bases
from models.follower import LogFollower
from models.form import FormSubmission, PublishedForm
from models.function_call import FunctionCall
from models.group import Group, GroupMember
from models.idempotency import IdempotencyKey
from models.identity import Identity, OAuthRequest, SignInCode
from models.incoming_webhook import IncomingRequest, IncomingWebhook
from models.instance import Instance
from models.invitation import Invitation
from models.one_time_token import OneTimeToken
from models.permission import CustomPermission, PermissionGrant
from models.presence import PresenceConnection, PresenceMember, PresenceProcess
from models.record_policy import RecordPolicy
from models.role import Role, RoleGrant
from models.role_override import RoleOverride, base_members, table_members, view_members
from models.schedule import Schedule
from models.second_factor import Authenticator, Challenge, Passkey, RecoveryCode, SecondFactorFailures
from models.session import RefreshToken, Session
from models.share_link import ShareLink
from models.timer import Timer
from models.unique_constraint import UniqueConstraint
from models.user import User
from models.view import View
from models.view_index import ViewIndex
from models.webhook import Webhook, WebhookAttempt, WebhookDelivery
from models.workspace import Workspace, WorkspaceMember

__all__ = [
    "ApiKey",
    "Authenticator",
    "ApplicationToken",
    "AuditEntry",
    "Automation",
    "AutomationAction",
    "AutomationPace",
    "AutomationRun",
    "AutomationRunStep",
    "Base",
    "Challenge",
    "Change",
    "ChangeHorizon",
    "CustomPermission",
    "Field",
    "FieldPermission",
    "FormSubmission",
    "FunctionCall",
    "Group",
    "GroupMember",
    "IdempotencyKey",
    "Identity",
    "IncomingRequest",
    "IncomingWebhook",
    "Instance",
    "LogFollower",
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
    "Schedule",
    "Session",
    "ShareLink",
    "SignInCode",
    "Table",
    "Timer",
    "UniqueConstraint",
    "User",
    "View",
    "ViewIndex",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
    "Workspace",
    "WorkspaceMember",
    "base_members",
    "limited_bases",
    "table_members",
    "view_members",
]
