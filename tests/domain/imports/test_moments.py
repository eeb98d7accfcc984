"""Columns of dates and moments."""

import pytest

from tests.domain.imports.files import import_column


@pytest.mark.parametrize(
    ("texts", "values", "options"),
    [
        (["2024-02-29", "1999-12-31", ""], ["2024-02-29", "1999-12-31"], {}),
        (["2024/2/9", "2024.12.31"], ["2024-02-09", "2024-12-31"], {}),
        (["31/12/2024", "01/02/2024"], ["2024-12-31", "2024-02-01"], {"date_format": "european"}),
        (["12/31/2024", "01/02/2024"], ["2024-12-31", "2024-01-02"], {"date_format": "us"}),
        (["31-12-2024", "1-2-2024"], ["2024-12-31", "2024-02-01"], {"date_format": "european"}),
        (["01.02.2024", "3.4.2024"], ["2024-02-01", "2024-04-03"], {"date_format": "european"}),
        (["12.31.2024", "01.02.2024"], ["2024-12-31", "2024-01-02"], {"date_format": "us"}),
        (["5 Jan 2024", "31-Dec-2023"], ["2024-01-05", "2023-12-31"], {}),
        (["Jan 1 2000", "Sept. 3, 2001"], ["2000-01-01", "2001-09-03"], {}),
        (["3rd March 2024", "May 21st, 2024"], ["2024-03-03", "2024-05-21"], {}),
        (["2024-01-02", "n/a", "-"], ["2024-01-02", None, None], {}),
        (["31/12/2024", "2024-01-02"], ["2024-12-31", "2024-01-02"], {"date_format": "european"}),
    ],
)
def test_dates_are_understood(texts: list[str], values: list[object], options: dict[str, object]) -> None:
    result = import_column(texts)
    assert (result.types, result.options("value")) == ({"value": "date"}, options)
    assert result.values("value") == values


@pytest.mark.parametrize(
    "texts",
    [
        ["01/02/2024", "03/04/2024"],
        ["31/12/2024", "12/31/2024"],
        ["2024-02-30", "2024-01-01"],
        ["01/02/24", "13/05/24"],
        ["Jan 2024", "Feb 2024"],
        ["5 Foo 2024", "6 Bar 2024"],
        ["2024-W01-1", "2024-W02-1"],
        ["12:30", "13:45"],
        ["2024-01-02x", "2024-01-03"],
        ["1/2/2024-3", "13/2/2024"],
        ["2024-01-02", "soon"],
    ],
)
def test_ambiguous_and_impossible_dates_stay_texts(texts: list[str]) -> None:
    result = import_column(texts)
    assert (result.types, result.values("value")) == ({"value": "text"}, texts)


def test_numbers_of_eight_digits_are_numbers() -> None:
    assert import_column(["20240131", "20240201"]).types == {"value": "number"}


def test_ambiguous_dates_follow_the_caller() -> None:
    texts = ["01/02/2024", "03/04/2024"]
    assert import_column(texts, date_order="dmy").values("value") == ["2024-02-01", "2024-04-03"]
    assert import_column(texts, date_order="mdy").values("value") == ["2024-01-02", "2024-03-04"]
    assert import_column(texts, date_order="ymd").types == {"value": "text"}
    assert import_column(["31/12/2024", "01/02/2024"], date_order="mdy").values("value") == ["2024-12-31", "2024-02-01"]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["2024-01-02 03:04:05", "2024-01-02T03:04"], ["2024-01-02T03:04:05", "2024-01-02T03:04:00"]),
        (
            ["2024-01-02T03:04:05Z", "2024-01-02T03:04:05.25+02:00"],
            ["2024-01-02T03:04:05+00:00", "2024-01-02T03:04:05.250000+02:00"],
        ),
        (["31/12/2024 1:05 pm", "01/02/2024 12:00 AM"], ["2024-12-31T13:05:00", "2024-02-01T00:00:00"]),
        (["2024-01-02", "2024-01-02 03:04"], ["2024-01-02T00:00:00", "2024-01-02T03:04:00"]),
        (["Jan 5, 2024, 3:04:05 PM", "2024/01/02 00:00"], ["2024-01-05T15:04:05", "2024-01-02T00:00:00"]),
        (
            ["2024-01-02 03:04 UTC", "2024-01-02 03:04 -0530"],
            ["2024-01-02T03:04:00+00:00", "2024-01-02T03:04:00-05:30"],
        ),
    ],
)
def test_moments_are_understood(texts: list[str], values: list[object]) -> None:
    result = import_column(texts)
    assert (result.types, result.values("value")) == ({"value": "datetime"}, values)


@pytest.mark.parametrize(
    "text", ["2024-01-02 25:00", "2024-01-02 13:00 pm", "2024-01-02 10:61", "2024-01-02T10:00+99:00"]
)
def test_impossible_times_stay_texts(text: str) -> None:
    assert import_column([text, "2024-01-02 10:00"]).types == {"value": "text"}


def test_iso_durations_are_understood() -> None:
    result = import_column(["PT1H30M", "P1DT2H", "PT0.5S", "n/a"])
    assert (result.types, result.options("value")) == ({"value": "duration"}, {"duration_format": "h:mm:ss"})
    assert result.values("value") == [5400, 93_600, 0.5, None]


@pytest.mark.parametrize("texts", [["1:30", "2:45"], ["P", "PT"], ["90 min", "5 min"]])
def test_doubtful_durations_stay_texts(texts: list[str]) -> None:
    assert import_column(texts).types == {"value": "text"}
