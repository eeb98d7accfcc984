"""Policies of records: their GraphQL types, and the root fields of Mutation about them."""

from datetime import datetime
from typing import Annotated, cast

import strawberry
from strawberry.scalars import JSON

from domain.access.policies import PolicyRole, PolicyScope
from graph.enums import expose
from graph.info import Info
from graph.node import read_id
from graph.records.arguments import read_filter
from graph.records.inputs import RecordFilter
from resolvers.data_permissions.policies import Policy, PolicyChanges, create_policy, delete_policy, update_policy
from resolvers.services import Limits

expose(
    PolicyRole,
    "A role in a table that policies may limit. Owners and admins see everything.",
    {
        PolicyRole.EDITOR: "Who may create, change and delete records.",
        PolicyRole.COMMENTER: "Who may read and comment.",
        PolicyRole.VIEWER: "Who may read.",
    },
)
expose(
    PolicyScope,
    "What a policy of records is about.",
    {
        PolicyScope.READ: "Which records are there for the roles. What is not there cannot be written.",
        PolicyScope.WRITE: "Which records the roles may create, change and delete.",
        PolicyScope.BOTH: "Which records are there for the roles, and may be written.",
    },
)


@strawberry.type(description="A filter that says which records of a table some roles may read or write.")
class RecordPolicy:
    """A policy."""

    id: strawberry.ID = strawberry.field(description="Id of the policy.")
    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(description="What it is called.")
    roles: list[PolicyRole] = strawberry.field(description="The roles in the table that it is about.")
    applies: PolicyScope = strawberry.field(description="What it is about.")
    filter: JSON = strawberry.field(
        description='A RecordFilter; fields and choices stand as their ids, `{"me": true}` for whoever reads or writes.'
    )
    error: str | None = strawberry.field(
        description="Why it lets nobody see or write anything, where its filter does not fit the table any longer."
    )
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_policy(cls, policy: Policy) -> "RecordPolicy":
        """The GraphQL object of a policy."""
        model = policy.model
        return cls(
            id=strawberry.ID(str(model.id)),
            table_id=strawberry.ID(str(model.table_id)),
            name=model.name,
            roles=[PolicyRole(role) for role in model.roles],
            applies=PolicyScope(model.applies),
            filter=cast(JSON, model.filter),
            error=policy.error,
            created_at=model.created_at,
        )


@strawberry.input(description="A new policy of records. A role that has none may read or write all records.")
class CreateRecordPolicyInput:
    """Input of createRecordPolicy."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(description="1 to 255 characters.")
    roles: list[PolicyRole] = strawberry.field(description="The roles in the table that it is about.")
    applies: PolicyScope = strawberry.field(description="What it is about.")
    filter: RecordFilter = strawberry.field(
        description="For which records it holds. It looks at stored fields and system columns; the value "
        '`{"me": true}` stands for whoever reads or writes.'
    )

    def changes(self, limits: Limits) -> PolicyChanges:
        """What the input says."""
        return PolicyChanges(self.name, self.roles, self.applies, read_filter(self.filter, limits))


@strawberry.input(description="Changes to a policy of records; what is left out stays as it is.")
class UpdateRecordPolicyInput:
    """Input of updateRecordPolicy."""

    id: strawberry.ID = strawberry.field(description="Id of the policy.")
    name: str | None = strawberry.field(default=None, description="The new name.")
    roles: list[PolicyRole] | None = strawberry.field(default=None, description="The roles that it is about now.")
    applies: PolicyScope | None = strawberry.field(default=None, description="What it is about now.")
    filter: RecordFilter | None = strawberry.field(default=None, description="For which records it holds now.")

    def changes(self, limits: Limits) -> PolicyChanges:
        """What the input says."""
        return PolicyChanges(self.name, self.roles, self.applies, read_filter(self.filter, limits))


@strawberry.input(description="A policy of records to delete.")
class DeleteRecordPolicyInput:
    """Input of deleteRecordPolicy."""

    id: strawberry.ID = strawberry.field(description="Id of the policy.")


@strawberry.type(description="The policy that was made.")
class CreateRecordPolicyPayload:
    """Payload of createRecordPolicy."""

    record_policy: RecordPolicy = strawberry.field(description="The policy.")


@strawberry.type(description="The policy that was changed.")
class UpdateRecordPolicyPayload:
    """Payload of updateRecordPolicy."""

    record_policy: RecordPolicy = strawberry.field(description="The policy.")


@strawberry.type(description="The policy that was deleted.")
class DeleteRecordPolicyPayload:
    """Payload of deleteRecordPolicy."""

    deleted_id: strawberry.ID = strawberry.field(description="Id of the policy that is no more.")


@strawberry.type
class RecordPolicyMutations:
    """Which records some roles may read or write."""

    @strawberry.mutation(
        description="Say which records of a table some roles may read or write: those for which any of their policies "
        "holds. Owners and admins are not limited. Needs the role ADMIN in the workspace."
    )
    async def create_record_policy(
        self, info: Info, input: Annotated[CreateRecordPolicyInput, strawberry.argument(description="The policy.")]
    ) -> CreateRecordPolicyPayload:
        changes = input.changes(info.context.services.limits)
        made = await create_policy(info.context, read_id(input.table_id, "tableId"), changes)
        return CreateRecordPolicyPayload(record_policy=RecordPolicy.from_policy(made))

    @strawberry.mutation(description="Change a policy of records. Needs the role ADMIN in the workspace.")
    async def update_record_policy(
        self, info: Info, input: Annotated[UpdateRecordPolicyInput, strawberry.argument(description="The changes.")]
    ) -> UpdateRecordPolicyPayload:
        changes = input.changes(info.context.services.limits)
        found = await update_policy(info.context, read_id(input.id), changes)
        return UpdateRecordPolicyPayload(record_policy=RecordPolicy.from_policy(found))

    @strawberry.mutation(
        description="Delete a policy of records; a role without any may read or write all records. Needs the role "
        "ADMIN in the workspace."
    )
    async def delete_record_policy(
        self, info: Info, input: Annotated[DeleteRecordPolicyInput, strawberry.argument(description="Which policy.")]
    ) -> DeleteRecordPolicyPayload:
        await delete_policy(info.context, read_id(input.id))
        return DeleteRecordPolicyPayload(deleted_id=input.id)
