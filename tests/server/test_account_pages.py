"""The server's own pages behind the links of mails: in a browser, and for whom they are there."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Literal

import httpx
import pytest
from pydantic import SecretStr

from adapters.database import Database
from resolvers.services import Services
from server.account_pages import PAGES
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.support.api import Api, client_of
from tests.support.browsers import CHROMIUM, needs_chromium
from tests.support.catalog import mutate
from tests.support.clients import running
from tests.support.jobs import working
from tests.support.mail import Postbox, receiving, token_in
from tests.support.sockets import served
from tests.support.tables import make_workspace

SECRET = SecretStr("a secret for tests only, 32+ letters")


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """Where the server's mails arrive."""
    with receiving() as postbox:
        yield postbox


@pytest.fixture
def settings(postbox: Postbox) -> Settings:
    """Those of a server that has no web application."""
    return Settings(secret_key=SECRET, smtp_host=postbox.host, smtp_port=postbox.port, smtp_tls="none")


@pytest.fixture(autouse=True)
async def worker(services: Services) -> AsyncIterator[None]:
    """What is posted is sent."""
    async with working(services):
        yield


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_runs_the_scripts_of_this_server_alone(page: str, api: Api) -> None:
    response = await api.http.get(f"/{page}")

    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "script-src 'self';" in response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["referrer-policy"] == "no-referrer"
    for name, kind in (("page.js", "text/javascript"), ("page.css", "text/css")):
        asset = await api.http.get(f"/static/account/{name}")
        assert (asset.status_code, asset.headers["content-type"]) == (200, f"{kind}; charset=utf-8")


@pytest.mark.parametrize("name", ["page.html", "..%2faccount_pages.py", "nothing.js"])
async def test_no_other_file_is_served(name: str, api: Api) -> None:
    assert (await api.http.get(f"/static/account/{name}")).status_code == 404


@pytest.mark.parametrize(("documents", "status"), [("any", 200), ("registered", 404)])
async def test_pages_are_where_their_documents_may_run_whatever_the_address(
    documents: Literal["any", "registered"], status: int, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "documents.json").write_text('{"me": "{ me { id } }"}')
    settings = Settings(
        secret_key=SECRET,
        mail_backend="off",
        public_url="https://tables.example.com",
        documents=documents,
        documents_path=tmp_path if documents == "registered" else None,
    )

    async with client_of(create_app(settings, make_services(settings, database))) as http:
        statuses = [(await http.get(f"/{page}")).status_code for page in PAGES]

    assert statuses == [status] * len(PAGES)


@needs_chromium
async def test_a_person_opens_the_links(settings: Settings, services: Services, postbox: Postbox) -> None:
    async with served(settings, services) as address, httpx.AsyncClient(base_url=f"http://{address}") as http:
        api = Api(http, services)
        ada = await api.register("ada@example.com")
        verify = f"http://{address}/verify-email#token={token_in(await postbox.last(1))}"
        await api.execute('mutation { requestPasswordReset(input: {email: "ada@example.com"}) { expiresIn } }')
        reset = f"http://{address}/reset-password#token={token_in(await postbox.last(2))}"
        cut = f"http://{address}/verify-email"
        visits = [(cut, None), (verify, None), (verify, None), (reset, "short"), (reset, "a password in a browser")]
        async with running("account.mjs", chromium=CHROMIUM, visits=visits) as browser:
            incomplete, confirmed, again, refused, chosen = await browser.rest()
        login = "mutation ($i: LoginInput!) { login(input: $i) { user { isVerified } } }"
        input = {"email": ada.email, "password": "a password in a browser"}
        assert (await api.execute(login, {"i": input})).ok == {"login": {"user": {"isVerified": True}}}

    assert incomplete["answer"] == "This link is incomplete. Copy all of it from the mail, up to its end."
    assert confirmed == {
        "title": "Confirm your e-mail address",
        "answer": "Your e-mail address is confirmed.",
        "asksForPassword": False,
        "sentByItself": [],
        "hash": "",
    }
    assert again["answer"].startswith("This link is not valid, or no longer")
    assert refused["answer"] == "A password has 8 to 1,024 characters, not 5."
    assert refused["asksForPassword"]
    assert refused["hash"].startswith("#token=")
    assert (chosen["answer"], chosen["hash"]) == ("Your password was changed. Sign in with the new one.", "")


@needs_chromium
async def test_a_person_joins_by_the_link_of_an_invitation(
    settings: Settings, services: Services, postbox: Postbox
) -> None:
    async with served(settings, services) as address, httpx.AsyncClient(base_url=f"http://{address}") as http:
        api = Api(http, services)
        owner = await api.register()
        given = {"workspaceId": await make_workspace(api, owner), "email": "new@example.com", "role": "VIEWER"}
        await mutate(api, "createInvitation", "invitation { id }", given, as_=owner)
        link = f"http://{address}/accept-invitation#token={token_in(await postbox.last(2))}"
        visits = [(link, "a password in a browser"), (link, "a password in a browser")]
        async with running("account.mjs", chromium=CHROMIUM, visits=visits) as browser:
            joined, again = await browser.rest()
        members = "query ($id: ID!) { workspaceMembers(workspaceId: $id) { role user { email isVerified } } }"
        found = (await api.execute(members, {"id": given["workspaceId"]}, as_=owner)).ok["workspaceMembers"]

    assert found[1] == {"role": "VIEWER", "user": {"email": "new@example.com", "isVerified": True}}
    assert joined == {
        "title": "Make an account and join",
        "answer": "You have an account now, and are a member.",
        "asksForPassword": True,
        "sentByItself": [],
        "hash": "",
    }
    assert again["answer"].startswith("There is no such invitation")
