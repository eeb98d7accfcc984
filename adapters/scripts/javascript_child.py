"""A program that runs one script of JavaScript in V8 and ends. It speaks JSON with its parent, a line a message.

It imports nothing of the server, has no environment, and what it is given comes by its standard input:

    child:  {"ready": true}
    parent: {"source", "inputs", "names", "seconds", "memory", "log", "output"}
    child:  {"call": 1, "name", "arguments": "<JSON>", "log"}, and goes on
    parent: {"call": 1, "value"} or {"call": 1, "refused"}
    child:  {"done": "<JSON>", "log"} or {"failed": "RAISED", "message", "line", "column", "log"}

`failed` is a `Reason`, and `log` what was printed since the last message. While V8 is at work nothing can be told, for
nobody else may look at its values then.
"""

import asyncio
import json
import os
import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any

from py_mini_racer import (
    DEFAULT_V8_FLAGS,
    JSEvalException,
    JSOOMException,
    JSParseException,
    JSPromiseError,
    MiniRacer,
    init_mini_racer,
    mini_racer,
)

try:
    import resource
except ImportError:  # not on every system
    resource = None  # type: ignore[assignment]

MAX_LINE = 1 << 28
"""Bytes of a message of the parent's; it bounds them itself."""
FLAGS = ("--jitless",)
"""No machine code is made: most faults of V8's lie there."""
SLACK = 64 << 20
"""Bytes beside the script's own that V8 may need for itself."""

FAILURES = (JSEvalException, JSPromiseError)
INTERVAL = 0.05
"""Seconds between two looks at the memory."""

HEAD = "(async () => { "
TAIL = "\nreturn output;\n})\n//# sourceURL=script.js"
PRELUDE = """
((host, inputsText, names, most, mostOutput) => {
  const parse = JSON.parse, text = JSON.stringify, string = String;
  for (const name of ["WebAssembly", "SharedArrayBuffer", "Atomics", "setTimeout", "clearTimeout"])
    delete globalThis[name];
  let left = most, printed = "";
  const drain = () => { const text = printed; printed = ""; return text };
  const shown = (value) => {
    if (typeof value === "string") return value;
    try { return text(value) ?? string(value); } catch { return string(value); }
  };
  const print = (...values) => {
    if (left < 0) return;
    const line = values.map(shown).join(" ").slice(0, left + 1) + "\\n";
    left -= line.length;
    printed += line;
  };
  globalThis.console = Object.freeze({log: print, info: print, warn: print, error: print, debug: print});
  globalThis.inputs = parse(inputsText);
  globalThis.output = null;
  const objects = {};
  for (const name of parse(names)) {
    const [object, method] = name.split(".");
    (objects[object] ??= {})[method] = async (given = {}) => {
      const argument = text(given) ?? "null";
      if (argument.length > mostOutput) throw new Error(`The arguments of ${name} are too large.`);
      const answer = parse(await host(name, argument, drain()));
      if ("refused" in answer) throw new Error(answer.refused);
      return answer.value;
    };
  }
  for (const name in objects) globalThis[name] = Object.freeze(objects[name]);
  return (run) => run === undefined ? drain() : execute(run);
  async function execute(run) {
    let value;
    try {
      value = await run();
    } catch (error) {
      const isError = error instanceof Error;
      const message = isError ? string(error) : shown(error), stack = isError ? string(error.stack) : "";
      return text({failed: "RAISED", message, stack});
    }
    try {
      const done = text(value) ?? "null";
      return text(done.length > mostOutput ? {failed: "OUTPUT"} : {done});
    } catch (error) {
      return text({failed: "OUTPUT", message: string(error)});
    }
  }
})
"""
PLACE = re.compile(r"(?:script\.js|^<anonymous>):(\d+)(?::(\d+))?")


