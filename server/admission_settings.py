"""The settings of what is taken on where more is asked for than can be done."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from server.settings_section import Section


class Admitting(Section):
    """What one worker takes on at a time."""

    max_operations_per_worker: PositiveInt = Field(
        256,
        description="Queries and mutations that one worker has under way at a time; more are refused with "
        "`UNAVAILABLE`, and HTTP's 503 and `Retry-After`, since waiting would only make all of them late.",
    )
    admission_timeout: timedelta = Field(
        timedelta(milliseconds=500),
        ge=timedelta(0),
        description="How long a `POST` may wait for one of them to end before it is refused (ISO 8601), 0 for not at "
        "all. It waits unread, and costs next to nothing meanwhile.",
    )
    max_requests_waiting: PositiveInt = Field(
        4_000, description="Requests that wait so in one worker, at most, and 16 MB of them."
    )
    quick_requests_at_a_time: PositiveInt = Field(
        64,
        description="Requests that one worker works on at a time, of those that take no longer than 50 ms; others wait "
        "as told above, since hundreds at a time would hinder each other. None is refused for this.",
    )
