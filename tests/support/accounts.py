"""Accounts, sessions and keys put straight into the database, for tests of what happens to them."""

from itertools import count
from typing import Any
from uuid import UUID

from adapters.database import Database
from domain.accounts.secrets import new_api_key, new_application_token
from domain.accounts.viewer import ALL_SCOPES
from domain.ids import Kind, new_id
from models import ApiKey, ApplicationToken, Model, Session, User

_numbers = count(1)


async def add_user(database: Database, **attributes: Any) -> UUID:
    """A user without a password, unless `attributes` say otherwise."""
    id = new_id(Kind.USER)
    await _add(database, User(**{"id": id, "email": f"somebody{next(_numbers)}@example.com", **attributes}))
    return id


async def add_session(database: Database, user_id: UUID, **attributes: Any) -> UUID:
    """A session of a user."""
    id = new_id(Kind.SESSION)
    await _add(database, Session(**{"id": id, "user_id": user_id, **attributes}))
    return id


async def add_api_key(database: Database, user_id: UUID, **attributes: Any) -> str:
    """An API key of a user, by default with all scopes; returns its secret."""
    made = new_api_key()
    defaults = {"id": new_id(Kind.API_KEY), "name": "key", "scopes": sorted(ALL_SCOPES)}
    await _add(
        database,
        ApiKey(**{**defaults, "user_id": user_id, "prefix": made.prefix, "secret_hash": made.digest, **attributes}),
    )
    return made.text


async def add_application_token(database: Database, user_id: UUID, **attributes: Any) -> str:
    """An application token that acts for a user, by default with the scopes of records; returns its secret."""
    made = new_application_token()
    defaults = {"id": new_id(Kind.APPLICATION_TOKEN), "name": "token", "scopes": ["read", "write"]}
    await _add(
        database,
        ApplicationToken(
            **{**defaults, "user_id": user_id, "prefix": made.prefix, "secret_hash": made.digest, **attributes}
        ),
    )
    return made.text


async def _add(database: Database, entity: Model) -> None:
    async with database.transaction() as unit:
        unit.session.add(entity)
        await unit.session.flush()
