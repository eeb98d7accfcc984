"""The calendar."""

from typing import Annotated

from pydantic import Field

from domain.views.contract import Config, FieldId, ViewType
from domain.views.references import DAY


class CalendarConfig(Config):
    """Which days a record lies on."""

    date_field_id: Annotated[FieldId, DAY, Field(description="The field with the day, or the first of several.")]
    end_date_field_id: Annotated[FieldId | None, DAY, Field(description="The field with the last day.")] = None


class CalendarView(ViewType):
    """Records on their days."""

    key = "calendar"
    description = "Records on the days of the field `date_field_id`, up to that of `end_date_field_id`."
    position = 30
    config_model = CalendarConfig
    start_key = "date_field_id"
    end_key = "end_date_field_id"
