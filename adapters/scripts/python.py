"""Runs Python, in Monty: an interpreter of its own with a part of the language, without files, network or processes.

Each script gets a new process of Monty's, which bounds time and memory itself and is killed where it does not. A script
is three pieces that are run one after the other: what it can use, the source, and what `output` is as JSON.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final

from pydantic_monty import (
    AsyncMonty,
    AsyncMontySession,
    MontyCrashedError,
    MontyError,
    MontyRuntimeError,
    MontySyntaxError,
    OSPolicy,
    ResourceLimits,
)

from adapters.scripts.calls import CallRefused, Calls
from adapters.scripts.contract import Bounds, Host, Outcome, Reason, Script, ScriptFailed
from adapters.scripts.log import Log
from adapters.scripts.values import plain, read_output, too_large

MAX_RECURSION: Final = 200
"""Calls of a script in each other."""
_SUSPENSIONS: Final = 1_000
"""How often it may wait for something else than a function, such as a name that there is not."""
_SOURCE: Final = "<python-input-1>"
"""What Monty calls the second piece."""
_REASONS: Final = {"MemoryError": Reason.MEMORY, "TimeoutError": Reason.TIME}


class PythonEngine:
    """Runs scripts of Python."""

    def __init__(self, most: int) -> None:
        """`most` is how many run at a time."""
        self._most = most
        self._pool: AsyncMonty | None = None
        self._opening = asyncio.Lock()

    async def run(self, script: Script, host: Host, bounds: Bounds) -> Outcome:
        """See `Engine`."""
        pool = await self._opened()
        log, calls, started = Log(bounds.log), Calls(host, bounds), time.monotonic()
        try:
            async with asyncio.timeout(bounds.seconds):
                text = await _run(pool, script, host, bounds, log, calls)
            calls.check()
            return Outcome(read_output(text, bounds.output), log.lines, time.monotonic() - started)
        except TimeoutError as error:
            if error is calls.failure:
                raise
            raise _too_long(bounds, log) from error
        except MontyError as error:
            if calls.failure is not None and not isinstance(calls.failure, ScriptFailed):
                raise calls.failure from None
            raise _failure(calls.failure or error, bounds, log) from None
        except ScriptFailed as error:
            raise ScriptFailed(error.reason, error.text, log=log.lines) from None
        finally:
            await calls.stop()

    async def aclose(self) -> None:
        """See `Engine`."""
        if self._pool is not None:
            await self._pool.__aexit__(None, None, None)
            self._pool = None

    async def _opened(self) -> AsyncMonty:
        """The pool, which belongs to the event loop that it is first used in; no process waits in it."""
        async with self._opening:
            if self._pool is None:
                pool = AsyncMonty(min_processes=0, max_processes=self._most, max_checkouts_per_worker=1)
                self._pool = await pool.__aenter__()
            return self._pool


async def _run(pool: AsyncMonty, script: Script, host: Host, bounds: Bounds, log: Log, calls: Calls) -> str:
    limits = ResourceLimits(
        max_feed_duration_secs=bounds.seconds,
        max_memory=bounds.memory,
        max_recursion_depth=MAX_RECURSION,
        max_suspensions=bounds.calls + _SUSPENSIONS,
    )
    async with pool.checkout(limits=limits, os_policy=OSPolicy(sleep="zero")) as session:
        lookup = {"_call": _answering(calls)}
        await session.feed_run(_prelude(host.names), inputs={"inputs": plain(script.inputs)}, external_lookup=lookup)
        await session.feed_run(
            script.source, external_lookup=lookup, print_callback=lambda _stream, text: log.write(text)
        )
        return await _output(session, bounds)


def _answering(calls: Calls) -> Any:
    async def call(name: str, arguments: Any) -> object:
        try:
            return await calls.answer(name, arguments)
        except CallRefused as error:
            raise RuntimeError(str(error)) from None  # one of the exceptions that Monty knows

    return call


def _prelude(names: Sequence[str]) -> str:
    """Objects with the functions of the host, and an `output` for scripts that assign none."""
    objects: dict[str, list[str]] = defaultdict(list)
    for name in names:
        object_name, _, function = name.partition(".")
        objects[object_name].append(function)
    lines = ["output = None"]
    for object_name, functions in objects.items():
        lines.append(f"class _{object_name}:")
        for function in functions:
            lines.append(f"    async def {function}(self, arguments=None, **named):")
            call = f"_call({json.dumps(f'{object_name}.{function}')}, named if arguments is None else arguments)"
            lines.append(f"        return await {call}")
        lines.append(f"{object_name} = _{object_name}()")
    return "\n".join(lines)


async def _output(session: AsyncMontySession, bounds: Bounds) -> str:
    """Made JSON where it is, so that what is too large need not come here."""
    source = (
        "import json as _json\n_text = _json.dumps(output, ensure_ascii=False)\n_text if len(_text) <= {most} else None"
    )
    try:
        text = await session.feed_run(source.format(most=bounds.output))
    except MontyRuntimeError as error:
        kind = type(error.exception()).__name__
        reason = _REASONS.get(kind, Reason.OUTPUT)
        raise ScriptFailed(reason, f"The output cannot be made JSON: {error.exception()}.") from None
    if not isinstance(text, str):
        raise too_large(bounds.output)
    return text


def _failure(error: Exception, bounds: Bounds, log: Log) -> ScriptFailed:
    if isinstance(error, ScriptFailed):
        return ScriptFailed(error.reason, error.text, log=log.lines)
    if isinstance(error, MontyCrashedError):
        return _too_long(bounds, log) if error.timed_out else _crashed(log)
    if not isinstance(error, (MontySyntaxError, MontyRuntimeError)):
        return ScriptFailed(Reason.RAISED, str(error), log=log.lines)
    raised = error.exception()
    kind = type(raised).__name__
    reason = Reason.SYNTAX if isinstance(error, MontySyntaxError) else _REASONS.get(kind, Reason.RAISED)
    if reason is Reason.TIME:
        return _too_long(bounds, log)
    if reason is Reason.MEMORY:
        return ScriptFailed(reason, f"The script takes more than {bounds.memory:,} bytes of memory.", log=log.lines)
    frames = [frame for frame in error.traceback() if frame.filename == _SOURCE]
    line, column = (frames[-1].line, frames[-1].column) if frames else (None, None)
    return ScriptFailed(reason, f"{kind}: {raised}", line, column, log.lines)


def _too_long(bounds: Bounds, log: Log) -> ScriptFailed:
    return ScriptFailed(Reason.TIME, f"The script takes longer than {bounds.seconds:g} s.", log=log.lines)


def _crashed(log: Log) -> ScriptFailed:
    return ScriptFailed(Reason.CRASHED, "The engine of the script has ended.", log=log.lines)
