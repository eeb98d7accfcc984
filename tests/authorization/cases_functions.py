"""Who may use the root fields about extensions and their functions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from adapters.extensions import Extensions
from domain.extensions import ADMIN, PUBLIC, Call, Extension
from domain.ids import Kind, new_id
from models import FunctionCall
from tests.authorization.callers import KEYS, Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_permissions import SUPERUSERS
from tests.authorization.outcomes import Outcomes, everybody, its_user, signed_in
from tests.authorization.world import World

_CALL = mutation("callFunction", "functionCall { id status output }")
_MANAGED: Outcomes = {
    **dict.fromkeys(Caller, "NOT_FOUND"),
    Caller.ANONYMOUS: "UNAUTHENTICATED",
    Caller.SUPERUSER: None,
    **dict.fromkeys(KEYS, "NOT_FOUND"),
}


async def three_functions(world: World) -> None:
    """A function for everybody, one for who is signed in, and one for superusers."""
    extension = Extension("matrix")

    @extension.function(auth=PUBLIC)
    async def open_to_all(call: Call) -> int:
        return 1

    @extension.function()
    async def for_users(call: Call) -> int:
        return 1

    @extension.function(auth=ADMIN)
    async def for_superusers(call: Call) -> int:
        return 1

    world.services.extensions = Extensions.of(extension)


async def call_of_the_owner(world: World) -> None:
    """A call that has ended."""
    id: UUID = new_id(Kind.FUNCTION_CALL)
    world.ids["call"] = str(id)
    await world.add(
        FunctionCall(
            id=id,
            function="for_users",
            extension="matrix",
            mode="sync",
            status="succeeded",
            depth=1,
            user_id=world.users[Caller.OWNER],
            finished_at=world.tomorrow,
        )
    )


async def waiting_call_of_the_owner(world: World) -> None:
    """A call that waits."""
    await call_of_the_owner(world)
    async with world.services.database.unit() as unit:
        await unit.connection.execute(
            "UPDATE function_calls SET mode = 'queued', status = 'queued', finished_at = NULL"
        )


def of(name: str, mode: str = "SYNC") -> Any:
    """The variables of a call."""

    def variables(_: World, __: Caller) -> Mapping[str, Any]:
        return {"input": {"name": name, "mode": mode}}

    return variables


def input_of_the_call(world: World, _: Caller) -> Mapping[str, Any]:
    """The same, as an input."""
    return {"input": {"id": world.ids["call"]}}


def the_call(world: World, _: Caller) -> Mapping[str, Any]:
    """The id of the owner's call."""
    return {"id": world.ids["call"]}


CASES = [
    Case("Query.functions", "{ functions { name } }", everybody("Query"), prepare=three_functions),
    Case("Query.extensions", "{ extensions { name state error } }", SUPERUSERS),
    Case(
        "Query.functionCall",
        "query ($id: ID!) { functionCall(id: $id) { status } }",
        {**its_user("Query", Caller.OWNER), Caller.SUPERUSER: None},
        the_call,
        call_of_the_owner,
    ),
    Case("Query.functionCalls", "{ functionCalls { nodes { id } } }", signed_in("Query")),
    Case(
        "Mutation.cancelFunctionCall",
        mutation("cancelFunctionCall", "functionCall { status }"),
        its_user("Mutation", Caller.OWNER),
        input_of_the_call,
        waiting_call_of_the_owner,
    ),
    Case(
        "Mutation.callFunction",
        _CALL,
        everybody("Mutation"),
        of("open_to_all"),
        three_functions,
        about="for everybody",
    ),
    Case(
        "Mutation.callFunction",
        _CALL,
        signed_in("Mutation"),
        of("for_users"),
        three_functions,
        about="for users",
    ),
    Case(
        "Mutation.callFunction",
        _CALL,
        signed_in("Mutation"),
        of("for_users", "QUEUED"),
        three_functions,
        about="in the queue",
    ),
    Case(
        "Mutation.callFunction",
        _CALL,
        _MANAGED,
        of("for_superusers"),
        three_functions,
        about="for superusers",
    ),
]
