"""Fixtures for the tests of generated code."""

import pytest

from tests.support.program import Tablegraph


@pytest.fixture
def tablegraph(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tablegraph:
    """The command `tablegraph`, run to its end; it leaves the logs alone, as in the server's own tests."""
    monkeypatch.setattr("server.run.configure_logs", lambda _settings: None)
    return Tablegraph(monkeypatch, capsys)
