"""Importing into a table that is there: columns are matched by name and follow the types of its fields."""

import pytest

from domain.errors import BadRequest
from domain.imports.columns import TargetField
from tests.domain.imports.files import import_column, import_file, workbook


def _convert(texts: list[str], type: str, **options: object) -> list[object]:
    """The values of one column that goes into a field of that type, and the lines of its problems behind them."""
    result = import_column(texts, targets=[TargetField("value", type, options)])
    return [*result.values("value"), *(problem.line for problem in result.problems)]


def test_columns_are_matched_by_name_whatever_case_blanks_and_unicode_form() -> None:
    targets = [TargetField("Größe", "number"), TargetField(" Name ", "text"), TargetField("Other", "text")]
    result = import_file("NAME,gro\u0308ße,extra\n7,5,x\n", targets=targets)
    assert [(column.name, column.source_name, column.is_new) for column in result.plan.columns] == [
        (" Name ", "NAME", False),
        ("Größe", "gro\u0308ße", False),
    ]
    assert result.rows == [["7", 5]]
    assert result.plan.missing == ("Other",)
    assert [(each.name, each.reason) for each in result.plan.ignored] == [
        ("extra", "The table has no field of that name.")
    ]
    assert result.plan.new_columns == ()


def test_columns_that_the_table_lacks_become_new_fields_if_asked() -> None:
    result = import_file("name,n\nAnn,5\n", targets=[TargetField("name", "text")], create_missing=True)
    assert [(column.name, column.field_type) for column in result.plan.new_columns] == [("n", "number")]
    assert (result.rows, result.plan.ignored) == ([["Ann", 5]], ())


def test_fields_that_the_server_sets_are_left_out() -> None:
    targets = [TargetField("name", "text"), TargetField("No", "autonumber", is_writable=False)]
    result = import_file("No,name\n1,Ann\n", targets=targets, create_missing=True)
    assert result.rows == [["Ann"]]
    assert [(each.name, each.reason) for each in result.plan.ignored] == [
        ("No", "The field 'No' is set by the server.")
    ]
    assert result.plan.missing == ()


def test_file_without_any_column_of_the_table_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"No column of the file has the name .* The fields are 'a', 'b'\."):
        import_file("x,y\n1,2\n", targets=[TargetField("a", "text"), TargetField("b", "text")])


def test_numbers_follow_the_majority_and_the_rest_are_problems() -> None:
    assert _convert(["1,5", "2,25", "1.000", "x", "007", "n/a"], "number") == [1.5, 2.25, 1000, None, 7, None, 5]
    assert _convert(["1.5", "2.25", "1,000", "1,5"], "number") == [1.5, 2.25, 1000, None, 5]
    assert _convert(["12345678901234567"], "number") == [None, 2]


def test_money_and_percentages_take_plain_numbers_too() -> None:
    assert _convert(["$5", "6", "7 €", "(1,000.5)", "five"], "currency") == [5, 6, 7, -1000.5, None, 6]
    assert _convert(["45%", "0.5", "1", "x%"], "percent") == [0.45, 0.5, 1, None, 5]


def test_dates_follow_the_majority_then_the_field_then_the_caller() -> None:
    texts = ["31/12/2024", "13/01/2024", "01/02/2024", "12/31/2024", "soon"]
    assert _convert(texts, "date") == ["2024-12-31", "2024-01-13", "2024-02-01", None, None, 5, 6]
    assert _convert(["01/02/2024"], "date") == [None, 2]
    assert _convert(["01/02/2024"], "date", date_format="us") == ["2024-01-02"]
    assert _convert(["01/02/2024"], "date", date_format="european") == ["2024-02-01"]
    target = TargetField("value", "date", {"date_format": "us"})
    assert import_column(["01/02/2024"], targets=[target], date_order="dmy").values("value") == ["2024-02-01"]


