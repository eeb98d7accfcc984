"""Fixtures for the server's tests."""

import pytest

from tests.support.program import Tablegraph


@pytest.fixture
def tablegraph(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tablegraph:
    """The command `tablegraph`, run to its end: `tablegraph("check", DATABASE_URL=url).status`."""
    return Tablegraph(monkeypatch, capsys)
