"""Packages that extend the server, installed as any other: distributions of their own on the path."""

import os
from pathlib import Path

_GREETINGS = '''
import asyncio
import os
import time
from pathlib import Path

from pydantic import BaseModel, Field, SecretStr

from domain.extensions import ADMIN, PUBLIC, USER, Call, Extension, GraphQLFailed, RecordWrite, Refused

extension = Extension("greetings")
STARTED = []
CALLS = []


def note(line):
    if "GREETINGS_LOG" in os.environ:
        with Path(os.environ["GREETINGS_LOG"]).open("a") as file:
            file.write(line + "\\n")


class Greeting(BaseModel):
    """Whom to greet."""

    name: str = Field(min_length=1, max_length=20)
    times: int = 1


class Greeted(BaseModel):
    text: str


@extension.on_startup
async def start():
    STARTED.append("started")
    note("started")


@extension.on_shutdown
def stop():
    STARTED.append("stopped")
    note("stopped")


@extension.function(auth=PUBLIC)
async def greet(call: Call, given: Greeting) -> Greeted:
    """Greet somebody."""
    return Greeted(text=" ".join(["Hello " + given.name] * given.times))


@extension.function()
def add(call: Call, left: int, right: int = 1) -> int:
    """Add two numbers, in a thread."""
    return left + right


@extension.function(name="count.records")
async def count(call: Call, table: str) -> int:
    """How many records a table has."""
    found = await call.graphql("query ($id: ID!) { records(tableId: $id, first: 1) { totalCount } }", {"id": table})
    return found["records"]["totalCount"]


@extension.function(name="count_in_thread")
def count_in_thread(call: Call) -> str | None:
    """Who asks, by way of the API."""
    me = call.graphql_in_thread("{ me { id } }")["me"]
    return None if me is None else me["id"]


@extension.function(auth=ADMIN)
async def reset(call: Call) -> bool:
    """Only for superusers."""
    return True


@extension.function()
async def refuse(call: Call) -> None:
    raise Refused("Not on a Sunday.")


@extension.function()
async def refuse_text(call: Call, text: str) -> None:
    raise Refused(f"Not {text}.")


@extension.function()
async def fail(call: Call) -> None:
    raise ValueError("the password of the database")


@extension.function(timeout=0.05)
async def sleep(call: Call) -> None:
    await asyncio.sleep(60)


@extension.function(name="sleep_in_thread", timeout=0.05)
def sleep_in_thread(call: Call) -> None:
    time.sleep(0.5)


@extension.function()
async def lie(call: Call) -> int:
    return "no number"


@extension.function()
async def keep(call: Call, secret: SecretStr, size: int = 0) -> dict[str, str]:
    CALLS.append((call.id, call.user_id, secret.get_secret_value()))
    return {"text": "x" * size}


@extension.function()
async def again(call: Call, depth: int) -> int:
    """Call itself."""
    if depth == 0:
        return 0
    document = "mutation ($i: CallFunctionInput!) { callFunction(input: $i) { functionCall { output } } }"
    given = {"name": "again", "arguments": {"depth": depth - 1}}
    found = await call.graphql(document, {"i": given})
    return 1 + found["callFunction"]["functionCall"]["output"]


@extension.function()
async def write(call: Call, table: str) -> None:
    document = "mutation ($i: CreateRecordInput!) { createRecord(input: $i) { record { id } } }"
    await call.graphql(document, {"i": {"tableId": table, "fields": {}}})


@extension.function()
async def write_later(call: Call, table: str, calls: int = 1) -> None:
    document = "mutation ($i: CallFunctionInput!) { callFunction(input: $i) { functionCall { id } } }"
    if calls:
        given = {"name": "write_later", "arguments": {"table": table, "calls": calls - 1}, "mode": "QUEUED"}
        await call.graphql(document, {"i": given})
    else:
        await write(call, table)


@extension.function()
async def wait_for_end(call: Call, seconds: float) -> str:
    note(f"begun {call.id}")
    await asyncio.sleep(seconds)
    note(f"done {call.id}")
    return "done"


@extension.before_create("Guarded")
async def guard(write: RecordWrite) -> None:
    for draft in write.records:
        if not draft.values.get("Name"):
            raise Refused("Every record needs a name.", record=draft.index)
'''

_MODULES = {
    "greetings": _GREETINGS,
    "broken_import": "raise RuntimeError('no configuration')\n",
    "broken_start": """
from domain.extensions import Extension

extension = Extension("broken-start", "7.0")


@extension.function()
async def unreachable(call) -> int:
    return 1


@extension.before_create()
async def never(write):
    raise AssertionError


@extension.on_startup
async def start():
    raise ConnectionError("the company is away")
""",
    "required_start": """
from domain.extensions import Extension

extension = Extension("needed", required=True)


@extension.on_startup
async def start():
    raise ConnectionError("the company is away")
""",
    "odd": "extension = object()\n",
    "misnamed": """
from domain.extensions import Extension

extension = Extension("another")
""",
    "untyped": """
from domain.extensions import Extension

extension = Extension("untyped")


@extension.function()
async def nothing(call, value):
    pass
""",
    "rival": """
from domain.extensions import Extension

extension = Extension("rival")


@extension.function()
async def greet(call) -> int:
    return 1
""",
}
ENTRIES = {
    "greetings": "greetings",
    "broken-import": "broken_import",
    "broken-start": "broken_start",
    "needed": "required_start",
    "odd": "odd",
    "misnamed": "misnamed",
    "untyped": "untyped",
    "rival": "rival",
}
"""The modules of the extensions by their names."""


def install_extensions(folder: Path, *names: str) -> None:
    """Put the distribution `greetings-suite` 1.2 with extensions of these names into a folder."""
    metadata = folder / "greetings_suite-1.2.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: greetings-suite\nVersion: 1.2\n")
    lines = [f"{name} = {ENTRIES[name]}:extension" for name in names]
    (metadata / "entry_points.txt").write_text("\n".join(["[tablegraph.extensions]", *lines]) + "\n")
    for name in names:
        (folder / f"{ENTRIES[name]}.py").write_text(_MODULES[ENTRIES[name]])


def path_with(folder: Path) -> dict[str, str]:
    """The variable with which a process of its own finds what lies in a folder."""
    return {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}
