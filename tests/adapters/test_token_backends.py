"""Token backends of other packages, found by their entry points."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adapters import token_backends
from adapters.plugins import BackendsRefused
from adapters.token_backends import load_backends
from domain.accounts.token_backends import Identity
from domain.errors import Unavailable
from tests.support.backends import install_backend

LATER = datetime.now(UTC) + timedelta(hours=1)


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of the installed package."""
    install_backend(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield importlib.import_module("company_sso")
    del sys.modules["company_sso"]


async def test_a_backend_is_found_by_its_name(company: Any) -> None:
    company.KNOWN["sso_ada"] = Identity(email="ada@example.com", expires_at=LATER)
    [backend] = load_backends(["company"])

    assert backend.name == "company"
    assert (backend.recognises("sso_ada"), backend.recognises("tga_ada")) == (True, False)
    assert await backend.identify("sso_ada") == Identity(email="ada@example.com", expires_at=LATER)
    assert await backend.identify("sso_eve") is None


def test_an_installed_backend_that_no_setting_names_is_not_loaded(company: Any) -> None:
    assert load_backends([]) == ()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "other",
            "There is no token backend 'other' (entry points of tablegraph.token_backends: absent, broken, company).",
        ),
        ("broken", "The token backend 'broken' cannot be made: RuntimeError('no configuration')."),
        ("absent", "The token backend 'absent' cannot be made: AttributeError("),
    ],
)
def test_a_backend_that_cannot_be_used_is_told(name: str, said: str, company: Any) -> None:
    with pytest.raises(BackendsRefused) as caught:
        load_backends(["company", name])

    assert str(caught.value).startswith(said)


async def test_a_backend_that_fails_recognises_nothing_or_is_unavailable(
    company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_backends, "SECONDS_TO_IDENTIFY", 0.05)
    [backend] = load_backends(["company"])

    assert backend.recognises("sso_broken") is False
    for token in ("sso_down", "sso_slow"):
        with pytest.raises(Unavailable, match="cannot be verified now"):
            await asyncio.wait_for(backend.identify(token), 5)
