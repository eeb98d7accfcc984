"""The GraphQL schema: every area's root fields, put together."""

from functools import cache

import strawberry
from strawberry.schema.config import StrawberryConfig

from graph.accounts.mutations import AccountMutations
from graph.accounts.queries import AccountQueries
from graph.application_tokens.mutations import ApplicationTokenMutations
from graph.application_tokens.queries import ApplicationTokenQueries
from graph.audit.queries import AuditQueries
from graph.automations.mutations import AutomationMutations
from graph.automations.queries import AutomationQueries
from graph.automations.run_mutations import AutomationRunMutations
from graph.automations.subscriptions import AutomationSubscriptions
from graph.bases.mutations import BaseMutations
from graph.bases.queries import BaseQueries
from graph.changes.queries import ChangeQueries
from graph.changes.schema_events import SchemaSubscriptions
from graph.changes.subscriptions import ChangeSubscriptions
from graph.constraints.mutations import ConstraintMutations
from graph.constraints.queries import ConstraintQueries
from graph.data_permissions.mutations import DataPermissionMutations
from graph.data_permissions.policies import RecordPolicyMutations
from graph.data_permissions.queries import DataPermissionQueries
from graph.errors import ErrorCode
from graph.execution.conversion import prepare_inputs
from graph.execution.executor import GraftingExecutor
from graph.fields.mutations import FieldMutations
from graph.fields.queries import FieldQueries
from graph.forms.mutations import FormMutations
from graph.forms.queries import FormQueries
from graph.functions.mutations import FunctionMutations
from graph.functions.queries import FunctionQueries
from graph.history.mutations import HistoryMutations
from graph.history.queries import TrashQueries
from graph.imports.mutations import ImportMutations
from graph.incoming_webhooks.mutations import IncomingWebhookMutations
from graph.incoming_webhooks.queries import IncomingWebhookQueries
from graph.instance.mutations import InstanceMutations
from graph.instance.queries import InstanceQueries
from graph.invitations.mutations import InvitationMutations
from graph.invitations.queries import InvitationQueries
from graph.jobs.mutations import JobMutations
from graph.jobs.queries import JobQueries
from graph.live.subscriptions import LiveSubscriptions
from graph.members.mutations import MemberMutations
from graph.members.queries import MemberQueries
from graph.nodes.queries import NodeQueries
from graph.oauth.mutations import OAuthMutations
from graph.oauth.queries import OAuthQueries
from graph.permissions.mutations import PermissionMutations
from graph.permissions.queries import PermissionQueries
from graph.presence.mutations import PresenceMutations
from graph.presence.queries import PresenceQueries, PresenceSubscriptions
from graph.records.aggregates.queries import AggregateQueries
from graph.records.mutations import RecordMutations
from graph.records.queries import RecordQueries
from graph.scalars import SCALARS
from graph.schedules.mutations import ScheduleMutations
from graph.schedules.queries import ScheduleQueries
from graph.second_factor.mutations import SecondFactorMutations
from graph.second_factor.queries import SecondFactorQueries
from graph.self_service.mutations import SelfServiceMutations
from graph.self_service.queries import SelfServiceQueries
from graph.sharing.mutations import SharingMutations
from graph.sharing.queries import SharingQueries
from graph.tables.mutations import TableMutations
from graph.tables.queries import TableQueries
from graph.transact.mutations import TransactMutations
from graph.users.mutations import UserMutations
from graph.users.queries import UserQueries
from graph.views.mutations import ViewMutations
from graph.views.queries import ViewQueries
from graph.webhooks.mutations import WebhookMutations
from graph.webhooks.queries import WebhookQueries
from graph.workspaces.mutations import WorkspaceMutations
from graph.workspaces.queries import WorkspaceQueries


@strawberry.type(description="Everything that can be read.")
class Query(
    AccountQueries,
    OAuthQueries,
    SecondFactorQueries,
    ApplicationTokenQueries,
    SelfServiceQueries,
    UserQueries,
    PermissionQueries,
    AuditQueries,
    InstanceQueries,
    JobQueries,
    ScheduleQueries,
    NodeQueries,
    WorkspaceQueries,
    MemberQueries,
    InvitationQueries,
    DataPermissionQueries,
    BaseQueries,
    TableQueries,
    FieldQueries,
    ConstraintQueries,
    ViewQueries,
    FormQueries,
    FunctionQueries,
    SharingQueries,
    WebhookQueries,
    IncomingWebhookQueries,
    RecordQueries,
    ChangeQueries,
    TrashQueries,
    AggregateQueries,
    PresenceQueries,
    AutomationQueries,
):
    """Root fields of queries; one base class an area."""


@strawberry.type(description="Everything that can be changed. All root fields of one operation are one transaction.")
class Mutation(
    AccountMutations,
    OAuthMutations,
    SecondFactorMutations,
    ApplicationTokenMutations,
    SelfServiceMutations,
    UserMutations,
    PermissionMutations,
    InstanceMutations,
    JobMutations,
    ScheduleMutations,
    WorkspaceMutations,
    MemberMutations,
    InvitationMutations,
    DataPermissionMutations,
    RecordPolicyMutations,
    BaseMutations,
    TableMutations,
    FieldMutations,
    ConstraintMutations,
    ViewMutations,
    FormMutations,
    FunctionMutations,
    SharingMutations,
    WebhookMutations,
    IncomingWebhookMutations,
    RecordMutations,
    TransactMutations,
    HistoryMutations,
    ImportMutations,
    AutomationMutations,
    AutomationRunMutations,
    PresenceMutations,
):
    """Root fields of mutations; one base class an area."""


@strawberry.type(
    description="Everything that can be followed: over WebSocket (graphql-transport-ws), or over HTTP as "
    "server-sent events or multipart."
)
class Subscription(
    ChangeSubscriptions, SchemaSubscriptions, LiveSubscriptions, PresenceSubscriptions, AutomationSubscriptions
):
    """Root fields of subscriptions; one base class an area."""


DESCRIPTION = """Tables over GraphQL.

Begin with `register` or `login`, and send the `accessToken` as `Authorization: Bearer <accessToken>`; or make an API
key with `createApiKey`, and send it as `X-API-Key: <secret>`. `createWorkspace`, `createBase` and `createTable` make a
place for records, `createRecords` and `records` write and read them, `recordEvents` and `liveRecords` follow them.

A failure is an error with a stable `extensions.code`, see `ErrorCode`; what you may not see is `NOT_FOUND`."""
"""What tools show of the schema as a whole."""


@cache
def build_schema() -> strawberry.Schema:
    """The schema of the API, as `schema.graphql` shows it; one for the process, nothing changes it."""
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[ErrorCode],
        execution_context_class=GraftingExecutor,
        config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS),
    )
    schema._schema.description = DESCRIPTION
    prepare_inputs(schema)
    return schema
