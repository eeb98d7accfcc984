"""The extensions of one process: which of them run, with which functions and hooks, and what became of the others."""

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from adapters.threads import Threads
from domain.extensions.extension import Extension, Hook
from domain.extensions.functions import Function
from domain.extensions.writes import Moment, WriteKind

logger = logging.getLogger(__name__)

STARTUP_SECONDS: Final = 30.0


class ExtensionState(Enum):
    """What became of an extension in this process."""

    ACTIVE = "active"
    FAILED = "failed"
    DISABLED = "disabled"


class ExtensionsRefused(Exception):
    """An extension that the server does not go without cannot be used; the message says which, and why."""


@dataclass(slots=True)
class Installed:
    """An extension by the name of its entry point; `error` says why it failed, for those who run the server."""

    name: str
    version: str | None = None
    state: ExtensionState = ExtensionState.ACTIVE
    error: str | None = None
    is_required: bool = False
    extension: Extension | None = field(default=None, repr=False)

    def fail(self, why: str) -> None:
        """Do without it; raises `ExtensionsRefused` for a required one."""
        self.state, self.error = ExtensionState.FAILED, why
        if self.is_required:
            raise ExtensionsRefused(f"The extension {self.name!r} is required, and failed: {why}")
        logger.error("the extension %s failed, and is left out: %s", self.name, why)


class Extensions:
    """All that are installed. Functions and hooks are those of the active ones."""

    def __init__(
        self, installed: Sequence[Installed] = (), *, startup_seconds: float = STARTUP_SECONDS, threads: int = 8
    ) -> None:
        """Raises `ExtensionsRefused` where a required one has a function of a name that another has."""
        self.installed = sorted(installed, key=lambda each: each.name)
        self.threads = Threads(threads, "extension")
        self._startup_seconds = startup_seconds
        self.functions: Mapping[str, Function] = {}
        self._hooks: Mapping[WriteKind, Sequence[Hook]] = {}
        self._renew()

    @classmethod
    def of(cls, *extensions: Extension) -> "Extensions":
        """Those alone, as if they were installed."""
        return cls([Installed(each.name, each.version, extension=each) for each in extensions])

    def hooks_around(self, kind: WriteKind) -> Sequence[Hook]:
        """The hooks before and after such writes, of all tables; empty for nearly every server."""
        return self._hooks.get(kind, ())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start the extensions, and stop them behind the block; raises `ExtensionsRefused` for a required one."""
        started: list[Installed] = []
        try:
            for each in self._active():
                await self._start(each, started)
            yield
        finally:
            for each in reversed(started):
                await self._stop(each)

    def _active(self) -> list[Installed]:
        return [each for each in self.installed if each.state is ExtensionState.ACTIVE]

    def _renew(self) -> None:
        """Put together what the active ones bring; one with the name of another's function fails."""
        functions: dict[str, Function] = {}
        for each in self._active():
            extension = each.extension
            assert extension is not None  # it is active
            taken = sorted(functions.keys() & extension.functions)
            if taken:
                each.fail(f"The function {taken[0]!r} is one of {functions[taken[0]].extension!r} already.")
            else:
                functions |= extension.functions
        hooks = [hook for each in self._active() if each.extension is not None for hook in each.extension.hooks]
        self.functions = functions
        self._hooks = {kind: found for kind in WriteKind if (found := [hook for hook in hooks if hook.kind is kind])}

    async def _start(self, each: Installed, started: list[Installed]) -> None:
        assert each.extension is not None  # it is active
        try:
            async with asyncio.timeout(self._startup_seconds):
                for body in each.extension.startup:
                    await self.call(body)
        except Exception as error:  # it is not ours, and the server does without it
            logger.error("the extension %s did not start", each.name, exc_info=error)
            each.fail(f"It did not start: {error!r}")
            self._renew()
        else:
            started.append(each)

    async def _stop(self, each: Installed) -> None:
        assert each.extension is not None  # it was started
        for body in each.extension.shutdown:
            try:
                async with asyncio.timeout(self._startup_seconds):
                    await self.call(body)
            except Exception as error:  # the others are to be stopped, too
                logger.error("the extension %s did not stop well", each.name, exc_info=error)

    async def call(self, body: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What a function of an extension returns, which runs in a thread if it is not async."""
        if inspect.iscoroutinefunction(body):
            return await body(*arguments, **named)
        return await self.threads.run(body, *arguments, **named)


def hooks_at(moment: Moment, hooks: Sequence[Hook]) -> list[Hook]:
    """Those of the hooks that are called at this moment, in their order."""
    return [hook for hook in hooks if hook.moment is moment]
