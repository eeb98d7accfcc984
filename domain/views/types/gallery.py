"""The gallery."""

from typing import Annotated

from pydantic import Field

from domain.views.contract import MAX_FIELDS, Config, FieldId, ViewType
from domain.views.references import ANY_FIELD, FILES


class GalleryConfig(Config):
    """What a card shows."""

    cover_field_id: Annotated[
        FieldId | None, FILES, Field(description="The field whose first file is the card's picture.")
    ] = None
    card_fields: Annotated[
        list[FieldId],
        ANY_FIELD,
        Field(max_length=MAX_FIELDS, description="Ids of the fields on a card, in order; none for all."),
    ] = []  # noqa: RUF012  # pydantic copies it


class GalleryView(ViewType):
    """Cards with pictures."""

    key = "gallery"
    description = "Cards with a picture out of the field `cover_field_id`, and the fields `card_fields`."
    position = 40
    config_model = GalleryConfig
