"""Scripts to run, with functions that answer."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from adapters.scripts.contract import Bounds, Host, Language, Outcome, Script
from adapters.scripts.scripts import Scripts
from domain.errors import NotFound


class Functions:
    """Functions of a host that note their calls."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, Any]]] = []
        self.under_way = 0
        self.most_under_way = 0
        self.cancelled = 0
        self.has_begun = asyncio.Event()

    async def __call__(self, name: str, arguments: Mapping[str, Any]) -> object:
        """Answer with the arguments, or fail as they say."""
        self.calls.append((name, arguments))
        self.has_begun.set()
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(arguments.get("sleep", 0.001))
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1
        if arguments.get("fails") == "domain":
            raise NotFound("There is no such record.")
        if arguments.get("fails"):
            raise {"bug": RuntimeError, "time": TimeoutError}[arguments["fails"]]("not the script's fault")
        return arguments.get("answer", dict(arguments))


@pytest.fixture
def functions() -> Functions:
    return Functions()


class Runner:
    """Runs scripts of both languages."""

    def __init__(self, functions: Functions, seconds: float = 2.0) -> None:
        self.scripts = Scripts(Bounds(seconds=seconds, memory=32 << 20, output=10_000, log=500, calls=20), 2)
        self.host = Host(("records.find", "records.get", "mail.send"), functions)

    async def python(self, source: str, **inputs: Any) -> Outcome:
        """The outcome of a script of Python."""
        return await self.scripts.run(Script(Language.PYTHON, source, inputs), self.host)

    async def javascript(self, source: str, **inputs: Any) -> Outcome:
        """The outcome of a script of JavaScript."""
        return await self.scripts.run(Script(Language.JAVASCRIPT, source, inputs), self.host)

    async def run(self, language: Language, source: str, **inputs: Any) -> Outcome:
        """The outcome of a script."""
        return await self.scripts.run(Script(language, source, inputs), self.host)


@pytest.fixture
async def patient(functions: Functions) -> AsyncIterator[Runner]:
    """A runner for scripts that come to their end, on a machine that has much to do."""
    runner = Runner(functions, 30.0)
    yield runner
    await runner.scripts.aclose()


@pytest.fixture
async def runner(functions: Functions) -> AsyncIterator[Runner]:
    runner = Runner(functions)
    yield runner
    await runner.scripts.aclose()
