"""How many statements a call takes: as many for a thousand records as for one."""

from uuid import uuid4

import pytest

from tests.graph.transact.conftest import ANSWER, Calls, Operation, create, delete, temp, update, upsert
from tests.support.statements import StatementLog


async def operations(calls: Calls, count: int, *, apart: bool) -> list[Operation]:
    """Creates, changes, upserts and deletes of so many records of both tables, in one operation each or apart."""
    world = calls.world
    names = [str(uuid4()) for _ in range(2 * count)]
    companies = await world.add(world.companies, *({"Name": name} for name in names))
    people = [{"Name": "Ann", "Company": [temp(f"c{n}"), temp(f"u{n}"), companies[n]]} for n in range(count)]
    made = [{"Name": f"new {n}", "$": f"c{n}"} for n in range(count)]
    merged = [{"Name": names[n], "Size": n, "$": f"u{n}"} for n in range(count)]
    if not apart:
        gone = delete(world.companies, *companies[count:])
        return [
            create(world.people, *people),
            create(world.companies, *made),
            upsert(world.companies, "Name", *merged),
            gone,
        ]
    return [
        *(create(world.people, row) for row in people),
        *(create(world.companies, row) for row in made),
        *(upsert(world.companies, "Name", row) for row in merged),
        *(delete(world.companies, id) for id in companies[count:]),
    ]


@pytest.mark.parametrize("apart", [False, True])
async def test_the_number_of_statements_does_not_grow_with_the_records(calls: Calls, apart: bool) -> None:
    await calls.done(*await operations(calls, 1, apart=apart))
    counts = []
    for count in (1, 20):
        sent = await operations(calls, count, apart=apart)
        with StatementLog(calls.world.api.services.database) as log:
            await calls.done(*sent)
        counts.append(log.count)
    assert counts[0] == counts[1]
    assert counts[0] == 14


async def test_one_create_takes_three_statements(calls: Calls) -> None:
    world = calls.world
    operation = create(world.companies, {"Name": "A"}, {"Name": "B"})
    await calls.done(operation)
    with StatementLog(world.api.services.database) as log:
        await calls.done(operation, selection=ANSWER)
    assert log.count == 3  # the lock on the base, the insert, the records


async def test_updates_of_links_take_one_statement_more_a_field(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    people = await world.add(world.people, {"Name": "Ann"}, {"Name": "Ben"})
    sent = [update(world.people, id, {"Company": [acme]}) for id in people]
    await calls.done(*sent)
    with StatementLog(world.api.services.database) as log:
        await calls.done(*sent)
    assert log.count == 6  # the base, the present links, locks on both tables, the update, the records
