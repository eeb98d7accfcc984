"""Every root field, called by every kind of caller: who is refused with which code, and who is answered."""

import pytest

from tests.authorization.callers import Caller
from tests.authorization.case import Case
from tests.authorization.matrix import CASES
from tests.authorization.snapshot import snapshot
from tests.authorization.world import World

READING = [case for case in CASES if case.is_reading]
CHANGING = [
    pytest.param(case, caller, id=f"{case} as {caller.value}")
    for case in CASES
    if not case.is_reading
    for caller in case.answered
]


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_a_refused_caller_gets_the_code_and_changes_nothing(case: Case, world: World) -> None:
    await case.prepare(world)
    before = await snapshot(world.database, with_queue=True)
    for caller, code in case.denied.items():
        result = await world.run(caller, case.document, case.variables(world, caller))
        assert (caller, result.codes) == (caller, [code])
        assert not any((result.data or {}).values())
        assert (caller, await snapshot(world.database, with_queue=True)) == (caller, before)


@pytest.mark.parametrize("case", READING, ids=str)
async def test_every_admitted_reader_gets_an_answer(case: Case, world: World) -> None:
    await case.prepare(world)
    results = {
        caller: await world.run(caller, case.document, case.variables(world, caller)) for caller in case.answered
    }
    assert {caller: result.errors for caller, result in results.items() if result.errors} == {}


@pytest.mark.parametrize(("case", "caller"), CHANGING)
async def test_an_admitted_caller_gets_an_answer(case: Case, caller: Caller, world: World) -> None:
    await case.prepare(world)
    result = await world.run(caller, case.document, case.variables(world, caller))
    assert result.errors == []
