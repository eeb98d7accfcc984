"""The action RUN_SCRIPT, in both languages."""

from typing import Any

import pytest

from adapters.scripts.contract import Bounds
from adapters.scripts.scripts import Scripts
from resolvers.services import Services
from tests.graph.automations.actions.conftest import Run
from tests.graph.automations.actions.test_conditional import create
from tests.support.api import Api
from tests.support.constraints import make_unique
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records, make_table

ADD = {
    "PYTHON": "print('hello')\noutput = {'sum': inputs['a'] + inputs['b']}",
    "JAVASCRIPT": "console.log('hello'); output = {sum: inputs.a + inputs.b};",
}
COPY = {
    "PYTHON": """
found = await records.find(table=inputs['table'], filter={'field': 'Count', 'operator': 'GT', 'value': 1})
for each in found:
    made = await records.create(table=inputs['table'], fields={'Name': each['Name'] + ' copy'})
    await records.update(id=made['id'], fields={'Count': 0})
    await records.delete(id=each['id'])
output = (await records.get(id=made['id']))['Name']
""",
    "JAVASCRIPT": """
const found = await records.find({table: inputs.table, filter: {field: 'Count', operator: 'GT', value: 1}});
let made;
for (const each of found) {
  made = await records.create({table: inputs.table, fields: {Name: each.Name + ' copy'}});
  await records.update({id: made.id, fields: {Count: 0}});
  await records.delete({id: each.id});
}
output = (await records.get({id: made.id})).Name;
""",
}
LANGUAGES = pytest.mark.parametrize("language", ["PYTHON", "JAVASCRIPT"])


def script(language: str, text: str, inputs: Any = None) -> dict[str, Any]:
    """An action that runs a script."""
    return {"type": "RUN_SCRIPT", "config": {"language": language, "script": text, "inputs": inputs}}


@LANGUAGES
async def test_inputs_come_in_and_an_output_goes_on(language: str, run: Run, records: Records) -> None:
    inputs = {"a": "{{trigger.a}}", "b": 2}
    ended = await run([script(language, ADD[language], inputs), create("{{steps.1.output.sum}}")], {"a": 40})
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert ended.outputs["1"] == {"output": {"sum": 42}, "logs": ["hello"]}
    assert [each["Name"] for each in await records.all()] == ["42"]


@LANGUAGES
async def test_records_are_reached(language: str, run: Run, records: Records, api: Api, table: MadeTable) -> None:
    await create_records(api, table, [{"Name": "a", "Count": 1}, {"Name": "b", "Count": 2}])
    ended = await run([script(language, COPY[language], {"table": str(table.id)})])
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert ended.outputs["1"]["output"] == "b copy"
    assert [(each["Name"], each["Count"]) for each in await records.all()] == [("a", 1), ("b copy", 0)]


async def test_what_a_script_that_fails_has_written_is_undone(run: Run, records: Records, table: MadeTable) -> None:
    text = "await records.create(table=inputs['table'], fields={'Name': 'x'})\nprint('so far')\nraise ValueError('oh')"
    ended = await run([script("PYTHON", text, {"table": str(table.id)})])
    assert ended.status == "FAILED"
    assert (ended.error or "").startswith("Step 1 (RUN_SCRIPT): The script failed (RAISED): ")
    assert (ended.error or "").endswith("(line 3, column 7)\n> so far")
    assert await records.all() == []


async def test_a_script_reaches_what_the_owner_does_and_no_more(run: Run, api: Api) -> None:
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], name="Others")
    text = "await records.create(table=inputs['table'], fields={'Name': 'x'})"
    ended = await run([script("PYTHON", text, {"table": str(other.id)})])
    assert f"NOT_FOUND: There is no table with id {other.id}." in (ended.error or "")
    assert await Records(api, other).all() == []


@pytest.mark.parametrize(
    ("language", "text", "reason"),
    [
        ("PYTHON", "while True: pass", "TIME"),
        ("JAVASCRIPT", "for (;;) {}", "TIME"),
        ("PYTHON", "x = []\nwhile True: x.append('a' * 100000 + str(len(x)))", "MEMORY"),
        ("JAVASCRIPT", "const x = []; for (;;) x.push(new Array(100000).fill(1.5));", "MEMORY"),
        ("PYTHON", "def f(): return f()\nf()", "RAISED"),
        ("JAVASCRIPT", "function f() { return f() + 1 } f();", "RAISED"),
        ("PYTHON", "output = 'x' * 2000000", "OUTPUT"),
        ("PYTHON", "output = (", "SYNTAX"),
    ],
)
async def test_a_script_that_takes_too_much_fails_and_the_next_run_goes_on(
    language: str, text: str, reason: str, run: Run, services: Services
) -> None:
    services.scripts = Scripts(Bounds(seconds=2, memory=32 << 20), 2)
    ended = await run([script(language, text)])
    assert ended.status == "FAILED"
    assert f"The script failed ({reason})" in (ended.error or "")
    assert (await run([script("PYTHON", "output = 1")])).outputs["1"]["output"] == 1


REFUSED = {
    "PYTHON": """
try:
    await records.create(table=inputs['table'], fields={'Name': 'taken'})
except RuntimeError as error:
    output = str(error)[:15]
await records.create(table=inputs['table'], fields={'Name': 'free'})
""",
    "JAVASCRIPT": """
try {
  await records.create({table: inputs.table, fields: {Name: 'taken'}});
} catch (error) {
  output = error.message.slice(0, 15);
}
await records.create({table: inputs.table, fields: {Name: 'free'}});
""",
}


@LANGUAGES
async def test_a_script_goes_on_behind_what_the_database_refuses(
    language: str, run: Run, records: Records, api: Api, table: MadeTable
) -> None:
    await make_unique(api, table, "Name")
    await create_records(api, table, [{"Name": "taken"}])
    ended = await run([script(language, REFUSED[language], {"table": str(table.id)})])
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert ended.outputs["1"]["output"] == "DUPLICATE_VALUE"
    assert [each["Name"] for each in await records.all()] == ["taken", "free"]
