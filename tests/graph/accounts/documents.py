"""Documents that several tests of accounts run, and ways to run them."""

from typing import Any

from tests.support.api import Api, Person, Result

ME = "{ me { id email name } }"
LOGIN = """
    mutation ($input: LoginInput!) {
      login(input: $input) { accessToken refreshToken tokenType expiresIn user { id email } }
    }
"""
REFRESH = """
    mutation ($input: RefreshTokensInput!) {
      refreshTokens(input: $input) { accessToken refreshToken tokenType expiresIn user { id } }
    }
"""
CREATE_KEY = """
    mutation ($input: CreateApiKeyInput!) {
      createApiKey(input: $input) {
        secret apiKey { id name prefix scopes createdAt expiresAt lastUsedAt }
      }
    }
"""
API_KEYS = "{ apiKeys { id name prefix scopes createdAt expiresAt lastUsedAt } }"
SESSIONS = "{ sessions { id device ipAddress userAgent createdAt lastActiveAt isCurrent } }"


async def login(api: Api, person: Person, **input: Any) -> Person:
    """The same person in another session."""
    credentials = {"email": person.email, "password": person.password}
    made = (await api.execute(LOGIN, {"input": {**credentials, **input}})).ok["login"]
    return Person(person.id, person.email, made["accessToken"], made["refreshToken"])


async def refresh(api: Api, token: str, agent: str = "the one") -> Result:
    """The answer to a refresh token that comes from a user agent."""
    return await api.execute(REFRESH, {"input": {"refreshToken": token}}, headers={"User-Agent": agent})


async def make_key(api: Api, person: Person, **input: Any) -> dict[str, Any]:
    """A new API key of a person: `secret` and `apiKey`."""
    made: dict[str, Any] = (await api.execute(CREATE_KEY, {"input": {"name": "key", **input}}, as_=person)).ok
    return made["createApiKey"]


def with_key(secret: str) -> dict[str, str]:
    """The header that signs a request with an API key."""
    return {"X-API-Key": secret}
