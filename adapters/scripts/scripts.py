"""Runs scripts of users, so many at a time, whatever their language."""

import asyncio
from typing import Final

from adapters.scripts.contract import Bounds, Engine, Host, Language, Outcome, Reason, Script, ScriptFailed
from adapters.scripts.javascript import JavaScriptEngine
from adapters.scripts.python import PythonEngine

MAX_SOURCE: Final = 100_000
"""Characters of a script."""


class Scripts:
    """Runs scripts within bounds; for one event loop. Costs nothing until the first one is run."""

    def __init__(self, bounds: Bounds, most: int) -> None:
        """`most` is how many run at a time; others wait."""
        self.bounds = bounds
        self._free = asyncio.Semaphore(most)
        self._engines: dict[Language, Engine] = {
            Language.PYTHON: PythonEngine(most),
            Language.JAVASCRIPT: JavaScriptEngine(),
        }

    async def run(self, script: Script, host: Host) -> Outcome:
        """What comes of a script; raises `ScriptFailed`, and what a function raises that is no domain error."""
        check_source(script.source)
        async with self._free:
            return await self._engines[script.language].run(script, host, self.bounds)

    async def aclose(self) -> None:
        """End all processes."""
        for engine in self._engines.values():
            await engine.aclose()


def check_source(source: str) -> None:
    """Raise `ScriptFailed` for what is no script of any language."""
    if len(source) > MAX_SOURCE:
        raise ScriptFailed(Reason.SYNTAX, f"A script has at most {MAX_SOURCE:,} characters.")
    if "\x00" in source or (not source.isascii() and source != source.encode("utf-8", "replace").decode()):
        raise ScriptFailed(Reason.SYNTAX, "A script may have no NUL character, and no half of a pair of UTF-16.")
