"""Root fields of Mutation about presence, their inputs and payloads."""

from typing import Annotated
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.presence.channels import read_channel
from graph.info import Info
from graph.node import read_id
from graph.presence.types import CellFocus
from resolvers.presence.members import Focus, blur_cell, focus_cell, move_cursor

_CONNECTION = (
    "The connection that does it, one of the caller's own in a presence channel; over a WebSocket by default that "
    "very connection, over HTTP it must be given."
)
_PAYLOAD_CONNECTION = "Id of the connection that did it."


@strawberry.input(description="What the caller has in focus.")
class FocusCellInput:
    """Input of focusCell."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    view_id: strawberry.ID | None = strawberry.field(default=None, description="Id of the view; it is not looked up.")
    record_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a record of the table.")
    field_id: strawberry.ID | None = strawberry.field(default=None, description="Id of a field of the table.")
    connection_id: strawberry.ID | None = strawberry.field(default=None, description=_CONNECTION)


@strawberry.input(description="Whose focus ends.")
class BlurCellInput:
    """Input of blurCell."""

    connection_id: strawberry.ID | None = strawberry.field(default=None, description=_CONNECTION)


@strawberry.input(description="Where the caller's cursor is.")
class MoveCursorInput:
    """Input of moveCursor."""

    channel: str = strawberry.field(description="A presence channel that the connection is in.")
    cursor: JSON | None = strawberry.field(
        default=None, description="Any JSON that the clients agree on, up to 1,024 bytes (a setting); null for none."
    )
    connection_id: strawberry.ID | None = strawberry.field(default=None, description=_CONNECTION)


@strawberry.type(description="The focus that was set.")
class FocusCellPayload:
    """Payload of focusCell."""

    connection_id: strawberry.ID = strawberry.field(description=_PAYLOAD_CONNECTION)
    focus: CellFocus = strawberry.field(description="What is in focus now.")


@strawberry.type(description="The connection that has nothing in focus any more.")
class BlurCellPayload:
    """Payload of blurCell."""

    connection_id: strawberry.ID = strawberry.field(description=_PAYLOAD_CONNECTION)


@strawberry.type(description="The connection whose cursor moved.")
class MoveCursorPayload:
    """Payload of moveCursor."""

    connection_id: strawberry.ID = strawberry.field(description=_PAYLOAD_CONNECTION)


@strawberry.type
class PresenceMutations:
    """What members of presence channels tell the others."""

    @strawberry.mutation(
        description="Tell the members of the channels that the connection is in which cell, record or table it works "
        "on; those of channels to which that does not belong see nothing of it. Needs the right to read the table."
    )
    async def focus_cell(
        self, info: Info, input: Annotated[FocusCellInput, strawberry.argument(description="The focus.")]
    ) -> FocusCellPayload:
        focus = Focus(
            read_id(input.table_id, "tableId"),
            _optional_id(input.view_id, "viewId"),
            _optional_id(input.record_id, "recordId"),
            _optional_id(input.field_id, "fieldId"),
        )
        connection = await focus_cell(info.context, focus, _optional_id(input.connection_id, "connectionId"))
        return FocusCellPayload(connection_id=strawberry.ID(str(connection)), focus=CellFocus.from_focus(focus))

    @strawberry.mutation(description="Tell the others that the connection has nothing in focus any more.")
    async def blur_cell(
        self,
        info: Info,
        input: Annotated[BlurCellInput | None, strawberry.argument(description="Whose focus.")] = None,
    ) -> BlurCellPayload:
        given = None if input is None else _optional_id(input.connection_id, "connectionId")
        return BlurCellPayload(connection_id=strawberry.ID(str(await blur_cell(info.context, given))))

    @strawberry.mutation(
        description="Tell the others of a channel where the cursor is. Cheap: moves are gathered for some 50 ms, the "
        "last one wins, and they are not part of the operation's transaction."
    )
    async def move_cursor(
        self, info: Info, input: Annotated[MoveCursorInput, strawberry.argument(description="The cursor.")]
    ) -> MoveCursorPayload:
        given = _optional_id(input.connection_id, "connectionId")
        connection = await move_cursor(info.context, read_channel(input.channel), input.cursor, given)
        return MoveCursorPayload(connection_id=strawberry.ID(str(connection)))


def _optional_id(text: str | None, argument: str) -> UUID | None:
    return None if text is None else read_id(text, argument)
