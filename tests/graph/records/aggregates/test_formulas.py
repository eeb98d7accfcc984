"""Groups by formulas, and what is made of their values: an error is no value."""

from tests.support.aggregates import Aggregates
from tests.support.api import Api
from tests.support.catalog import add_field


async def test_formulas_are_grouped_and_added_up(api: Api, work: Aggregates) -> None:
    formulas = {
        "Half": "{Price} / 2",
        "Ratio": "1 / ({Price} + 1)",
        "Title": 'UPPER({Name}) & "!"',
        "Next": 'DATEADD({Day}, 1, "month")',
        "Today": "IF({Price} > 0, TODAY(), TODAY())",
        "Stored": "{Price} * 2",
    }
    for name, formula in formulas.items():
        await add_field(api, work.table, name=name, type="FORMULA", options={"formula": formula})

    assert await work.totals(("SUM", "Half"), ("MEDIAN", "Stored"), ("MAX", "Next")) == {
        "sum_Half": 3.15,
        "median_Stored": 0.2,
        "max_Next": "2026-03-28T00:00:00Z",
    }
    counts = await work.totals(("FILLED", "Ratio"), ("EMPTY", "Ratio"), ("DISTINCT", "Today"))
    assert counts == {"filled_Ratio": 4, "empty_Ratio": 1, "distinct_Today": 1}
    assert dict(await work.counts("Title")) == {"A!": 2, "B!": 2, "!": 1}
    months = await work.counts({"field": "Next", "bucket": "MONTH"})
    assert months == [(None, 2), ("2026-02-01", 1), ("2026-03-01", 2)]
