"""Batches, problems, reports, and how far types are inferred."""

import json

import pytest

from domain.errors import BadRequest
from domain.fields.registry import field_type
from domain.imports.batches import iter_batches
from domain.imports.limits import ImportLimits
from domain.imports.options import ImportOptions
from domain.imports.plan import plan_import
from domain.imports.problems import ImportProblem, ImportReport
from tests.domain.imports.files import import_file, source, workbook


def _numbers(count: int) -> str:
    return "n\n" + "".join(f"{number}\n" for number in range(count))


def test_batches_have_the_asked_size_and_the_rest() -> None:
    plan = plan_import(source(_numbers(10)))
    batches = list(iter_batches(plan, 4))
    assert [len(batch.rows) for batch in batches] == [4, 4, 2]
    assert [batch.lines[0] for batch in batches] == [2, 6, 10]
    assert batches[1].rows == [[4], [5], [6], [7]]


def test_plan_can_be_done_again() -> None:
    plan = plan_import(source(_numbers(10)))
    assert [batch.rows for batch in iter_batches(plan)] == [batch.rows for batch in iter_batches(plan)]


@pytest.mark.parametrize("name", ["data.csv", "data.json", "data.jsonl", "data.xlsx"])
def test_progress_grows_to_one(name: str) -> None:
    rows = [{"n": number, "text": "x" * 2_000} for number in range(1_000)]
    content = {
        "data.csv": "n,text\n" + "".join(f"{row['n']},{row['text']}\n" for row in rows),
        "data.json": json.dumps(rows),
        "data.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "data.xlsx": workbook(("S", [["n", "text"], *([row["n"], row["text"]] for row in rows)])),
    }[name]
    progress = [batch.progress for batch in iter_batches(plan_import(source(content, name)), 250)]
    assert progress == sorted(progress)
    assert 0 < progress[0] < 1
    assert import_file(content, name).plan.reader.progress == 1.0


def test_problems_come_with_their_batch_in_the_order_of_lines() -> None:
    content = "a,b\n1,x\n2\n3,y\nx,z\n"
    limits = ImportLimits(sample_rows=2, sample_cells=2)
    plan = plan_import(source(content), ImportOptions(limits=limits))
    first, second = iter_batches(plan, 2)
    assert [str(problem) for problem in first.problems] == [
        "line 3: The row has 1 cells instead of 2; the others are left empty."
    ]
    assert second.rows == [[3, "y"], [None, "z"]]
    assert second.problems == [ImportProblem(5, "This is not a number.", "a", "x")]


def test_problem_at_the_end_of_the_file_comes_with_a_batch_of_its_own() -> None:
    plan = plan_import(source('{"a": 1}\n{"a"', "data.jsonl"))
    first, last = iter_batches(plan, 1)
    assert (first.rows, first.problems) == ([[1]], [])
    assert (last.rows, last.lines, [problem.line for problem in last.problems]) == ([], [], [2])


def test_values_of_problems_are_shortened() -> None:
    content = "a\n1\n2\n" + "x" * 200 + "\n"
    result = import_file(content, limits=ImportLimits(sample_rows=2, sample_cells=2))
    assert result.problems[0].value == "x" * 99 + "…"


def test_parsers_turn_values_into_stored_ones_and_their_refusals_into_problems() -> None:
    plan = plan_import(source("day,n\n2024-01-02,1\n2024-01-03,200\n"))
    number = field_type("number")
    parsers = {
        "day": field_type("date").parser(field_type("date").parse_options({})),
        "n": number.parser(number.parse_options({"max": 100})),
    }
    (batch,) = iter_batches(plan, parsers=parsers)
    assert [str(row[0]) for row in batch.rows] == ["2024-01-02", "2024-01-03"]
    assert not isinstance(batch.rows[0][0], str)
    assert [row[1] for row in batch.rows] == [1, None]
    assert batch.problems == [ImportProblem(3, "The number must be at most 100.", "n", "200")]


def test_types_come_from_all_rows_of_a_file_within_the_sample() -> None:
    result = import_file(_numbers(5_000) + "x\n")
    assert result.types == {"n": "text"}
    assert (result.plan.sampled_rows, result.plan.is_complete) == (5_001, True)


def test_sample_ends_at_its_limits() -> None:
    content = _numbers(3_000) + "x\n"
    by_rows = import_file(content, limits=ImportLimits(sample_rows=1_500, sample_cells=10))
    by_cells = import_file(content, limits=ImportLimits(sample_rows=10, sample_cells=2_000))
    assert (by_rows.plan.sampled_rows, by_rows.plan.is_complete) == (1_500, False)
    assert (by_cells.plan.sampled_rows, by_cells.plan.is_complete) == (2_000, False)
    assert by_rows.types == by_cells.types == {"n": "number"}
    assert by_rows.complaints == [(3_002, "n", "This is not a number.")]
    assert by_rows.rows[-1] == [None]


def test_report_counts_all_problems_and_keeps_the_first() -> None:
    report = ImportReport(max_kept=2)
    report.add(3, [ImportProblem(2, "bad", "a"), ImportProblem(3, "bad")])
    report.add(4, [ImportProblem(5, "bad", "a")])
    assert (report.rows, report.problem_count) == (7, 3)
    assert [problem.line for problem in report.problems] == [2, 3]
    assert report.by_column == {"a": 2, None: 1}
    assert str(report.problems[0]) == "line 2, 'a': bad"
    assert ImportLimits().max_kept_problems == ImportReport().max_kept == 1_000


def test_error_in_the_middle_of_a_file_ends_the_batches() -> None:
    content = json.dumps([{"a": number} for number in range(20)])[:-1]
    plan = plan_import(source(content, "data.json"), ImportOptions(limits=ImportLimits(sample_rows=5, sample_cells=5)))
    batches = iter_batches(plan, 10)
    assert len(next(batches).rows) == 10
    with pytest.raises(BadRequest, match="not valid JSON"):
        list(batches)