def test_dates_and_moments_fit_each_other_where_nothing_is_lost() -> None:
    assert _convert(["2024-01-02 00:00", "2024-01-02 10:00"], "date") == ["2024-01-02", None, 3]
    assert _convert(["2024-01-02 10:00", "2024-01-03"], "date", include_time=True) == [
        "2024-01-02T10:00:00",
        "2024-01-03T00:00:00",
    ]
    assert _convert(["2024-01-02", "2024-01-02T10:00:00Z"], "datetime") == [
        "2024-01-02T00:00:00",
        "2024-01-02T10:00:00+00:00",
    ]


def test_checkboxes_take_more_words_than_are_inferred() -> None:
    texts = ["x", "on", "0", "N", "✓", "1", "-", "maybe"]
    assert _convert(texts, "checkbox") == [True, True, False, False, True, True, None, None, 9]


def test_durations_take_what_the_field_understands() -> None:
    texts = ["1:30", "1h 5m", "90", "PT1H", "n/a", "long"]
    assert _convert(texts, "duration", duration_format="h:mm") == [5400, 3900, 90, 3600, None, None, 7]


def test_choices_are_found_by_name_and_unknown_ones_are_problems() -> None:
    choices = [{"id": "a", "name": "To do", "color": "red"}, {"id": "b", "name": "Done", "color": "red"}]
    assert _convert(["to do ", "Done", "DONE", "n/a"], "single_select", choices=choices) == [
        "To do",
        "Done",
        "Done",
        None,
        5,
    ]
    assert _convert(["done", "Done; to do,done", "x,Done"], "multi_select", choices=choices) == [
        ["Done"],
        ["Done", "To do"],
        None,
        4,
    ]
    assert _convert(["x"], "single_select") == [None, 2]


def test_name_of_a_choice_may_hold_commas() -> None:
    choices = [{"name": "a, b"}, {"name": "a"}]
    assert _convert(["a, b", "a"], "multi_select", choices=choices) == [["a, b"], ["a"]]
    assert _convert(['a,"a, b"', '"a"'], "multi_select", choices=choices) == [["a", "a, b"], ["a"]]


def test_addresses_must_be_what_the_field_takes() -> None:
    assert _convert([" a@b.example", "nobody", "-"], "email") == ["a@b.example", None, None, 3]
    assert _convert(["https://a.example", "a b"], "url") == ["https://a.example", None, 3]
    assert _convert(["112", "call me"], "phone") == ["112", None, 3]


def test_texts_take_everything_as_it_stands() -> None:
    assert _convert(["00123", " $5 ", "true"], "text") == ["00123", " $5 ", "true"]


def test_types_without_a_conversion_get_texts_and_json() -> None:
    texts = [" 12 mm ", '{"value": 5, "unit": "mm"}', "[1, 2]", "{broken"]
    assert _convert(texts, "dimension") == ["12 mm", {"value": 5, "unit": "mm"}, [1, 2], "{broken"]


def test_ratings_are_numbers() -> None:
    assert _convert(["4", "five"], "rating") == [4, None, 3]


def test_typed_cells_are_converted_to_the_types_of_the_fields() -> None:
    rows = [
        ["t", "n", "c", "s", "p"],
        [12, "1,234", 1, 7, 5551234567],
        [2.5, 3, "no", "Done", "x"],
        [True, True, 2, 2.5, 1],
    ]
    targets = [
        TargetField("t", "text"),
        TargetField("n", "number"),
        TargetField("c", "checkbox"),
        TargetField("s", "single_select", {"choices": [{"name": "7"}, {"name": "Done"}, {"name": "2.5"}]}),
        TargetField("p", "phone"),
    ]
    result = import_file(workbook(("S", rows)), "data.xlsx", targets)
    assert result.rows == [
        ["12", 1234, True, "7", "5551234567"],
        ["2.5", 3, False, "Done", None],
        ["true", None, None, "2.5", None],
    ]
    assert [(problem.line, problem.column) for problem in result.problems] == [(3, "p"), (4, "n"), (4, "c"), (4, "p")]
