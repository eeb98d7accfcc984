"""Tests that were skipped where none may be: in CI each server and browser that a test needs is there.

A run with `TESTS_NEED_EVERYTHING=1` fails for a skipped test, whatever the reason.
"""

import os
from typing import Final

import pytest

IS_STRICT: Final = os.environ.get("TESTS_NEED_EVERYTHING") == "1"
STATUS: Final = 6
"""Of a run that has left something out, whatever has failed besides; pytest's own end at 5."""


class Skips:
    """A plugin of the process that steers the run."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that was skipped."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self.found.append(f"{report.nodeid}: {report.longrepr[2] if isinstance(report.longrepr, tuple) else ''}")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run that has left something out."""
        if self.found:
            session.exitstatus = STATUS

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what."""
        if self.found:
            terminalreporter.section("skipped, where everything is needed (TESTS_NEED_EVERYTHING)", red=True)
            for each in self.found:
                terminalreporter.line(each)
