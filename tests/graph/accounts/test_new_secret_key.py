"""A server with a new secret key: access tokens are got anew, sessions and API keys go on, what is sealed is read."""

import pytest
from pydantic import SecretStr

from adapters.database import Database
from adapters.passwords import Passwords
from server.app import create_app
from server.secret import SecretRefused, former_secrets_of
from server.services import make_services
from server.settings import Settings
from tests.graph.accounts.documents import ME, login, refresh
from tests.support.accounts import add_api_key
from tests.support.api import Api, client_of

OLD = SecretStr("n0Tc-4kWzQ_s8JrUe3YbMx6LhPgVdA2F")
NEW = SecretStr("kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Those of a server with the old key."""
    return settings.model_copy(update={"secret_key": OLD})


async def test_sessions_and_keys_outlive_the_secret_key(
    settings: Settings, api: Api, database: Database, passwords: Passwords
) -> None:
    person = await login(api, await api.register())
    key = await add_api_key(database, person.id)
    sealed = api.services.seal.close("of before")
    rotated = settings.model_copy(update={"secret_key": NEW, "former_secret_keys": OLD})
    services = make_services(rotated, database)
    services.passwords = passwords

    async with client_of(create_app(rotated, services)) as http:
        later = Api(http, services)
        assert (await later.execute(ME, as_=person)).codes == ["UNAUTHENTICATED"]
        assert (await later.execute(ME, headers={"X-API-Key": key})).ok["me"]["id"] == str(person.id)
        fresh = (await refresh(later, person.refresh_token)).ok["refreshTokens"]
        signed = {"Authorization": f"Bearer {fresh['accessToken']}"}
        assert (await later.execute(ME, headers=signed)).ok["me"]["id"] == str(person.id)
    assert services.seal.open(sealed) == "of before"


def test_former_keys_are_listed_and_none_of_them_may_be_weak() -> None:
    strong = NEW.get_secret_value()
    assert former_secrets_of(Settings(former_secret_keys=SecretStr(f"{strong}, {strong[::-1]}"))) == [
        strong,
        strong[::-1],
    ]
    with pytest.raises(SecretRefused, match="One of TABLEGRAPH_FORMER_SECRET_KEYS has 5 characters"):
        former_secrets_of(Settings(former_secret_keys=SecretStr(f"{strong},short")))
