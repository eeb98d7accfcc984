"""The thread field's exact rules."""

from decimal import Decimal

import asyncpg
import pytest

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from domain.fields.threads import read_thread
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


@pytest.mark.parametrize(
    ("designation", "standard", "diameter", "pitch"),
    [
        ("M8", "metric", "8", "1.25"),
        ("M8×1", "metric", "8", "1"),
        ("M1.6", "metric", "1.6", "0.35"),
        ("M30x2-6H/6g", "metric", "30", "2"),
        ("MJ6x1-4h6h", "metric", "6", "1"),
        ("M10 x 1.25 - 6g - LH", "metric", "10", "1.25"),
        ("Tr40x7", "trapezoidal", "40", "7"),
        ("Tr40x14(P7)LH-7e", "trapezoidal", "40", "7"),
        ("1/4-20 UNC-2A", "unified", "0.25", "20"),
        ("1 1/8-7 UNC", "unified", "1.125", "7"),
        ("1-1/8-7 UNC", "unified", "1.125", "7"),
        ("#10-32 UNF-2B", "unified", "0.190", "32"),
        ("10-32 UNF", "unified", "0.190", "32"),
        ("1-8 UNC", "unified", "1", "8"),
        (".250-28 UNF", "unified", "0.25", "28"),
        ("0.500-20 UNF-3A-LH", "unified", "0.5", "20"),
        ("1/2-14 NPT", "npt", "0.840", "14"),
        ("1 1/4 NPTF", "npt", "1.660", "11.5"),
        ("G 1/2 A", "bsp", "20.955", "14"),
        ("Rc1/8", "bsp", "9.728", "28"),
        ('1/2" BSPP', "bsp", "20.955", "14"),
        ("1/2-10 ACME-2G", "acme", "0.5", "10"),
        ("1/4-20 BSW", "whitworth", "0.25", "20"),
    ],
)
def test_designation_is_understood(designation: str, standard: str, diameter: str, pitch: str) -> None:
    thread = read_thread(designation)

    assert thread is not None
    assert (thread.standard, thread.diameter) == (standard, Decimal(diameter))
    assert (thread.pitch or thread.threads_per_inch) == Decimal(pitch)
    assert thread.hand == ("left" if "LH" in designation else "right")


@pytest.mark.parametrize(
    ("designation", "reason"),
    [
        ("M7.3", "there is no coarse pitch for M7.3"),
        ("M8x8", "the pitch must be smaller than the diameter"),
        ("#7-32 UNF", "there is no numbered size #7"),
        ("1/2-12 NPT", "NPT 1/2 has 14 threads per inch, not 12"),
        ("G 5", None),
        ("1/0-20 UNC", "the size divides by zero"),
        ("5/7 NPT", "NPT has the sizes"),
        ("M8-", "is not the designation of a thread"),
        ("bolt", "is not the designation of a thread"),
    ],
)
def test_designation_that_means_nothing_is_refused(designation: str, reason: str | None) -> None:
    if reason is None:
        assert parse("thread", {"designation": designation})
    else:
        fault = refusal("thread", {"designation": designation})
        assert (fault.type, fault.loc) == (faults.FORMAT, ("designation",))
        assert reason in fault.message


def test_what_is_given_must_agree_with_the_designation() -> None:
    fault = refusal("thread", {"designation": "M8", "pitch": 1})

    assert fault.loc == ("pitch",)
    assert fault.message == "The designation says 1.25 for 'pitch', not 1."


@pytest.mark.parametrize("name", ["ISO metric", "M", "metric"])
def test_standard_is_named_as_people_do(name: str) -> None:
    assert field_type("thread").parse_options({"standard": name}).standard == "metric"


async def test_threads_compare_across_standards(connection: asyncpg.Connection) -> None:
    designations = ["M8x1.25", "1/4-20 UNC", "M8", "G 1/2", "M8x1"]
    column = await make_column(connection, "thread", {}, *({"designation": each} for each in designations), None)

    assert await column.ordered() == [5, 1, 0, 2, 4, 3]
    assert await column.matching(FilterOperator.EQ, "M8") == {0, 2}
    assert await column.matching(FilterOperator.NEQ, {"designation": "M8 x 1.25"}) == {1, 3, 4, 5}
    assert await column.matching(FilterOperator.LT, 8) == {1}
    assert await column.matching(FilterOperator.GT, "M8") == {3}
    assert await column.matching(FilterOperator.STARTS_WITH, "M8") == {0, 2, 4}
