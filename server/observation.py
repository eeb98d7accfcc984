"""The settings of what is measured of operations."""

from datetime import timedelta

from pydantic import Field, NonNegativeInt, PositiveInt

from server.settings_section import Section


class Observation(Section):
    """What is measured of operations. Traces are made where an `OTEL_` variable asks for them: see the README."""

    max_metric_operations: NonNegativeInt = Field(
        100,
        le=10_000,
        description="Operations that `/metrics` tells apart by their names, in each worker; all others are `other`.",
    )
    slow_operation_time: timedelta = Field(
        timedelta(seconds=1),
        ge=timedelta(0),
        description="How long an operation may take until it gets a line in the log, with its statements and the plan "
        "of the slowest one (ISO 8601); 0 for no such lines.",
    )
    max_slow_operations_per_minute: PositiveInt = Field(
        10, description="Slow operations that get a line within a minute, in each worker; the next line counts others."
    )
    server_timing: bool | None = Field(
        None,
        description="Whether answers say in the header `Server-Timing` where their time went. Unless set: in "
        "development only.",
    )
    trace_documents: bool = Field(
        False, description="Whether traces have the documents of operations, with the values that are written in them."
    )
