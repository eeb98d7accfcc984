"""Moments as texts and back, in zones and languages, and working days against a count of days."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.formulas.checking import check
from domain.formulas.contract import ErrorValue
from domain.formulas.faults import InvalidFormula
from domain.formulas.grammar import parse
from domain.formulas.locales import language
from domain.formulas.types import Kind
from tests.domain.formulas.running import compiled, evaluate, source

MOMENT = source("Moment", Kind.DATETIME)
START = source("Start", Kind.DATE)
COUNT = source("Count", Kind.NUMBER)
HOLIDAYS = source("Holidays", Kind.DATE, is_array=True)
HOLIDAY_TEXT = source("Holiday text", Kind.TEXT)
_fixture = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
_days = st.dates(date(1995, 1, 1), date(2010, 12, 31))


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("DATETIME_FORMAT(Moment, 'H:mm z Z ZZ')", "1:30 CET +01:00 +0100"),
        ("DATETIME_FORMAT(SET_TIMEZONE(Moment, 'Asia/Kolkata'), 'D. H:mm z Z')", "31. 6:00 IST +05:30"),
        ("DATETIME_FORMAT(SET_TIMEZONE(Moment, 'America/New_York'), 'L LT ZZ')", "03/30/2024 8:30 PM -0400"),
        ("DATETIME_FORMAT(SET_LOCALE(SET_TIMEZONE(Moment, 'UTC'), 'fr'), 'LLLL')", "dimanche 31 mars 2024 00:30"),
        ("DATETIME_FORMAT(SET_TIMEZONE(SET_LOCALE(Moment, 'ja'), 'UTC'), 'll LTS')", "2024年3月31日 0:30:00"),
        ("DATETIME_FORMAT(SET_LOCALE(Moment, 'zh-tw'), 'dddd A')", "星期日 上午"),
        ("WEEKDAY(SET_TIMEZONE(Moment, 'America/New_York'))", 6),
        ("WEEKNUM(SET_TIMEZONE(Moment, 'America/New_York'), 'Monday')", 13),
        ("TIMESTR(Moment)", "01:30:00"),
        ("DATETIME_PARSE('2024-03-31 01:30') = Moment", True),
        ("DATETIME_PARSE('31.3.2024 5:30 +0500', 'D.M.YYYY H:mm Z') = Moment", True),
    ],
)
async def test_a_moment_as_a_text(pg: asyncpg.Connection, formula: str, text: object) -> None:
    """In Berlin, half an hour before the clocks go forward."""
    assert await evaluate(pg, formula, {MOMENT: "'2024-03-31T00:30:00Z'"}, zone="Europe/Berlin") == text


def test_a_moment_of_a_column_as_a_text_may_be_a_generated_column() -> None:
    assert compiled("DATETIME_FORMAT(Moment, 'LLLL z')", MOMENT).is_generatable is True


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("SET_TIMEZONE(Moment, 'Berlin')", r"there is no time zone 'Berlin'; use a name such as 'Europe/Berlin'"),
        ("SET_LOCALE(Moment, 'klingon')", r"there is no language 'klingon'; use a name such as 'de' or 'en-gb'"),
        ("DATETIME_FORMAT(Moment, '')", r"a format has 1 to 500 characters"),
        (f"DATETIME_FORMAT(Moment, '{'M' * 501}')", r"a format has 1 to 500 characters"),
        ("DATETIME_PARSE('x', 'YYYY ww')", r"no date can be read by 'ww'"),
        ("DATETIME_PARSE('x', 'YYYY', 'klingon')", r"there is no language 'klingon'"),
        ("WORKDAY(Moment, 1, '2024-12-25, Boxing Day')", r"'Boxing Day' is not a day; write holidays like"),
        ("WORKDAY(Moment, 1, 25)", r"WORKDAY expects the holidays as dates or as a text, not as a number"),
    ],
)
def test_what_is_not_known_is_said_when_the_formula_is_saved(formula: str, message: str) -> None:
    with pytest.raises(InvalidFormula, match=message):
        check(parse(formula), {"Moment": MOMENT}.get)


@pytest.mark.parametrize(
    "text",
    ["99:00 2024-01-01", "0:00 0000-01-01", "0:00 2024-13-01", "0:00 2024-00-10", "0:00 2024-04-31", "0:60 2024-01-01"],
)
async def test_a_text_of_no_moment_is_an_error_value(pg: asyncpg.Connection, text: str) -> None:
    record = {source("Text", Kind.TEXT): f"'{text}'"}

    assert await evaluate(pg, "DATETIME_PARSE(Text, 'H:mm YYYY-MM-DD')", record) == ErrorValue.VALUE


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)),
    st.sampled_from(["YYYY-MM-DD[T]HH:mm:ss.SSSSSSZ", "dddd, MMMM Do YYYY, h:mm:ss.SSSSSS a ZZ", "x", "LLLL Z"]),
    st.sampled_from(["en", "de", "es", "pl", "en-gb", "ru"]),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns"]),
)
@_fixture
async def test_what_was_written_can_be_read(
    pg: asyncpg.Connection, moment: datetime, format: str, name: str, zone: str
) -> None:
    given = moment.replace(tzinfo=UTC)
    written = f"DATETIME_FORMAT(SET_LOCALE(SET_TIMEZONE(Moment, '{zone}'), '{name}'), '{format}')"

    read = await evaluate(pg, f"DATETIME_PARSE({written}, '{format}', '{name}')", {MOMENT: f"'{given.isoformat()}'"})

    assert isinstance(read, datetime)
    lost = {"x": timedelta(milliseconds=1), "LLLL Z": timedelta(minutes=1)}.get(format, timedelta(microseconds=1))
    assert timedelta(0) <= given - read < lost


@given(_days, st.integers(-60, 60), st.lists(_days, max_size=3), st.lists(st.integers(-30, 30), max_size=8))
@_fixture
async def test_working_days_are_those_that_counting_gives(
    pg: asyncpg.Connection, start: date, count: int, far: list[date], near: list[int]
) -> None:
    holidays = [*far, *(start + timedelta(days=each) for each in near)]
    array = "'{" + ",".join(day.isoformat() for day in holidays) + "}'"
    text = "'" + ", ".join([*(day.isoformat() for day in holidays), "no day", "2024-99-99"]) + "'"
    record = {START: f"'{start}'", COUNT: str(count), HOLIDAYS: array, HOLIDAY_TEXT: text}
    end, step = start, 1 if count > 0 else -1
    left = abs(count)
    while left:
        end += timedelta(days=step)
        left -= end.weekday() < 5 and end not in holidays
    days = [min(start, end) + timedelta(days=i) for i in range(abs((end - start).days) + 1)]
    between = sum(day.weekday() < 5 and day not in holidays for day in days) * (-1 if end < start else 1)

    assert await evaluate(pg, "WORKDAY(Start, Count, Holidays)", record) == end
    assert await evaluate(pg, "WORKDAY(Start, Count, {Holiday text})", record) == end
    assert await evaluate(pg, "WORKDAY_DIFF(Start, WORKDAY(Start, Count, Holidays), Holidays)", record) == between


@pytest.mark.parametrize(
    "name",
    [
        *("af", "ar", "ar-sa", "az", "be", "bg", "bn", "br", "bs", "ca", "cs", "cy", "da", "de", "de-at", "el", "en"),
        *(
            "en-au",
            "en-ca",
            "en-gb",
            "en-ie",
            "en-nz",
            "eo",
            "es",
            "et",
            "eu",
            "fa",
            "fi",
            "fo",
            "fr",
            "fr-ca",
            "fr-ch",
        ),
        *("fy", "gl", "he", "hi", "hr", "hu", "hy-am", "id", "is", "it", "ja", "ka", "km", "ko", "lb", "lt", "lv"),
        *("mk", "ml", "mr", "ms", "my", "nb", "ne", "nl", "nn", "pl", "pt", "pt-br", "ro", "ru", "si", "sk", "sl"),
        *("sq", "sr", "sv", "sw", "ta", "th", "tr", "tzm", "uk", "uz", "vi", "zh-cn", "zh-tw"),
    ],
)
async def test_every_language_writes_a_day(pg: asyncpg.Connection, name: str) -> None:
    formula = f"DATETIME_FORMAT(SET_LOCALE(Moment, '{name}'), 'LLLL | MMMM | dddd | MMM | ddd | dd | A')"

    text = await evaluate(pg, formula, {MOMENT: "'2024-03-31T00:30:00Z'"})

    words = language(name)
    names = [words.months[2], words.days[0], words.short_months[2], words.short_days[0], words.shortest_days[0]]
    assert str(text).split(" | ")[1:] == [*names, words.morning]
