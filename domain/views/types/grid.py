"""The grid."""

from typing import Annotated, Literal

from pydantic import Field

from domain.views.contract import Config, ViewType


class GridConfig(Config):
    """How the rows and columns stand."""

    row_height: Annotated[
        Literal["short", "medium", "tall", "extra_tall"], Field(description="How much of a value a row shows.")
    ] = "short"
    frozen_columns: Annotated[
        int, Field(ge=0, le=20, description="How many columns stay in sight when the others are scrolled.")
    ] = 1


class GridView(ViewType):
    """Rows and columns."""

    key = "grid"
    description = "Rows and columns, as in a spreadsheet; `row_height` and `frozen_columns`."
    position = 10
    config_model = GridConfig
