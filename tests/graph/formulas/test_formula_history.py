"""Formulas of records that are restored, undone, and looked back at."""

import pytest

from tests.graph.formulas.conftest import Shop
from tests.support.refusals import done

RESTORE = "mutation ($input: RestoreRecordsInput!) { restoreRecords(input: $input) { records { fields } } }"
UPDATE = "mutation ($input: UpdateRecordInput!) { updateRecord(input: $input) { mutationId } }"
UNDO = "mutation ($input: UndoInput!) { undo(input: $input) { updatedIds } }"
HISTORY = "query ($id: ID!) { record(id: $id) { history { nodes { type changedFields previous } } } }"
_both = pytest.mark.parametrize("formula", ["Price / Count", "IF(NOW(), Price / Count)"], ids=["stored", "computed"])


@_both
async def test_a_restored_record_has_its_formulas(shop: Shop, formula: str) -> None:
    done(await shop.formula("Ratio", formula))
    [pen] = await shop.add({"Name": "Pen", "Price": 8, "Count": 2})
    done(await shop.records.delete([pen]))

    given = {"tableId": shop.records.table.id, "ids": [pen]}
    [restored] = done(await shop.records.run(RESTORE, {"input": given}))["restoreRecords"]["records"]

    assert restored["fields"]["Ratio"] == 4
    assert await shop.values("Ratio") == {"Pen": 4}


@_both
async def test_what_is_undone_changes_its_formulas_back(shop: Shop, formula: str) -> None:
    done(await shop.formula("Ratio", formula))
    [pen] = await shop.add({"Name": "Pen", "Price": 8, "Count": 2})
    given = {"id": pen, "fields": {"Count": 4}}
    mutation = done(await shop.records.run(UPDATE, {"input": given}))["updateRecord"]["mutationId"]
    assert await shop.values("Ratio") == {"Pen": 2}

    assert done(await shop.records.run(UNDO, {"input": {"mutationId": mutation}}))["undo"]["updatedIds"] == [pen]

    assert await shop.values("Ratio") == {"Pen": 4}


@_both
async def test_the_history_of_a_record_names_its_formulas(shop: Shop, formula: str) -> None:
    done(await shop.formula("Ratio", formula))
    [pen] = await shop.add({"Name": "Pen", "Price": 8, "Count": 2})
    done(await shop.records.update(pen, {"Count": 4}))

    nodes = done(await shop.records.run(HISTORY, {"id": pen}))["record"]["history"]["nodes"]

    updated = next(node for node in nodes if node["type"] == "UPDATED")
    assert updated["changedFields"] == ["Count", "Ratio"]
    assert updated["previous"] == {"Count": 2, "Ratio": 4}
