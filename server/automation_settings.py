"""The settings of automations."""

from datetime import timedelta

from pydantic import Field, PositiveInt

from server.settings_section import Section


class Automating(Section):
    """Automations, see docs/automations.md."""

    max_automations_per_table: PositiveInt = Field(100, description="Automations of a table.")
    max_actions_per_automation: PositiveInt = Field(
        100, description="Actions of an automation, without those inside of others."
    )
    max_automation_bytes: PositiveInt = Field(
        1 << 18, description="Bytes that the configs of an automation and its actions may take as JSON."
    )
    max_automation_depth: PositiveInt = Field(
        10, description="How many automations may set each other off in a row; the next run fails before it begins."
    )
    max_automation_runs_per_minute: PositiveInt = Field(
        30_000, description="Runs of the automations of a base that begin in a minute; more of them wait."
    )
    automation_run_retention: timedelta = Field(
        timedelta(days=30), gt=timedelta(0), description="How long runs that are over are kept (ISO 8601)."
    )
