"""Scripts that fail, and those that try to take the server with them."""

import asyncio
import time
from contextlib import suppress

import psutil
import pytest

from adapters.scripts.contract import Bounds, Host, Language, Reason, Script, ScriptFailed
from adapters.scripts.log import CUT, Log
from adapters.scripts.scripts import Scripts
from adapters.scripts.values import read_output
from tests.adapters.scripts.conftest import Functions, Runner

PYTHON, JAVASCRIPT = Language.PYTHON, Language.JAVASCRIPT


async def failure_of(runner: Runner, language: Language, source: str) -> ScriptFailed:
    """How a script fails."""
    with pytest.raises(ScriptFailed) as failed:
        await runner.run(language, source)
    return failed.value


@pytest.mark.parametrize(
    ("language", "source", "reason", "message", "place"),
    [
        (PYTHON, "a = 1\nb = (", Reason.SYNTAX, "SyntaxError: unexpected EOF", (2, 6)),
        (PYTHON, "a = 1\n  b = 2", Reason.SYNTAX, "SyntaxError: Unexpected indentation", (2, 1)),
        (PYTHON, "def f():\n    return 1 / 0\nf()", Reason.RAISED, "ZeroDivisionError: division by zero", (2, 12)),
        (PYTHON, "x = 1\nx.y", Reason.RAISED, "AttributeError: 'int' object has no attribute 'y'", (2, 1)),
        (PYTHON, "raise ValueError('own')", Reason.RAISED, "ValueError: own", (1, 7)),
        (PYTHON, "import socket", Reason.RAISED, "ModuleNotFoundError", (1, 1)),
        (PYTHON, "import os\nos.system('ls')", Reason.RAISED, "AttributeError", (2, 1)),
        (PYTHON, "open('/etc/passwd')", Reason.RAISED, "PermissionError", (1, 1)),
        (PYTHON, "def f():\n    f()\nf()", Reason.RAISED, "RecursionError", (2, 5)),
        (JAVASCRIPT, "let a = 1\nlet b = ;", Reason.SYNTAX, "SyntaxError: Unexpected token ';'", (2, 9)),
        (JAVASCRIPT, "let a = ;", Reason.SYNTAX, "SyntaxError: Unexpected token ';'", (1, 9)),
        (JAVASCRIPT, "\nx.y", Reason.RAISED, "ReferenceError: x is not defined", (2, 1)),
        (JAVASCRIPT, "null.y", Reason.RAISED, "TypeError: Cannot read properties of null", (1, 6)),
        (JAVASCRIPT, "throw new Error('own')", Reason.RAISED, "Error: own", (1, 7)),
        (JAVASCRIPT, "throw {a: 1}", Reason.RAISED, '{"a":1}', (None, None)),
        (JAVASCRIPT, "function f() {\n  f()\n}\nf()", Reason.RAISED, "RangeError: Maximum call stack", (2, 3)),
        (JAVASCRIPT, "await import('fs')", Reason.RAISED, "Error: Not supported", (1, 1)),
        (JAVASCRIPT, "require('fs')", Reason.RAISED, "ReferenceError: require is not defined", (1, 1)),
        (JAVASCRIPT, "fetch('http://127.0.0.1')", Reason.RAISED, "ReferenceError: fetch is not defined", (1, 1)),
        (JAVASCRIPT, "WebAssembly.x", Reason.RAISED, "ReferenceError: WebAssembly is not defined", (1, 1)),
    ],
)
async def test_a_failure_tells_what_and_where(
    patient: Runner, language: Language, source: str, reason: Reason, message: str, place: tuple[int | None, int | None]
) -> None:
    failed = await failure_of(patient, language, source)

    assert failed.reason is reason
    assert failed.message.startswith(message)
    assert (failed.line, failed.column) == place


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "print('so far')\nwhile True:\n    pass"),
        (JAVASCRIPT, "console.log('so far'); await records.get({}); while (true) {}"),
        (JAVASCRIPT, "console.log('so far'); await records.get({}); await new Promise(() => {})"),
        (JAVASCRIPT, "console.log('so far'); await records.get({}); /(a+)+$/.test('a'.repeat(50) + 'b')"),
        (PYTHON, "print('so far')\nawait records.get(sleep=60)"),
        (JAVASCRIPT, "console.log('so far'); await records.get({sleep: 60})"),
    ],
)
async def test_a_script_that_takes_too_long_is_ended(
    runner: Runner, functions: Functions, language: Language, source: str
) -> None:
    await runner.run(language, "")
    started = time.monotonic()
    failed = await failure_of(runner, language, source)

    assert (failed.reason, failed.log) == (Reason.TIME, ("so far",))
    assert failed.message == "The script takes longer than 2 s."
    assert 1.9 < time.monotonic() - started < 8
    assert functions.under_way == 0


