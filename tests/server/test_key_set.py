"""/.well-known/jwks.json"""

from pathlib import Path

import jwt

from resolvers.services import Services
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.keys import new_key, write_keys

URL = "/.well-known/jwks.json"


async def test_there_are_no_public_keys_where_the_key_is_a_secret(api: Api) -> None:
    response = await api.http.get(URL)

    assert (response.status_code, response.json()) == (200, {"keys": []})
    assert response.headers["content-type"] == "application/jwk-set+json"


async def test_an_access_token_can_be_verified_by_the_keys(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    path = write_keys(tmp_path, now={"key": new_key("RS256"), "signs": True})
    settings = settings.model_copy(update={"token_algorithm": "RS256", "token_keys_path": path})
    made = make_services(settings, services.database)
    made.passwords = services.passwords
    async with client_of(create_app(settings, made)) as http:
        person = await Api(http, made).register()
        response = await http.get(URL)

    keys = jwt.PyJWKSet(response.json()["keys"])
    claims = jwt.decode(person.access_token, keys["now"], ["RS256"], audience="tablegraph-api")
    assert claims["sub"] == str(person.id)
    assert response.headers["cache-control"] == "public, max-age=300"
