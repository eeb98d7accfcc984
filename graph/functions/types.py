"""Extensions, their functions and the calls of these, as the API shows them."""

from datetime import datetime
from uuid import UUID

import orjson
import strawberry
from strawberry.scalars import JSON

from adapters.extensions import Installed
from domain.extensions.functions import Function as FunctionSpec
from graph.accounts.types import User, load_user
from graph.functions.enums import AuthLevel, ExtensionState, FunctionCallMode, FunctionCallStatus
from graph.id_pages import page_info_of
from graph.info import Info
from graph.node import optional_id
from graph.paging import PageInfo
from models import FunctionCall as CallModel
from resolvers.id_pages import IdPage


@strawberry.type(description="A function that an extension of the server brings.")
class Function:
    """A function that the caller may call."""

    name: str = strawberry.field(description="By which `callFunction` calls it.")
    description: str = strawberry.field(description="What it does.")
    extension: str = strawberry.field(description="The extension that brings it.")
    auth: AuthLevel = strawberry.field(description="Who may call it.")
    input_schema: JSON = strawberry.field(description="JSON Schema of its arguments, an object.")
    output_schema: JSON = strawberry.field(description="JSON Schema of its output.")

    @classmethod
    def from_spec(cls, function: FunctionSpec) -> "Function":
        """The GraphQL object of a function."""
        return cls(
            name=function.name,
            description=function.description,
            extension=function.extension,
            auth=function.auth,
            input_schema=JSON(function.input_schema),
            output_schema=JSON(function.output_schema),
        )


@strawberry.type(description="A call of a function, as it was recorded.")
class FunctionCall:
    """A call that the caller may see."""

    caller: strawberry.Private[UUID | None]
    id: strawberry.ID = strawberry.field(description="A UUID of its own.")
    function: str = strawberry.field(description="Name of the function.")
    extension: str = strawberry.field(description="The extension that brought it.")
    mode: FunctionCallMode = strawberry.field(description="Whether the caller waited.")
    status: FunctionCallStatus = strawberry.field(description="How far it is.")
    input: JSON | None = strawberry.field(
        description="The arguments, secrets masked; null where they are longer than the server keeps."
    )
    output: JSON | None = strawberry.field(
        description="What it answered; null while it has not, and where that is longer than the server keeps."
    )
    error: str | None = strawberry.field(description="Why it failed.")
    user_id: strawberry.ID | None = strawberry.field(description="Who called; null for nobody.")
    api_key_id: strawberry.ID | None = strawberry.field(description="The API key that it was called with.")
    created_at: datetime = strawberry.field(description="When it was called.")
    started_at: datetime | None = strawberry.field(description="When it began; null while it waits.")
    finished_at: datetime | None = strawberry.field(description="When it ended; null while it has not.")

    @classmethod
    def from_model(cls, call: CallModel) -> "FunctionCall":
        """The GraphQL object of a call."""
        return cls(
            caller=call.user_id,
            id=strawberry.ID(str(call.id)),
            function=call.function,
            extension=call.extension,
            mode=FunctionCallMode(call.mode),
            status=FunctionCallStatus(call.status),
            input=_json(call.input),
            output=_json(call.output),
            error=call.error,
            user_id=optional_id(call.user_id),
            api_key_id=optional_id(call.api_key_id),
            created_at=call.created_at,
            started_at=call.started_at,
            finished_at=call.finished_at,
        )

    @strawberry.field(description="Milliseconds from its beginning to its end; null while it has not ended.")
    def duration_ms(self) -> int | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds() * 1_000)

    @strawberry.field(description="Who called; null for nobody.")
    async def user(self, info: Info) -> User | None:
        return await load_user(info, self.caller)


@strawberry.type(description="A call in a list of calls, with its place in it.")
class FunctionCallEdge:
    """A call and its cursor."""

    cursor: str = strawberry.field(description="Opaque; pass it as `after` for what comes behind it.")
    node: FunctionCall = strawberry.field(description="The call.")


@strawberry.type(description="A page of calls of functions, the newest first.")
class FunctionCallConnection:
    """A page of calls."""

    edges: list[FunctionCallEdge] = strawberry.field(description="The calls of the page with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")

    @strawberry.field(description="The calls of the page.")
    def nodes(self) -> list[FunctionCall]:
        return [edge.node for edge in self.edges]

    @classmethod
    def from_page(cls, page: IdPage[CallModel]) -> "FunctionCallConnection":
        """The connection of a page."""
        edges = [FunctionCallEdge(cursor=str(call.id), node=FunctionCall.from_model(call)) for call in page.items]
        return cls(edges=edges, page_info=page_info_of(page))


@strawberry.type(description="An installed package that extends the server.")
class Extension:
    """An extension, as the process that answers knows it."""

    name: str = strawberry.field(description="That of its entry point.")
    version: str | None = strawberry.field(description="Its version.")
    state: ExtensionState = strawberry.field(description="What became of it.")
    error: str | None = strawberry.field(description="Why it failed.")
    is_required: bool = strawberry.field(description="Whether the server would not start without it.")
    functions: list[str] = strawberry.field(description="Names of the functions that it brings.")
    hooks: list[str] = strawberry.field(description="The hooks that it brings, such as `before_create`.")

    @classmethod
    def from_installed(cls, each: Installed) -> "Extension":
        """The GraphQL object of an installed extension."""
        extension = each.extension
        return cls(
            name=each.name,
            version=each.version,
            state=each.state,
            error=each.error,
            is_required=each.is_required,
            functions=[] if extension is None else sorted(extension.functions),
            hooks=[] if extension is None else [hook.name for hook in extension.hooks],
        )


def _json(text: str | None) -> JSON | None:
    return None if text is None else JSON(orjson.loads(text))
