"""The timeline."""

from typing import Annotated

from pydantic import Field

from domain.views.contract import Config, FieldId, ViewType
from domain.views.references import DAY, GROUPABLE


class TimelineConfig(Config):
    """Where a record stands, and in which lane."""

    date_field_id: Annotated[FieldId, DAY, Field(description="The field with the moment.")]
    group_field_id: Annotated[FieldId | None, GROUPABLE, Field(description="The field with a lane for each value.")] = (
        None
    )


class TimelineView(ViewType):
    """Records along a line."""

    key = "timeline"
    description = "Records along a line by the field `date_field_id`, in a lane for each value of `group_field_id`."
    position = 70
    config_model = TimelineConfig
    start_key = "date_field_id"
