"""The settings of what automations are made of: scripts, schedules, templates."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from adapters.scripts.contract import Bounds
from domain.automations.templates.render import MAX_OUTPUT
from domain.schedules.contract import LEAST_INTERVAL
from domain.schedules.missed import GRACE, MOST
from domain.webhooks.signing import TOLERANCE
from server.settings_section import Section

_MEBIBYTE = 1 << 20


class Automations(Section):
    """What automations and webhooks may use. See [scripts](scripts.md) and [templates](templates.md)."""

    script_timeout: timedelta = Field(
        timedelta(seconds=10),
        gt=timedelta(0),
        le=timedelta(hours=1),
        description="How long a script may take, with the functions that it calls (ISO 8601).",
    )
    max_script_memory_mib: PositiveInt = Field(
        64,
        ge=8,
        le=4_096,
        description="MiB of memory of a script, beside what its engine needs: some 70 of JavaScript's.",
    )
    max_script_output_bytes: PositiveInt = Field(
        _MEBIBYTE,
        le=8 * _MEBIBYTE,
        description="Bytes of the output of a script as JSON, and of what it gives to a function.",
    )
    max_script_log_characters: PositiveInt = Field(
        10_000, le=_MEBIBYTE, description="Characters of what a script prints that are kept."
    )
    max_script_calls: PositiveInt = Field(1_000, le=100_000, description="Functions that a script may call.")
    max_scripts_at_once: PositiveInt = Field(4, description="Scripts that a process of the server runs at a time.")
    max_rendered_characters: PositiveInt = Field(
        MAX_OUTPUT, description="Characters that may come of the templates of one action."
    )
    min_schedule_interval: timedelta = Field(
        LEAST_INTERVAL,
        ge=timedelta(seconds=1),
        le=timedelta(days=1),
        description="The least time between two runs of a schedule (ISO 8601).",
    )
    schedule_grace: timedelta = Field(
        GRACE,
        ge=timedelta(0),
        description="How late a run may begin that does not count as missed (ISO 8601).",
    )
    max_missed_runs: PositiveInt = Field(
        MOST, description="Missed runs of a schedule that are caught up, where all of them are to be."
    )
    webhook_tolerance: timedelta = Field(
        TOLERANCE,
        gt=timedelta(0),
        le=timedelta(days=1),
        description="How far the time of a signed message that comes in may lie from now (ISO 8601).",
    )

    @property
    def script_bounds(self) -> Bounds:
        """What one script may use."""
        return Bounds(
            seconds=self.script_timeout.total_seconds(),
            memory=self.max_script_memory_mib * _MEBIBYTE,
            output=self.max_script_output_bytes,
            log=self.max_script_log_characters,
            calls=self.max_script_calls,
        )
