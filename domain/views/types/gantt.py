"""The Gantt chart."""

from typing import Annotated

from pydantic import Field

from domain.views.contract import Config, FieldId, ViewType
from domain.views.references import DAY, LINK


class GanttConfig(Config):
    """Where a record's bar begins and ends, and what it waits for."""

    start_field_id: Annotated[FieldId, DAY, Field(description="The field with the first day.")]
    end_field_id: Annotated[FieldId, DAY, Field(description="The field with the last day.")]
    dependency_field_id: Annotated[
        FieldId | None, LINK, Field(description="The field that links to the records which must be done before.")
    ] = None


class GanttView(ViewType):
    """Bars that wait for each other."""

    key = "gantt"
    description = (
        "Bars from the day of `start_field_id` to that of `end_field_id`; `dependency_field_id` ties them together."
    )
    position = 60
    config_model = GanttConfig
    start_key = "start_field_id"
    end_key = "end_field_id"
