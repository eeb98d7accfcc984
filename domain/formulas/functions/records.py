"""Functions of the record itself."""

from typing import Final

from domain.formulas.contract import Example, Function, Result
from domain.formulas.types import Kind

TITLE: Final = "Records"

FUNCTIONS: Final = (
    Function(
        "RECORD_ID",
        (),
        Kind.TEXT,
        "The id of the record.",
        (Example("RECORD_ID()", "0191f0e5-0000-8000-8000-000000000001"),),
        lambda environment: Result(f"{environment.alias}.id::text", reads_row=True),
    ),
    Function(
        "CREATED_TIME",
        (),
        Kind.DATETIME,
        "The moment at which the record was made.",
        (Example('CREATED_TIME() & ""', "2024-05-31T10:00:00Z"),),
        lambda environment: Result(f"{environment.alias}.created_at", reads_row=True),
    ),
    Function(
        "LAST_MODIFIED_TIME",
        (),
        Kind.DATETIME,
        "The moment at which the record was last changed, in whatever field.",
        (Example('DATETIME_DIFF(LAST_MODIFIED_TIME(), CREATED_TIME(), "hours")', 26),),
        lambda environment: Result(f"{environment.alias}.updated_at", is_immutable=False, reads_row=True),
    ),
)
