"""A server with an installed extension, and calls of its functions."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.extensions import Extensions, load_extensions
from resolvers.services import Services
from tests.support.api import Api, Person, Result
from tests.support.extensions import install_extensions

CALL = """
id function extension mode status input output error userId apiKeyId createdAt startedAt finishedAt durationMs
user { id }
"""
_DOCUMENT = f"mutation ($input: CallFunctionInput!) {{ callFunction(input: $input) {{ functionCall {{ {CALL} }} }} }}"


@pytest.fixture
def greetings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: Services) -> Iterator[Any]:
    """The module of the extension `greetings`, which the server has loaded."""
    install_extensions(tmp_path, "greetings")
    monkeypatch.syspath_prepend(str(tmp_path))
    services.extensions = Extensions(load_extensions([], []))
    yield sys.modules["greetings"]
    del sys.modules["greetings"]


async def call(
    api: Api, name: str, arguments: Any = None, *, mode: str = "SYNC", as_: Person | None = None, **more: Any
) -> Result:
    """The answer to callFunction."""
    given = {"name": name, "arguments": arguments, "mode": mode}
    return await api.execute(_DOCUMENT, {"input": given}, as_=as_, **more)


async def called(api: Api, name: str, arguments: Any = None, **more: Any) -> dict[str, Any]:
    """The call of a callFunction that must succeed."""
    found: dict[str, Any] = (await call(api, name, arguments, **more)).ok["callFunction"]["functionCall"]
    return found


async def read_call(api: Api, id: str, as_: Person, **more: Any) -> Result:
    """The answer to functionCall."""
    document = f"query ($id: ID!) {{ functionCall(id: $id) {{ {CALL} }} }}"
    return await api.execute(document, {"id": id}, as_=as_, **more)
