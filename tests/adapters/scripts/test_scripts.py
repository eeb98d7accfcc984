"""What scripts of both languages are given, what they can call, and what comes of them."""

from datetime import date
from decimal import Decimal

import pytest

from adapters.scripts.contract import Host, Language, Reason, ScriptFailed
from adapters.scripts.scripts import MAX_SOURCE
from tests.adapters.scripts.conftest import Functions, Runner

PYTHON, JAVASCRIPT = Language.PYTHON, Language.JAVASCRIPT


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "output = {'sum': inputs['a'] + sum(inputs['b']), 'text': 'ä' + inputs['c'], 'none': None}"),
        (JAVASCRIPT, "output = {sum: inputs.a + inputs.b[0] + inputs.b[1], text: 'ä' + inputs.c, none: null}"),
    ],
)
async def test_inputs_go_in_and_output_comes_out(patient: Runner, language: Language, source: str) -> None:
    outcome = await patient.run(language, source, a=1, b=[2, 3], c="€\U0001f600")

    assert outcome.output == {"sum": 6, "text": "ä€\U0001f600", "none": None}
    assert outcome.log == ()
    assert 0 < outcome.seconds < 30


@pytest.mark.parametrize("language", Language)
async def test_inputs_are_of_json_s_kinds_in_both_languages(patient: Runner, language: Language) -> None:
    outcome = await patient.run(language, "output = inputs", day=date(2026, 1, 31), price=Decimal("0.5"), odd="\ud800")

    assert outcome.output == {"day": "2026-01-31", "price": 0.5, "odd": "?"}


@pytest.mark.parametrize("language", Language)
async def test_a_script_without_an_output_has_none(patient: Runner, language: Language) -> None:
    assert (await patient.run(language, "")).output is None


async def test_a_variable_of_its_own_is_the_output_of_a_script_too(patient: Runner) -> None:
    assert (await patient.javascript("const output = 5; // the end")).output == 5
    assert (await patient.javascript("if (inputs.a) { output = 1; return 2 }", a=1)).output == 2


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "print('a', 1)\nprint()\nprint({'b': [2]})"),
        (JAVASCRIPT, "console.log('a', 1); console.warn(); console.error({b: [2]})"),
    ],
)
async def test_what_is_printed_is_kept_by_lines(patient: Runner, language: Language, source: str) -> None:
    log = (await patient.run(language, source)).log

    assert log[:2] == ("a 1", "")
    assert log[2].replace("'", '"').replace(" ", "") == '{"b":[2]}'


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "a = await records.find(table='x', first=2)\noutput = [a, await records.get({'id': 'y'})]"),
        (
            JAVASCRIPT,
            "const a = await records.find({table: 'x', first: 2}); output = [a, await records.get({id: 'y'})]",
        ),
    ],
)
async def test_functions_of_the_host_are_called(
    patient: Runner, functions: Functions, language: Language, source: str
) -> None:
    outcome = await patient.run(language, source)

    assert functions.calls == [("records.find", {"table": "x", "first": 2}), ("records.get", {"id": "y"})]
    assert outcome.output == [{"table": "x", "first": 2}, {"id": "y"}]


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "import asyncio\noutput = await asyncio.gather(*[mail.send(n=n) for n in range(3)])"),
        (JAVASCRIPT, "output = await Promise.all([0, 1, 2].map((n) => mail.send({n})))"),
    ],
)
async def test_calls_are_made_one_after_the_other(
    patient: Runner, functions: Functions, language: Language, source: str
) -> None:
    assert (await patient.run(language, source)).output == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert functions.most_under_way == 1


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "try:\n    await records.get(fails='domain')\nexcept RuntimeError as error:\n    output = str(error)"),
        (JAVASCRIPT, "try { await records.get({fails: 'domain'}) } catch (error) { output = error.message }"),
    ],
)
async def test_a_script_may_catch_what_a_function_refuses(patient: Runner, language: Language, source: str) -> None:
    assert (await patient.run(language, source)).output == "NOT_FOUND: There is no such record."


