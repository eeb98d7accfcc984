"""A real provider of accounts (npm's oidc-provider) in a process of its own, and a browser that signs in there."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

import httpx

from adapters.providers.contract import ProviderConfig
from tests.support.clients import node

SCRIPT = Path(__file__).parents[1] / "oidc" / "provider.mjs"
CLIENT_ID, CLIENT_SECRET = "tablegraph", "the secret of the client"
PAGE = "http://127.0.0.1:3000/signed-in"
"""Where a client's page would be; nobody listens there."""
_PROMPT = re.compile(r'name="prompt" value="(\w+)"')
_ACTION = re.compile(r'action="([^"]+)"')


class OidcServer:
    """The provider; it knows everybody who comes, see provider.mjs."""

    def __init__(self, *redirect_uris: str, claims_in_token: bool = False) -> None:
        arguments = [",".join(redirect_uris), *(["claims-in-token"] if claims_in_token else [])]
        self._process = subprocess.Popen(
            [node(), str(SCRIPT), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdout is not None
        self.issuer = self._process.stdout.readline().decode().strip()
        assert self.issuer, "the provider has not begun"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, type: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=10)

    def config(self, **changes: str) -> ProviderConfig:
        """How our server is told of it."""
        given = {"key": "corp", "title": "Corp", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | changes
        return ProviderConfig(**given, issuer=self.issuer, scopes=("openid", "email", "profile"))


async def visit(url: str, who: str, *, ends_at: str, cancels: bool = False) -> Mapping[str, str]:
    """Sign in at the provider and consent, as a browser does; what it is sent back with, to where `ends_at` is."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(url)
        for _ in range(20):
            if answer.is_redirect:
                target = str(answer.url.join(answer.headers["location"]))
                if target.startswith(ends_at):
                    return dict(parse_qsl(urlsplit(target).query))
                answer = await browser.get(target)
            else:
                answer = await _submit(browser, answer, who, cancels=cancels)
    raise AssertionError(f"never came back to {ends_at}")


async def _submit(browser: httpx.AsyncClient, page: httpx.Response, who: str, *, cancels: bool) -> httpx.Response:
    assert page.status_code == 200, page.text
    if cancels:
        return await browser.get(str(page.url) + "/abort")
    [action] = _ACTION.findall(page.text)
    [prompt] = _PROMPT.findall(page.text)
    return await browser.post(action, data={"prompt": prompt, "login": who, "password": "any"})
