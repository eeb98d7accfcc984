"""Authentication backends of other packages, found by their entry points."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.auth_backends import BackendAway, load_auth_backends
from adapters.plugins import BackendsRefused
from domain.accounts.profiles import Profile
from tests.support.auth_backends import install_auth_backend

ADA = Profile("7", "ada@example.com", True, "Ada")


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the installed package."""
    install_auth_backend(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("company_directory")
    del sys.modules["company_directory"]


async def test_a_backend_is_found_by_its_name(company: Any) -> None:
    company.PASSWORDS["ada", "right"] = ADA
    backend = load_auth_backends(["company"], 5)["company"]

    assert backend.name == "company"
    assert await backend.authenticate("ada", "right") == ADA
    assert await backend.authenticate("ada", "wrong") is None


def test_an_installed_backend_that_no_setting_names_is_not_loaded(company: Any) -> None:
    assert load_auth_backends([], 5) == {}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("other", "There is no authentication backend 'other' (entry points of tablegraph.auth_backends: broken,"),
        ("broken", "The authentication backend 'broken' cannot be made: RuntimeError('no configuration')."),
    ],
)
def test_a_backend_that_cannot_be_used_is_told(name: str, said: str, company: Any) -> None:
    with pytest.raises(BackendsRefused) as caught:
        load_auth_backends(["company", name], 5)

    assert str(caught.value).startswith(said)


@pytest.mark.parametrize(
    ("login", "said"),
    [
        ("down", "ConnectionError: it is away"),
        ("slow", "TimeoutError"),
        ("nonsense", "it answered dict instead of a Profile"),
        ("nameless", "the subject of its answer is not 1 to 255 characters of ASCII"),
    ],
)
async def test_a_backend_that_fails_is_away_and_that_is_logged(
    login: str, said: str, company: Any, caplog: pytest.LogCaptureFixture
) -> None:
    backend = load_auth_backends(["company"], 0.05)["company"]

    with pytest.raises(BackendAway):
        await asyncio.wait_for(backend.authenticate(login, "a secret"), 5)

    assert "the authentication backend company is away" in caplog.text
    assert said in caplog.text
    assert "a secret" not in caplog.text
