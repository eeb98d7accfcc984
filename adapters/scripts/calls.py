"""The calls of one script to the functions of its host: one after the other, counted, and with JSON on both sides."""

import asyncio
from collections.abc import Mapping
from typing import Any

from adapters.scripts.contract import Bounds, Host, Reason, ScriptFailed
from adapters.scripts.values import plain, read_arguments
from domain.errors import DomainError


class CallRefused(Exception):
    """What a script gets as an exception; the message is for it."""


class Calls:
    """Answers the calls of a script. What ends the script, and not only the call, is left in `failure`."""

    def __init__(self, host: Host, bounds: Bounds) -> None:
        self._host = host
        self._bounds = bounds
        self._left = bounds.calls
        self._one_at_a_time = asyncio.Lock()
        self._task: asyncio.Task[object] | None = None
        self.failure: Exception | None = None

    async def answer(self, name: str, arguments: Any) -> object:
        """What a function gives; raises `CallRefused`."""
        async with self._one_at_a_time:  # a script may call several at once, and they share a transaction
            if self.failure is not None:
                raise CallRefused("The script has ended.")
            self._left -= 1
            if self._left < 0:
                message = f"A script may call at most {self._bounds.calls:,} functions."
                return self._end(ScriptFailed(Reason.CALLS, message))
            if name not in self._host.names:
                raise CallRefused(f"There is no function {name[:100]!r}.")
            return await self._call(name, arguments)

    async def _call(self, name: str, arguments: Any) -> object:
        try:
            given = read_arguments(arguments, self._bounds.output)
        except ValueError as error:
            raise CallRefused(f"The arguments of {name} cannot be taken: {error}.") from None
        try:
            self._task = asyncio.ensure_future(_made(self._host, name, given))
            return plain(await self._task)
        except DomainError as error:
            raise CallRefused(f"{error.code}: {error.message}") from None
        except Exception as error:  # whatever it is, it is not the script's
            return self._end(error)

    async def stop(self) -> None:
        """End the call that is under way, if the engine has left it alone."""
        self.failure = self.failure or CallRefused("The script has ended.")
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    def check(self) -> None:
        """Raise what has ended the script, whatever it did about it."""
        if self.failure is not None:
            raise self.failure

    def _end(self, failure: Exception) -> object:
        self.failure = failure
        raise CallRefused("The script has ended.")


async def _made(host: Host, name: str, arguments: Mapping[str, Any]) -> object:
    return await host.call(name, arguments)
