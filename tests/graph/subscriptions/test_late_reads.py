"""A copy that is kept by the events of a filter, read batch by batch, of somebody whom policies limit."""

import pytest

from resolvers.services import Services
from tests.graph.relations.conftest import World
from tests.graph.subscriptions.late_readers import LateCopy, leaf, limited
from tests.graph.subscriptions.test_derived_events import cursor_of, world
from tests.graph.subscriptions.test_derived_replay import deep
from tests.support.catalog import mutate

__all__ = ["deep", "world"]


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_record_that_is_back_in_sight_by_now_is_created_again(
    deep: World, services: Services, *, is_deleted: bool
) -> None:
    editor = await limited(deep)
    [acme] = await deep.add(deep.companies, {"Name": "Acme", "City": "Oslo"})
    [ann] = await deep.add(deep.people, {"Name": "Ann", "Age": 1, "Company": acme})
    start = await cursor_of(deep.people)
    if is_deleted:
        assert (await deep.people.delete([ann])).ok
        given = {"tableId": deep.people.table.id, "ids": [ann]}
        assert (await mutate(deep.api, "restoreRecords", "restoredIds", given, as_=deep.owner)).ok
    else:
        assert (await deep.people.update(ann, {"Age": 2})).ok
        assert (await deep.people.update(ann, {"Age": 3})).ok
    copy = await LateCopy(services, deep.people, editor, leaf("Where", "EQ", "Oslo"), start).open()
    await copy.look()
    await copy.read()
    assert copy.told == [(ann, "DELETED"), (ann, "CREATED")]
    assert copy.rows.keys() == {ann}
