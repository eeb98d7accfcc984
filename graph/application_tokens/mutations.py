"""Root fields of Mutation about application tokens."""

from typing import Annotated

import strawberry

from graph.application_tokens.inputs import CreateApplicationTokenInput, RevokeApplicationTokenInput
from graph.application_tokens.payloads import CreateApplicationTokenPayload, RevokeApplicationTokenPayload
from graph.info import Info
from graph.node import read_id
from resolvers.application_tokens import create_application_token, revoke_application_token


@strawberry.type
class ApplicationTokenMutations:
    """Application tokens; not for tokens and API keys themselves."""

    @strawberry.mutation(
        description="Make an application token; the answer is the only one that shows its secret. Needs a session."
    )
    async def create_application_token(
        self, info: Info, input: Annotated[CreateApplicationTokenInput, strawberry.argument(description="The token.")]
    ) -> CreateApplicationTokenPayload:
        made = await create_application_token(
            info.context,
            input.name,
            scopes=input.scopes,
            expires_at=input.expires_at,
            workspace_id=None if input.workspace_id is None else read_id(input.workspace_id),
            role=input.role,
        )
        return CreateApplicationTokenPayload.from_made(made)

    @strawberry.mutation(
        description="Revoke an application token; its secret is refused from then on, and what was begun with it ends "
        "within a second. Needs a session."
    )
    async def revoke_application_token(
        self, info: Info, input: Annotated[RevokeApplicationTokenInput, strawberry.argument(description="Which one.")]
    ) -> RevokeApplicationTokenPayload:
        revoked = await revoke_application_token(info.context, read_id(input.id))
        return RevokeApplicationTokenPayload(revoked_id=strawberry.ID(str(revoked)))