async def test_no_expression_takes_python_long(patient: Runner) -> None:
    assert (await patient.python("import re\noutput = re.match(r'(a+)+$', 'a' * 50 + 'b') is None")).output is True


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "x = []\nwhile True:\n    x.append('a' * 1000)"),
        (PYTHON, "x = 'a' * 10**10"),
        (PYTHON, "x = list(range(10**9))"),
        (PYTHON, "x = 2 ** 10**9"),
        (PYTHON, "output = 'x' * 30_000_000"),
        (JAVASCRIPT, "const a = []; while (true) a.push('a'.repeat(1000) + a.length)"),
        (JAVASCRIPT, "const a = new Map(); let i = 0; while (true) a.set(i++, {i})"),
        (JAVASCRIPT, "new Array(1e9).fill(1)"),
        (JAVASCRIPT, "output = 'x'.repeat(5e8)"),
    ],
)
async def test_a_script_that_takes_too_much_memory_is_ended(patient: Runner, language: Language, source: str) -> None:
    failed = await failure_of(patient, language, source)

    assert failed.reason in (Reason.MEMORY, Reason.CRASHED)
    assert (await patient.run(language, "output = 1")).output == 1


async def test_buffers_count_as_memory(patient: Runner) -> None:
    failed = await failure_of(patient, JAVASCRIPT, "const a = []; while (true) a.push(new Uint8Array(1e7).fill(1))")

    assert failed.reason in (Reason.RAISED, Reason.MEMORY)
    assert "allocation failed" in failed.message or "bytes of memory" in failed.message


@pytest.mark.parametrize(
    ("language", "source", "message"),
    [
        (PYTHON, "output = 'x' * 10_001", "The output has more than 10,000 bytes."),
        (PYTHON, "output = {1, 2}", "The output cannot be made JSON: Object of type set"),
        (PYTHON, "output = float('nan')", "The output is no JSON that can be kept: NaN is no number."),
        (PYTHON, "output = []\noutput.append(output)", "The output cannot be made JSON: Circular reference"),
        (PYTHON, "for _ in range(70):\n    output = [output]", "it has more than 64 levels"),
        (
            PYTHON,
            "for _ in range(100_000):\n    output = [output]",
            "The output cannot be made JSON: maximum recursion",
        ),
        (PYTHON, "output = 10 ** 5_000", "Exceeds the limit (4300 digits)"),
        (PYTHON, "output = lambda: 1", "The output cannot be made JSON"),
        (PYTHON, "len = lambda x: 0\noutput = 'x' * 10_001", "The output has more than 10,000 bytes."),
        (JAVASCRIPT, "output = 'x'.repeat(10001)", "The output has more than 10,000 bytes."),
        (JAVASCRIPT, "output = 'ä'.repeat(9000)", "The output has more than 10,000 bytes."),
        (PYTHON, "output = 'ä' * 9_000", "The output has more than 10,000 bytes."),
        (JAVASCRIPT, "output = 10n", "TypeError: Do not know how to serialize a BigInt"),
        (JAVASCRIPT, "output = {}; output.a = output", "TypeError: Converting circular structure to JSON"),
        (JAVASCRIPT, "for (let i = 0; i < 70; i++) output = [output]", "it has more than 64 levels"),
    ],
)
async def test_what_cannot_be_an_output_is_told(patient: Runner, language: Language, source: str, message: str) -> None:
    failed = await failure_of(patient, language, source)

    assert failed.reason is Reason.OUTPUT
    assert message in failed.message


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "while True:\n    print('x' * 99)"),
        (JAVASCRIPT, "while (true) console.log('x'.repeat(99))"),
        (JAVASCRIPT, "console.log('x'.repeat(1e7)); while (true) {}"),
    ],
)
async def test_of_endless_lines_the_first_are_kept(runner: Runner, language: Language, source: str) -> None:
    failed = await failure_of(runner, language, source)

    assert failed.reason is Reason.TIME
    assert 500 <= len("\n".join(failed.log[:-1])) + 1 <= 502
    assert failed.log[-1] == CUT


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "raise ValueError('x' * 100_000)"),
        (JAVASCRIPT, "throw new Error('x'.repeat(100000))"),
    ],
)
async def test_messages_are_bounded(patient: Runner, language: Language, source: str) -> None:
    failed = await failure_of(patient, language, source)

    assert len(failed.message) < 1_100


