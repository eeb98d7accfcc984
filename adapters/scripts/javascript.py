"""Runs JavaScript, in V8, which ends its process when memory is short: so each script has one (`javascript_child.py`).

A process takes a while to start, so the next one waits, started, since the first script was run.
"""

import asyncio
import json
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from adapters.scripts.calls import CallRefused, Calls
from adapters.scripts.contract import Bounds, Host, Outcome, Reason, Script, ScriptFailed
from adapters.scripts.log import Log
from adapters.scripts.values import plain, read_output

START_SECONDS: Final = 30.0
"""How long a process may take until it is ready."""
GRACE: Final = 0.5
"""Seconds that a process gets to end a script by itself, which then still has what it printed."""
MAX_LINE: Final = 64 << 20
"""Bytes of one message of a process."""
_PROGRAM: Final = Path(__file__).with_name("javascript_child.py")
_MESSAGES: Final = {
    Reason.TIME: "The script takes longer than {0.seconds:g} s.",
    Reason.MEMORY: "The script takes more than {0.memory:,} bytes of memory.",
    Reason.OUTPUT: "The output has more than {0.output:,} bytes.",
}


class JavaScriptEngine:
    """Runs scripts of JavaScript."""

    def __init__(self) -> None:
        self._spare: asyncio.Task[asyncio.subprocess.Process] | None = None

    async def run(self, script: Script, host: Host, bounds: Bounds) -> Outcome:
        """See `Engine`."""
        log, calls = Log(bounds.log), Calls(host, bounds)
        try:
            process = await self._take()
        except (TimeoutError, OSError) as error:
            raise ScriptFailed(Reason.CRASHED, "The engine of scripts does not start.") from error
        started = time.monotonic()
        try:
            async with asyncio.timeout(bounds.seconds + GRACE):
                result = await _Conversation(process, log, calls, bounds).hold(script, host)
            output = _output(result, bounds)
        except TimeoutError as error:
            if error is calls.failure:
                raise
            raise ScriptFailed(Reason.TIME, _MESSAGES[Reason.TIME].format(bounds), log=log.lines) from error
        except ScriptFailed as error:
            raise _with_log(error, log) from None
        finally:
            await calls.stop()
            await _end(process)
        return Outcome(output, log.lines, time.monotonic() - started)

    async def aclose(self) -> None:
        """See `Engine`."""
        spare, self._spare = self._spare, None
        if spare is not None:
            with suppress(TimeoutError, OSError):
                await _end(await spare)

    async def _take(self) -> asyncio.subprocess.Process:
        """A process that is ready; and another one is on its way."""
        spare, self._spare = self._spare, asyncio.create_task(_start())
        process = await (spare or _start())
        if process.returncode is not None:  # somebody has ended it while it waited
            process = await _start()
        return process


async def _start() -> asyncio.subprocess.Process:
    """A process without an environment, whose standard error, where V8 writes what it ends of, nobody reads."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        str(_PROGRAM),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={},
        limit=MAX_LINE,
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            assert process.stdout is not None
            if not await process.stdout.readline():
                raise OSError("the process has ended")
    except BaseException:
        await _end(process)
        raise
    return process


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


class _Conversation:
    """One script with its process."""

    def __init__(self, process: asyncio.subprocess.Process, log: Log, calls: Calls, bounds: Bounds) -> None:
        self._process = process
        self._log = log
        self._calls = calls
        self._bounds = bounds

    async def hold(self, script: Script, host: Host) -> dict[str, Any]:
        """The last message of the process."""
        inputs = plain(script.inputs)
        bounds = {name: getattr(self._bounds, name) for name in ("seconds", "memory", "log", "output")}
        await self._send({"source": script.source, "inputs": inputs, "names": list(host.names), **bounds})
        while True:
            message = await self._receive()
            self._log.write(str(message.get("log", "")))
            if "call" not in message:
                return message
            await self._send({"call": message["call"], **await self._answer(message)})
            self._calls.check()

    async def _answer(self, message: dict[str, Any]) -> dict[str, object]:
        try:
            return {"value": await self._calls.answer(str(message["name"]), json.loads(str(message["arguments"])))}
        except (CallRefused, ValueError, RecursionError) as error:
            return {"refused": str(error)}

    async def _send(self, message: dict[str, object]) -> None:
        assert self._process.stdin is not None
        with suppress(ConnectionError):  # what has become of it is found out by reading
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            await self._process.stdin.drain()

    async def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        try:
            message = json.loads(await self._process.stdout.readline())
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict):
            raise ScriptFailed(
                Reason.CRASHED, "The engine of the script has ended, as it does when it gets no more memory."
            )
        return message


def _output(result: dict[str, Any], bounds: Bounds) -> object:
    if "failed" not in result:
        return read_output(str(result.get("done")), bounds.output)
    reason = Reason(result["failed"])
    message = result.get("message") or _MESSAGES[reason].format(bounds)
    raise ScriptFailed(reason, message, result.get("line"), result.get("column"))


def _with_log(error: ScriptFailed, log: Log) -> ScriptFailed:
    return ScriptFailed(error.reason, error.text, error.line, error.column, log.lines)
