"""The routes that a browser goes through: to the provider, back, and on to the page that sent it."""

from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import asyncpg
import httpx
import pytest

from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from server.sign_in_routes import COOKIE
from tests.graph.oauth.conftest import SERVER_URL, oidc, services
from tests.support.api import Api, client_of
from tests.support.oidc import PAGE, visit

__all__ = ["oidc", "services"]

START = f"/auth/corp/start?return_to={PAGE}"
CALLBACK = f"{SERVER_URL}/auth/corp/callback"
EXCHANGE = """
mutation ($input: ExchangeSignInCodeInput!) {
  exchangeSignInCode(input: $input) { accessToken user { email } }
}
"""


async def to_provider(http: httpx.AsyncClient) -> str:
    """The browser is sent to the provider, with a cookie."""
    sent = await http.get(START)
    assert sent.status_code == 302
    return sent.headers["location"]


async def come_back(http: httpx.AsyncClient, back: dict[str, str]) -> httpx.Response:
    return await http.get("/auth/corp/callback", params=back)


def landed(answer: httpx.Response) -> dict[str, str]:
    """What stands behind # where the browser lands."""
    assert answer.status_code == 302, answer.text
    page, _, told = answer.headers["location"].partition("#")
    assert page == PAGE
    return dict(parse_qsl(told, strict_parsing=True))


async def test_a_browser_comes_back_with_a_code_for_its_page(api: Api) -> None:
    url = await to_provider(api.http)
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [CALLBACK]
    answer = await come_back(api.http, dict(await visit(url, "ada", ends_at=CALLBACK)))
    code = landed(answer)["code"]
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert COOKIE not in api.http.cookies
    signed_in = (await api.execute(EXCHANGE, {"input": {"code": code}})).ok["exchangeSignInCode"]
    assert signed_in["user"] == {"email": "ada@example.com"}
    assert (await api.execute(EXCHANGE, {"input": {"code": code}})).codes == ["UNAUTHENTICATED"]


async def test_a_code_is_good_for_a_minute(api: Api, pg: asyncpg.Connection) -> None:
    url = await to_provider(api.http)
    code = landed(await come_back(api.http, dict(await visit(url, "ada", ends_at=CALLBACK))))["code"]
    assert 50 < await pg.fetchval("SELECT extract(epoch FROM expires_at - now()) FROM sign_in_codes") <= 60
    await pg.execute("UPDATE sign_in_codes SET expires_at = now() - interval '1 second'")
    assert (await api.execute(EXCHANGE, {"input": {"code": code}})).codes == ["UNAUTHENTICATED"]
    assert await pg.fetchval("SELECT count(*) FROM sessions") == 0


async def test_the_cookie_is_for_these_routes_and_no_script(api: Api, services: Services, settings: Settings) -> None:
    sent = await api.http.get(START)
    cookie = sent.headers["set-cookie"]
    assert all(part in cookie for part in ("HttpOnly", "Path=/auth", "SameSite=lax", "Max-Age=600"))
    assert "Secure" not in cookie  # this server is called by http
    services.oauth = replace(services.oauth, server_url="https://api.example.com")
    async with client_of(create_app(settings, services)) as http:
        assert "Secure" in (await http.get(START)).headers["set-cookie"]


async def test_another_browser_cannot_be_signed_in_with_this_ones_link(api: Api, pg: asyncpg.Connection) -> None:
    url = await to_provider(api.http)
    back = dict(await visit(url, "eve", ends_at=CALLBACK))
    for cookies in ({}, {COOKIE: "x"}):
        api.http.cookies.clear()
        api.http.cookies.update(cookies)
        answer = await come_back(api.http, back)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert await pg.fetchval("SELECT count(*) FROM users") == 0


async def test_who_cancels_goes_back_without_a_code(api: Api, pg: asyncpg.Connection) -> None:
    url = await to_provider(api.http)
    back = dict(await visit(url, "ada", ends_at=CALLBACK, cancels=True))
    assert back["error"] == "access_denied"
    assert landed(await come_back(api.http, back)) == {"error": "access_denied"}
    assert await pg.fetchval("SELECT count(*) FROM users") == 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/auth/corp/start", 400),
        ("/auth/corp/start?return_to=https://evil.example.com/", 400),
        (f"/auth/corp/start?return_to={PAGE}&return_to=https://evil.example.com/", 400),
        (f"/auth/nobody/start?return_to={PAGE}", 404),
        ("/auth/corp/callback", 400),
        ("/auth/corp/callback?code=x", 400),
        ("/auth/corp/callback?code=x&state=y", 401),
    ],
)
async def test_what_makes_no_sense_is_refused_in_the_shape_of_every_error(api: Api, path: str, status: int) -> None:
    answer = await api.http.get(path)
    assert answer.status_code == status
    assert answer.json()["errors"][0]["extensions"]["code"] in ("BAD_REQUEST", "NOT_FOUND", "UNAUTHENTICATED")
    assert "location" not in answer.headers


async def test_without_an_address_of_its_own_the_server_has_no_such_routes(
    services: Services, settings: Settings
) -> None:
    services.oauth = replace(services.oauth, server_url=None)
    async with client_of(create_app(settings, services)) as http:
        assert (await http.get(START)).status_code == 404
