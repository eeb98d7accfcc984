"""Documents that the tests of application tokens run, and ways to run them."""

from typing import Any

from tests.support.api import Api, Person, Result

FIELDS = """
    id name prefix scopes workspaceId createdAt expiresAt lastUsedAt user { id email name } createdBy { id }
"""
CREATE = f"""
    mutation ($input: CreateApplicationTokenInput!) {{
      createApplicationToken(input: $input) {{ secret applicationToken {{ {FIELDS} }} }}
    }}
"""
LIST = f"query ($workspace: ID) {{ applicationTokens(workspaceId: $workspace) {{ {FIELDS} }} }}"
REVOKE = """
    mutation ($input: RevokeApplicationTokenInput!) { revokeApplicationToken(input: $input) { revokedId } }
"""


async def create(api: Api, person: Person, **input: Any) -> Result:
    """The answer when a person makes a token."""
    return await api.execute(CREATE, {"input": {"name": "token", **input}}, as_=person)


async def make_token(api: Api, person: Person, **input: Any) -> dict[str, Any]:
    """A new token: `secret` and `applicationToken`."""
    made: dict[str, Any] = (await create(api, person, **input)).ok
    return made["createApplicationToken"]


async def tokens_of(api: Api, person: Person, workspace: object = None) -> list[dict[str, Any]]:
    """The tokens that a person sees."""
    listed: dict[str, Any] = (await api.execute(LIST, {"workspace": workspace}, as_=person)).ok
    return listed["applicationTokens"]


async def revoke(api: Api, person: Person, id: object) -> Result:
    """The answer when a person revokes a token."""
    return await api.execute(REVOKE, {"input": {"id": str(id)}}, as_=person)


def with_token(secret: str) -> dict[str, str]:
    """The header that signs a request with a token."""
    return {"Authorization": f"Bearer {secret}"}
