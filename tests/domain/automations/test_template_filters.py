"""What each filter makes, and what it does not take."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from domain.automations.templates.faults import TemplateFailed
from domain.automations.templates.filters.registry import FILTERS
from domain.automations.templates.render import render
from domain.automations.templates.texts import Escape

MOMENT = datetime(2026, 3, 28, 13, 5, 9, 250_000, UTC)


def filtered(value: object, filters: str) -> object:
    """A value through some filters."""
    return render(f"{{{{x | {filters}}}}}", {"x": value}, Escape.PLAIN)


@pytest.mark.parametrize(
    ("value", "filters", "made"),
    [
        (None, 'default("-")', "-"),
        ("", "default(3)", 3),
        (0, "default(3)", 0),
        (False, "default(true)", False),
        ({"a": [1, None]}, "json", '{"a":[1,null]}'),
        (None, "json", "null"),
        (MOMENT, "json", '"2026-03-28T13:05:09.250000Z"'),
        ("straße", "upper", "STRASSE"),
        ("ABC", "lower", "abc"),
        (12, "upper", "12"),
        ("  a b ", "trim", "a b"),
        ("abcdef", "truncate(4)", "abc…"),
        ("abcd", "truncate(4)", "abcd"),
        ("abcdef", 'truncate(4, "")', "abcd"),
        (2.5, "round", 3),
        (-2.5, "round", -3),
        (2.345, "round(2)", 2.35),
        (Decimal("2.345"), "round(2)", Decimal("2.35")),
        (7, "round(2)", 7.0),
        (1_250, "round(-2)", 1_300),
        (MOMENT, 'add(1, "day")', datetime(2026, 3, 29, 13, 5, 9, 250_000, UTC)),
        (MOMENT, 'add(-2, "hours")', datetime(2026, 3, 28, 11, 5, 9, 250_000, UTC)),
        (date(2026, 1, 31), 'add(1, "month")', date(2026, 2, 28)),
        ("2024-02-29", 'add(1, "years")', date(2025, 2, 28)),
        ("2026-01-31T12:00:00Z", 'add(90, "minute")', datetime(2026, 1, 31, 13, 30, tzinfo=UTC)),
        (["a", 1, None], "join", "a, 1, "),
        (["a", "b"], 'join(" / ")', "a / b"),
        ([1, 2], "first", 1),
        ([1, 2], "last", 2),
        ([], "first", None),
        ([1, 2], "count", 2),
        (None, "count", 0),
        (None, "upper | join | round | add(1, \"day\") | first", None),
        ([{"a": 1}], "first | json | truncate(3)", '{"…'),
    ],
)  # fmt: skip
def test_a_filter_makes_what_it_says(value: object, filters: str, made: object) -> None:
    found = filtered(value, filters)

    assert found == made
    assert type(found) is type(made)


def test_a_zone_changes_the_local_time_and_not_the_moment() -> None:
    found = filtered(MOMENT, 'zone("Europe/Berlin")')

    assert found == MOMENT
    assert isinstance(found, datetime)
    assert found.tzinfo == ZoneInfo("Europe/Berlin")
    assert filtered(MOMENT, 'zone("Europe/Berlin") | upper') == "2026-03-28T14:05:09.250000+01:00"


def test_days_keep_the_time_of_day_and_hours_pass_by_the_clock() -> None:
    zone = 'zone("Europe/Berlin") | '

    assert filtered(MOMENT, zone + 'add(1, "day") | format("HH:mm Z")') == "14:05 +02:00"
    assert filtered(MOMENT, zone + 'add(24, "hours") | format("HH:mm Z")') == "15:05 +02:00"
    assert filtered("2026-03-28T01:30:00Z", zone + 'add(1, "day") | format("HH:mm Z")') == "03:30 +02:00"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("YYYY-MM-DD HH:mm:ss.SSS", "2026-03-28 13:05:09.250"),
        ("YY M D H m s SS", "26 3 28 13 5 9 25"),
        ("dddd, MMMM Do YYYY, h:mm a", "Saturday, March 28th 2026, 1:05 pm"),
        ("ddd MMM dd hh A", "Sat Mar Sa 01 PM"),
        ("Q Qo DDD DDDD DDDo d do E e", "1 1st 87 087 87th 6 6th 6 6"),
        ("w ww W WW GGGG GG wo", "13 13 13 13 2026 26 13th"),
        ("gggg gg", "2026 26"),
        ("X x", "1774703109 1774703109250"),
        ("Z ZZ z k kk", "+00:00 +0000 UTC 13 13"),
        ("[the] YYYY \\Y", "the 2026 Y"),
        ("L", "03/28/2026"),
        ("LL LT", "March 28, 2026 1:05 PM"),
        ("SSSSSSSSS", "250000000"),
    ],
)
def test_moments_are_written_by_the_letters_of_formulas(pattern: str, text: str) -> None:
    assert filtered(MOMENT, f'format("{pattern}")'.replace("\\", "\\\\")) == text


def test_every_part_of_a_format_is_known() -> None:
    parts = "M Mo MM MMM MMMM Q Qo D Do DD DDD DDDo DDDD d do dd ddd dddd e E w wo ww W Wo WW YY YYYY gg gggg GG GGGG "
    parts += "A a H HH h hh k kk m mm s ss S SSSSSS X x z zz Z ZZ"

    assert len(str(filtered(MOMENT, f'format("{parts}")'))) > 100


@pytest.mark.parametrize(
    ("value", "arguments", "text"),
    [
        ("2026-01-31", '"D. MMMM YYYY", "de"', "31. Januar 2026"),
        (date(2026, 1, 31), '"HH:mm"', "00:00"),
        (1234.5, '"#,##0.00"', "1,234.50"),
        (Decimal("1234.5"), '"#,##0.00", "de"', "1.234,50"),
        (0.256, '"0%"', "26%"),
        (7, '"000"', "007"),
    ],
)
def test_dates_and_numbers_are_written_in_a_language(value: object, arguments: str, text: str) -> None:
    assert filtered(value, f"format({arguments})") == text


@pytest.mark.parametrize(
    ("value", "filters", "reason"),
    [
        ("x", "round", "round cannot be applied: it takes a number"),
        (True, "round", "it takes a number"),
        (float("nan"), "round", "not that large"),
        (1e300, "round", "not that large"),
        (1, "round(16)", "-15 to 15 digits"),
        ("abc", "truncate(0)", "the length must be at least 1"),
        ("x", "first", "it takes a list"),
        ({"a": 1}, "count", "it takes a list"),
        ([1, 2], f'join("{"-" * 101}")', "at most 100 characters"),
        ("soon", 'add(1, "day")', "it takes a date or a moment"),
        (3, 'add(1, "day")', "it takes a date or a moment"),
        (MOMENT, 'add(1, "eon")', "one of the units second, minute"),
        (MOMENT, 'add(1000001, "day")', "at most 1,000,000"),
        (MOMENT, 'add(999999, "year")', "there is no such year"),
        (date(2026, 1, 31), 'add(1, "hour")', "a date has no hours"),
        (date(2026, 1, 31), 'zone("UTC")', "a date is none"),
        (MOMENT, 'zone("Mars")', "is not a time zone"),
        (MOMENT, 'format("YYYY", "klingon")', "there is no language"),
        (MOMENT, f'format("{"Y" * 501}")', "at most 500 characters"),
        (1, f'format("{"0" * 51}")', "at most 50 characters"),
        (1, 'format("x")', "the pattern has no place for digits"),
        ("x", 'format("YYYY")', "it takes a date or a moment"),
        ('"' * 60_000, " | ".join(["json"] * 16), "json makes has more than"),
    ],
)  # fmt: skip
def test_what_a_filter_cannot_take_is_told(value: object, filters: str, reason: str) -> None:
    with pytest.raises(TemplateFailed, match=reason) as failed:
        filtered(value, filters)

    assert failed.value.message.startswith("config: {{x | ")


def test_default_stands_for_what_is_behind_a_null() -> None:
    names = {"user": None, "x": {"a": None}}

    assert render('{{user.name | default("nobody")}}', names, Escape.PLAIN) == "nobody"
    assert render("{{x.a.b.c | default(null)}}", names, Escape.PLAIN) is None
    for template in ("{{user.name | upper | default(1)}}", "{{x.b | default(1)}}"):
        with pytest.raises(TemplateFailed):
            render(template, names, Escape.PLAIN)


def test_the_guide_has_every_filter() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "templates.md").read_text(encoding="utf-8")

    missing = [name for name, each in FILTERS.items() if f"| `{name}" not in guide or each.about not in guide]
    assert missing == []
