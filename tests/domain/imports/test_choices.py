"""Which choices the cells of a file name and its selects lack."""

from typing import Any

from domain.fields.choices import ChoiceOptions
from domain.imports.batches import iter_batches
from domain.imports.choices import missing_choices, still_missing, with_choices
from domain.imports.columns import TargetField
from domain.imports.limits import ImportLimits
from domain.imports.options import ImportOptions
from domain.imports.plan import plan_import
from tests.domain.imports.files import source

FEW = ImportLimits(sample_rows=12, sample_cells=12)


def missing(cells: list[str], type: str, *choices: str) -> list[str]:
    """What a column of these cells lacks."""
    content = "a\tb\n" + "".join(f"{cell}\tx\n" for cell in cells)
    targets = [TargetField("a", type, {"choices": [{"name": name} for name in choices]}), TargetField("b", "text")]
    plan = plan_import(source(content, "data.tsv"), ImportOptions(), targets)
    found = missing_choices(plan, plan.columns)
    assert set(found) <= {"a"}
    return list(found.get("a", ()))


def test_names_are_found_once_whatever_their_case_and_the_blanks_around_them() -> None:
    assert missing(["Late", " LATE", "done ", "", "  ", "Gone"], "single_select", "Done") == ["Late", "Gone"]


def test_a_cell_of_a_multi_select_has_several() -> None:
    assert missing(["a; B|c", "b,d", 'e, "x, y"'], "multi_select", "A") == ["B", "c", "d", "e", "x, y"]


def test_known_names_may_hold_what_else_stands_between_names() -> None:
    assert missing(["x, y, z", "p|q", "p|q; r|s"], "multi_select", "x, y", "p|q") == ["z", "r", "s"]


def test_other_types_lack_none() -> None:
    assert missing(["a", "b"], "text") == []


def test_there_is_room_for_so_many() -> None:
    cells = [f"n{n}" for n in range(2_000)]
    assert missing(cells, "single_select", "c") == cells[:999]


def test_what_can_be_no_name_is_left_out() -> None:
    assert missing(["x" * 256, "ok"], "single_select") == ["ok"]


def test_new_selects_get_the_choices_of_rows_behind_the_sample() -> None:
    content = "a,b\n" + "x,1\ny,2\n" * 10 + "late,3\n"
    plan = plan_import(source(content), ImportOptions(limits=FEW))
    assert [column.field_type for column in plan.columns] == ["single_select", "number"]
    found = missing_choices(plan, plan.new_columns)
    assert found == {"a": ["late"]}

    whole = with_choices(plan, found)

    assert [choice["name"] for choice in _choices(whole.columns[0].options)] == ["x", "y", "late"]
    assert [problem.message for batch in iter_batches(plan) for problem in batch.problems] == [
        "This is none of the choices 'x', 'y'."
    ]
    assert [row[0] for batch in iter_batches(whole) for row in batch.rows][-2:] == ["y", "late"]


def _choices(options: Any) -> Any:
    return options["choices"]


def test_names_that_somebody_else_has_made_meanwhile_are_not_made_again() -> None:
    options = ChoiceOptions.model_validate({"choices": [{"id": "k", "name": "LATE"}]})
    assert still_missing(["late", "k", "Gone"], options) == ["Gone"]
    full = ChoiceOptions.model_validate({"choices": [f"c{n}" for n in range(999)]})
    assert still_missing(["x", "y"], full) == ["x"]