async def test_secrets_of_the_server_are_not_to_be_read(patient: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLEGRAPH_SECRET_KEY", "a secret")
    for source in ("os.environ['TABLEGRAPH_SECRET_KEY']", "os.getenv('TABLEGRAPH_SECRET_KEY')", "os.listdir('.')"):
        failed = await failure_of(patient, PYTHON, f"import os\noutput = {source}")
        assert failed.reason is Reason.RAISED
    await patient.javascript("")
    (child,) = [each for each in psutil.Process().children() if "javascript_child" in " ".join(each.cmdline())]
    assert set(child.environ()) <= {"LC_CTYPE"}


@pytest.mark.parametrize(
    ("source", "output"),
    [("import time\ntime.sleep(60)\noutput = 1", 1), ("import asyncio\nawait asyncio.sleep(60)\noutput = 2", 2)],
)
async def test_sleep_takes_no_time(runner: Runner, source: str, output: int) -> None:
    assert (await runner.python(source)).output == output


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while True:\n    try:\n        a = 'a' * 10**9\n    except MemoryError:\n        pass", Reason.MEMORY),
        (
            "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
            Reason.TIME,
        ),
    ],
)
async def test_bounds_cannot_be_caught(runner: Runner, source: str, reason: Reason) -> None:
    assert (await failure_of(runner, PYTHON, source)).reason is reason


@pytest.mark.parametrize("language", Language)
async def test_nothing_is_left_for_the_next_script(patient: Runner, language: Language) -> None:
    leaving = {PYTHON: "kept = 1\noutput = 2", JAVASCRIPT: "globalThis.kept = 1; Array.prototype.kept = 1; output = 2"}
    looking = {PYTHON: "kept", JAVASCRIPT: "kept"}
    assert (await patient.run(language, leaving[language])).output == 2
    for _ in range(3):
        assert "kept" in (await failure_of(patient, language, looking[language])).message


@pytest.mark.parametrize(
    "source",
    [
        "}); output = 3; (async () => {",
        "JSON.stringify = 3; JSON.parse = 3; String = 3; Error = 3; output = 3",
        "Object.prototype.failed = 'x'; Object.prototype.refused = 'y'; output = 3",
        "console = 3; records = 3; output = 3",
    ],
)
async def test_what_a_script_does_to_its_surroundings_hurts_nobody_else(patient: Runner, source: str) -> None:
    with suppress(ScriptFailed):
        assert (await patient.javascript(source)).output == 3
    assert (await patient.javascript("output = 4")).output == 4


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "while True:\n    print('x' * 1000)"),
        (JAVASCRIPT, "const a = []; while (true) { a.push({}); if (a.length > 1e5) a.length = 0 }"),
    ],
)
async def test_the_event_loop_goes_on_meanwhile(runner: Runner, language: Language, source: str) -> None:
    await runner.run(language, "")
    longest = 0.0

    async def look() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            longest = max(longest, time.perf_counter() - before)

    looking = asyncio.create_task(look())
    await failure_of(runner, language, source)
    looking.cancel()

    assert longest < 1.0


async def test_scripts_beyond_a_number_wait(functions: Functions) -> None:
    scripts = Scripts(Bounds(seconds=5.0), 2)
    host = Host(("records.get",), functions)
    script = Script(PYTHON, "await records.get(sleep=0.1)")
    await asyncio.gather(*(scripts.run(script, host) for _ in range(6)))
    await scripts.aclose()

    assert functions.most_under_way == 2


@pytest.mark.parametrize("language", Language)
async def test_a_script_that_is_given_up_leaves_no_process(
    runner: Runner, functions: Functions, language: Language
) -> None:
    source = {PYTHON: "await records.get(sleep=60)", JAVASCRIPT: "await records.get({sleep: 60})"}[language]
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    running = asyncio.create_task(runner.run(language, source))
    await functions.has_begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await runner.scripts.aclose()
    await asyncio.sleep(0.1)

    left = [child for child in psutil.Process().children(recursive=True) if child.pid not in before]
    assert [child for child in left if child.status() != psutil.STATUS_ZOMBIE] == []
    assert functions.under_way == 0


async def test_a_process_that_is_killed_meanwhile_is_told(runner: Runner, functions: Functions) -> None:
    await runner.javascript("")
    before = {child.pid for child in psutil.Process().children()}
    running = asyncio.create_task(runner.javascript("while (true) await records.get({})"))
    await functions.has_begun.wait()
    for child in psutil.Process().children():
        if "javascript_child" in " ".join(child.cmdline()) and (child.pid in before):
            child.kill()
    with pytest.raises(ScriptFailed) as failed:
        await running

    assert failed.value.reason is Reason.CRASHED
    assert (await runner.javascript("output = 1")).output == 1


def test_a_log_keeps_lines() -> None:
    log = Log(10)
    for text in ("ab\ncd", "e\n", "fghijk"):
        log.write(text)
    assert log.lines == ("ab", "cde", "fgh", CUT)

    many = Log(5_000)
    many.write("\n" * 2_000)
    assert many.lines == ("",) * 1_000 + (CUT,)


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "NaN", "1e999x", "9" * 5_000])
def test_an_output_is_looked_at_whatever_the_engine_says(text: str) -> None:
    with pytest.raises(ScriptFailed):
        read_output(text, 1_000_000)