@pytest.mark.parametrize(
    ("language", "source", "message"),
    [
        (PYTHON, "\n\nx = await records.get(fails='domain')", "RuntimeError: NOT_FOUND: There is no such record."),
        (JAVASCRIPT, "\n\nx = await records.get({fails: 'domain'})", "Error: NOT_FOUND: There is no such record."),
    ],
)
async def test_what_it_does_not_catch_ends_it_with_the_place(
    patient: Runner, language: Language, source: str, message: str
) -> None:
    with pytest.raises(ScriptFailed) as failed:
        await patient.run(language, source)

    assert (failed.value.reason, failed.value.line, failed.value.column) == (Reason.RAISED, 3, 5)
    assert failed.value.message == f"{message} (line 3, column 5)"
    assert failed.value.code == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "try:\n    await records.get(fails={kind!r})\nexcept Exception:\n    output = 1\nawait mail.send()"),
        (JAVASCRIPT, "try {{ await records.get({{fails: {kind!r}}}) }} catch {{ }} await mail.send()"),
    ],
)
@pytest.mark.parametrize(("kind", "error"), [("bug", RuntimeError), ("time", TimeoutError)])
async def test_a_fault_of_the_host_is_no_fault_of_the_script(
    patient: Runner, functions: Functions, language: Language, source: str, kind: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match="not the script's fault"):
        await patient.run(language, source.format(kind=kind))

    assert [name for name, _ in functions.calls] == ["records.get"]


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (PYTHON, "for n in range(100):\n    try:\n        await mail.send(n=n)\n    except Exception:\n        pass"),
        (JAVASCRIPT, "for (let n = 0; n < 100; n++) try { await mail.send({n}) } catch { }"),
    ],
)
async def test_calls_are_counted(patient: Runner, functions: Functions, language: Language, source: str) -> None:
    with pytest.raises(ScriptFailed, match="A script may call at most 20 functions") as failed:
        await patient.run(language, source)

    assert failed.value.reason is Reason.CALLS
    assert len(functions.calls) == 20


@pytest.mark.parametrize(
    ("language", "source", "message"),
    [
        (PYTHON, "await _call('system.exit', {})", "There is no function 'system.exit'."),
        (
            PYTHON,
            "await records.get([1])",
            "The arguments of records.get cannot be taken: a function takes one object.",
        ),
        (PYTHON, "await records.get(a={1})", "cannot be taken: set is nothing that JSON has."),
        (PYTHON, "await records.get(a=float('nan'))", "The arguments of records.get cannot be taken"),
        (PYTHON, "await records.get(a='x' * 10_001)", "they have more than 10,000 bytes"),
        (PYTHON, "await records.delete()", "has no attribute 'delete'"),
        (
            JAVASCRIPT,
            "await records.get([1])",
            "The arguments of records.get cannot be taken: a function takes one object.",
        ),
        (JAVASCRIPT, "await records.get({a: 'x'.repeat(10001)})", "The arguments of records.get are too large."),
        (JAVASCRIPT, "await records.delete()", "records.delete is not a function"),
        (JAVASCRIPT, "let a = {}; for (let i = 0; i < 70; i++) a = {a}; await records.get(a)", "more than 64 levels"),
    ],
)
async def test_what_a_function_cannot_take_is_refused(
    patient: Runner, functions: Functions, language: Language, source: str, message: str
) -> None:
    with pytest.raises(ScriptFailed) as failed:
        await patient.run(language, source)

    assert failed.value.reason is Reason.RAISED
    assert message in failed.value.message
    assert functions.calls == []


async def test_python_may_give_dates_to_functions(patient: Runner, functions: Functions) -> None:
    await patient.python("import datetime\nawait records.find(day=datetime.date(2026, 1, 31))")

    assert functions.calls == [("records.find", {"day": "2026-01-31"})]


@pytest.mark.parametrize("name", ["find", "records.find.all", "Records.find", "records.__class__", "a.b\nc", ""])
def test_names_of_functions_are_plain(name: str, functions: Functions) -> None:
    with pytest.raises(ValueError, match="is no name of a function"):
        Host((name,), functions)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("source", ["#" * (MAX_SOURCE + 1), "a\x00", "\udc00"])
async def test_what_is_no_script_is_refused(patient: Runner, language: Language, source: str) -> None:
    with pytest.raises(ScriptFailed) as failed:
        await patient.run(language, source)

    assert failed.value.reason is Reason.SYNTAX