class Parent:
    """The other side of the pipes."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._calls = 0

    def send(self, message: dict[str, Any]) -> None:
        """Write a message."""
        text = json.dumps(message, ensure_ascii=False)
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\n")
        sys.stdout.buffer.flush()

    async def receive(self) -> dict[str, Any]:
        """The next message; ends the program where there is none any more."""
        line = await self._reader.readline()
        if not line:
            sys.exit(0)
        message: dict[str, Any] = json.loads(line)
        return message

    async def call(self, name: Any, arguments: Any, log: Any) -> str:
        """The answer to a call, as JSON."""
        self._calls += 1
        answer = self._waiting[self._calls] = asyncio.get_running_loop().create_future()
        self.send({"call": self._calls, "name": str(name), "arguments": str(arguments), "log": str(log)})
        return json.dumps(await answer)

    async def answers(self) -> None:
        """Give the answers to whoever waits for them."""
        while True:
            message = await self.receive()
            self._waiting.pop(message["call"]).set_result(message)


async def main() -> None:
    """Say that it is ready, run one script, and say what came of it."""
    reader = asyncio.StreamReader(MAX_LINE)
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    parent = Parent(reader)
    init_mini_racer(flags=(*DEFAULT_V8_FLAGS, *FLAGS))
    with mini_racer() as engine:
        parent.send({"ready": True})
        script = await parent.receive()
        limit_memory(engine, script["memory"])
        Thread(target=watch, args=(engine, script["memory"], parent), daemon=True).start()
        answers = asyncio.create_task(parent.answers())
        async with engine.wrap_py_function(parent.call) as host:
            result = await run(engine, script, host)
            parent.send({"failed": "MEMORY"} if engine.was_hard_memory_limit_reached() else result)
            os._exit(0)  # V8 may be at work for a while yet
        await answers


def watch(engine: MiniRacer, memory: int, parent: Parent) -> None:
    """End the program when memory is short: V8 then stops a script without a word, and its promise stays open."""
    most = used() + memory + SLACK
    while True:
        time.sleep(INTERVAL)
        if engine.was_hard_memory_limit_reached() or used() > most:
            parent.send({"failed": "MEMORY"})
            os._exit(0)


def used() -> int:
    """The most bytes of memory that the program has had; 0 where the system does not tell."""
    if resource is None:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1_024)


async def run(engine: MiniRacer, script: dict[str, Any], host: Any) -> dict[str, Any]:
    """What came of a script, as it is told to the parent."""
    names, inputs = json.dumps(script["names"]), json.dumps(script["inputs"])
    prelude: Any = engine.eval(PRELUDE)
    execute = prelude(host, inputs, names, script["log"], script["output"])
    try:
        async with asyncio.timeout(script["seconds"]):
            result = await outcome(engine, execute, script["source"])
    except TimeoutError:
        result = {"failed": "TIME"}
    with suppress(*FAILURES):
        result["log"] = str(execute())
    return result


async def outcome(engine: MiniRacer, execute: Any, source: str) -> dict[str, Any]:
    """Whether it is done or failed, and of what."""
    try:
        function = await engine.eval_cancelable(HEAD + source + TAIL)
        promise = await execute.cancelable()(function)
        return located(json.loads(str(await promise)))
    except JSOOMException:
        return {"failed": "MEMORY"}
    except JSParseException as error:
        return located({"failed": "SYNTAX", "message": syntax_message(str(error)), "stack": str(error)})
    except FAILURES as error:
        return located({"failed": "RAISED", "message": str(error).splitlines()[0], "stack": str(error)})


def syntax_message(text: str) -> str:
    """What is wrong, without the place and the source."""
    return next((line for line in text.splitlines() if line.startswith("SyntaxError: ")), text)


def located(result: dict[str, Any]) -> dict[str, Any]:
    """With line and column of the script instead of V8's list of calls."""
    stack = result.pop("stack", "")
    found = PLACE.search(stack)
    if found:
        line, column = int(found[1]), int(found[2] or 0) or caret_column(stack)
        result |= {"line": line, "column": column - (len(HEAD) if line == 1 else 0)}
    return result


def caret_column(text: str) -> int:
    """The column that a syntax error's `^` stands under."""
    return next((line.index("^") + 1 for line in text.splitlines() if line.strip("^ ") == "" and "^" in line), 1)


def limit_memory(engine: MiniRacer, memory: int) -> None:
    """V8 bounds its heap; the system bounds what lies beside it, such as buffers, where it can."""
    engine.set_hard_memory_limit(memory)
    with suppress(AttributeError, OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[5])
        most = pages * resource.getpagesize() + memory + SLACK
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    asyncio.run(main())
