"""The root field `node`: anything by its id."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID

import strawberry

from domain.errors import NotFound
from domain.ids import Kind, kind_of, table_number_of
from graph.accounts.types import ApiKey, Session, User
from graph.application_tokens.types import ApplicationToken
from graph.automations.runs import AutomationRun
from graph.automations.types import Automation, AutomationAction
from graph.bases.types import Base
from graph.constraints.types import UniqueConstraint
from graph.fields.types import Field
from graph.incoming_webhooks.types import IncomingWebhook
from graph.info import Info
from graph.invitations.types import Invitation
from graph.members.types import WorkspaceMember
from graph.node import Node, read_id
from graph.permissions.types import Group, Role
from graph.records.reads import RecordRead
from graph.tables.types import Table
from graph.views.types import View
from graph.webhooks.types import Webhook, WebhookDelivery
from graph.workspaces.types import Workspace
from resolvers.api_keys import get_api_key
from resolvers.application_tokens import get_application_token
from resolvers.automations.finding import get_action, get_automation
from resolvers.automations.history import get_run
from resolvers.bases import get_base
from resolvers.constraints.finding import get_constraint
from resolvers.context import RequestContext
from resolvers.fields import get_field
from resolvers.incoming_webhooks.finding import get_incoming_webhook
from resolvers.invitations.finding import get_invitation
from resolvers.members import get_member
from resolvers.permissions.groups import get_group
from resolvers.permissions.roles import get_role
from resolvers.sessions import get_session
from resolvers.tables import get_table
from resolvers.users import get_user
from resolvers.views.finding import get_view
from resolvers.webhooks.finding import get_delivery, get_webhook
from resolvers.workspaces import get_workspace

Load = Callable[[RequestContext, UUID], Awaitable[Node]]


async def _user(context: RequestContext, id: UUID) -> Node:
    return User.from_model(await get_user(context, id))


async def _session(context: RequestContext, id: UUID) -> Node:
    return Session.from_model(await get_session(context, id), context)


async def _api_key(context: RequestContext, id: UUID) -> Node:
    return ApiKey.from_model(await get_api_key(context, id))


async def _application_token(context: RequestContext, id: UUID) -> Node:
    return ApplicationToken.from_model(await get_application_token(context, id))


async def _workspace(context: RequestContext, id: UUID) -> Node:
    return Workspace.from_model(await get_workspace(context, id))


async def _member(context: RequestContext, id: UUID) -> Node:
    return WorkspaceMember.from_model(await get_member(context, id))


async def _base(context: RequestContext, id: UUID) -> Node:
    return Base.from_model(await get_base(context, id))


async def _table(context: RequestContext, id: UUID) -> Node:
    return Table.from_model(await get_table(context, id))


async def _field(context: RequestContext, id: UUID) -> Node:
    return Field.from_model(await get_field(context, id))


async def _view(context: RequestContext, id: UUID) -> Node:
    return View.from_model(await get_view(context, id))


async def _constraint(context: RequestContext, id: UUID) -> Node:
    return UniqueConstraint.from_model(await get_constraint(context, id))


async def _role(context: RequestContext, id: UUID) -> Node:
    return Role.from_model(await get_role(context, id))


async def _group(context: RequestContext, id: UUID) -> Node:
    return Group.from_model(await get_group(context, id))


async def _invitation(context: RequestContext, id: UUID) -> Node:
    return Invitation.from_model(await get_invitation(context, id))


async def _automation(context: RequestContext, id: UUID) -> Node:
    return Automation.from_model(await get_automation(context, id))


async def _automation_action(context: RequestContext, id: UUID) -> Node:
    return AutomationAction.from_model(await get_action(context, id))


async def _run(context: RequestContext, id: UUID) -> Node:
    return AutomationRun.from_model(await get_run(context, id))


async def _webhook(context: RequestContext, id: UUID) -> Node:
    return Webhook.from_model(await get_webhook(context, id))


async def _webhook_delivery(context: RequestContext, id: UUID) -> Node:
    return WebhookDelivery.from_model(await get_delivery(context, id))


async def _incoming_webhook(context: RequestContext, id: UUID) -> Node:
    return IncomingWebhook.from_model(await get_incoming_webhook(context, id))


LOADS: dict[Kind, Load] = {
    Kind.USER: _user,
    Kind.SESSION: _session,
    Kind.API_KEY: _api_key,
    Kind.APPLICATION_TOKEN: _application_token,
    Kind.WORKSPACE: _workspace,
    Kind.WORKSPACE_MEMBER: _member,
    Kind.BASE: _base,
    Kind.TABLE: _table,
    Kind.FIELD: _field,
    Kind.VIEW: _view,
    Kind.UNIQUE_CONSTRAINT: _constraint,
    Kind.ROLE: _role,
    Kind.GROUP: _group,
    Kind.INVITATION: _invitation,
    Kind.AUTOMATION: _automation,
    Kind.AUTOMATION_ACTION: _automation_action,
    Kind.AUTOMATION_RUN: _run,
    Kind.WEBHOOK: _webhook,
    Kind.WEBHOOK_DELIVERY: _webhook_delivery,
    Kind.INCOMING_WEBHOOK: _incoming_webhook,
}
"""How to load each kind of entity; each loader checks that the caller may see it."""


@strawberry.type
class NodeQueries:
    """Anything that has an id."""

    @strawberry.field(description="Anything by its id, which says of what kind it is.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of any entity.")]
    ) -> Node | None:
        uuid = read_id(id)
        kind = kind_of(uuid)
        load = LOADS.get(kind) if kind is not None else None
        if table_number_of(uuid) is not None:
            return await RecordRead(uuid).load(info.context)
        if load is None:
            info.context.viewer  # noqa: B018  # an anonymous caller is told to sign in, as with every other id
            raise NotFound(f"There is nothing with id {uuid}.")
        return await load(info.context, uuid)
