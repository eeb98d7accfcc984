"""The kanban board."""

from typing import Annotated

from pydantic import Field

from domain.views.contract import Config, FieldId, ViewType
from domain.views.references import GROUPABLE


class KanbanConfig(Config):
    """What the board's columns and lanes are."""

    group_field_id: Annotated[FieldId, GROUPABLE, Field(description="The field with a column for each value.")]
    stack_field_id: Annotated[
        FieldId | None, GROUPABLE, Field(description="The field with a lane across the columns for each value.")
    ] = None


class KanbanView(ViewType):
    """Cards in columns."""

    key = "kanban"
    description = "Cards in a column for each value of the field `group_field_id`; `stack_field_id` makes lanes."
    position = 20
    config_model = KanbanConfig
