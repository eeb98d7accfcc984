"""The settings of what automations do."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from server.settings_section import Section


class Running(Section):
    """Runs of automations, see docs/automation-runs.md."""

    automation_step_timeout: timedelta = Field(
        timedelta(seconds=30), gt=timedelta(0), description="How long a step of a run may take (ISO 8601)."
    )
    automation_run_timeout: timedelta = Field(
        timedelta(minutes=5),
        gt=timedelta(0),
        description="How long a run may work at a stretch (ISO 8601); what it waits in a delay does not count.",
    )
    automation_attempts: PositiveInt = Field(
        5, description="How often a run goes on behind a step that failed for a reason that may pass."
    )
    automation_retry_delay: timedelta = Field(
        timedelta(seconds=2),
        gt=timedelta(0),
        description="How long it rests behind the first of them (ISO 8601); twice as long each time, up to 5 minutes.",
    )
    max_run_steps: PositiveInt = Field(5_000, description="Steps of a run, with those inside of loops.")
    max_loop_records: PositiveInt = Field(1_000, description="Records, or items, that a loop goes through.")
    max_step_bytes: PositiveInt = Field(1 << 20, description="Bytes of the output of a step, as JSON.")
