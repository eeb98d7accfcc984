"""Options that say which table or field they mean: by its id, or by its name, for which the id is put in."""

from enum import Enum
from typing import Annotated, Final
from uuid import UUID

from pydantic import WithJsonSchema


class Named(Enum):
    """What an option names; stands beside its type, where `domain.bases.named_options` finds it."""

    TABLE = "a table of the base"
    LINK = "a LINKED_RECORD field of the same table"
    LINKED_FIELD = "a field of the table that the option of the kind LINK leads to"


_TEXT: Final = WithJsonSchema({"type": "string"})
"""For programs that check options by their schema before they send them: a name is right, too."""

TableId = Annotated[UUID, Named.TABLE, _TEXT]
LinkId = Annotated[UUID, Named.LINK, _TEXT]
LinkedFieldId = Annotated[UUID, Named.LINKED_FIELD, _TEXT]
