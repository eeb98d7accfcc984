"""Who may use the root fields about published forms."""

from collections.abc import Mapping
from typing import Any

from domain.access.roles import WorkspaceRole
from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_catalog import given, table
from tests.authorization.outcomes import Outcomes, everybody, members, nobody_but_its_user
from tests.authorization.world import World

PUBLIC_FORM = "query ($token: String!) { publicForm(token: $token) { title fields { name } } }"


async def form(world: World) -> None:
    """A form that asks for the table's first field, under `world.ids["view"]`."""
    await _make(world, is_personal=False)


async def personal_form(world: World) -> None:
    """As `form`, a personal one of the owner's."""
    await _make(world, is_personal=True)


async def published(world: World) -> None:
    """As `form`, published; its token is `world.ids["token"]`."""
    await form(world)
    made = await world.owner(mutation("publishForm", "token"), {"input": {"id": world.ids["view"]}})
    world.ids["token"] = made["publishForm"]["token"]


async def withdrawn(world: World) -> None:
    """As `published`, and not published any longer."""
    await published(world)
    await world.owner(mutation("unpublishForm", "view { id }"), {"input": {"id": world.ids["view"]}})


async def _make(world: World, *, is_personal: bool) -> None:
    await table(world)
    given = {
        "tableId": world.ids["table"],
        "name": "Form",
        "type": "FORM",
        "config": {"fields": [world.ids["primary"]]},
        "isPersonal": is_personal,
    }
    made = await world.owner(mutation("createView", "view { id }"), {"input": given})
    world.ids["view"] = made["createView"]["view"]["id"]


def token(world: World, _: Caller) -> Mapping[str, Any]:
    """The token of the form."""
    return {"token": world.ids["token"]}


def submission(world: World, _: Caller) -> Mapping[str, Any]:
    """Something filled in."""
    return {"input": {"token": world.ids["token"], "fields": {world.ids["primary"]: "New"}}}


def _nobody(operation: str) -> Outcomes:
    """What is not there, for everybody; a key without the scope is refused before."""
    return {caller: code or "NOT_FOUND" for caller, code in everybody(operation).items()}


PUBLISH: Outcomes = members("Mutation", WorkspaceRole.ADMIN)
HIDDEN: Outcomes = {
    **nobody_but_its_user(),
    Caller.OWNER: "BAD_REQUEST",
    Caller.WRITE_KEY: "BAD_REQUEST",
    Caller.FOREIGN_KEY: "NOT_FOUND",
}
CASES = [
    Case("Query.publicForm", PUBLIC_FORM, everybody("Query"), token, published),
    Case("Query.publicForm", PUBLIC_FORM, _nobody("Query"), token, withdrawn, about="that was withdrawn"),
    Case("Mutation.submitForm", mutation("submitForm", "submitText"), everybody("Mutation"), submission, published),
    Case(
        "Mutation.submitForm",
        mutation("submitForm", "submitText"),
        _nobody("Mutation"),
        submission,
        withdrawn,
        about="that was withdrawn",
    ),
    Case("Mutation.publishForm", mutation("publishForm", "token"), PUBLISH, given(id="view"), form),
    Case(
        "Mutation.publishForm",
        mutation("publishForm", "token"),
        HIDDEN,
        given(id="view"),
        personal_form,
        about="of a personal view",
    ),
    Case("Mutation.unpublishForm", mutation("unpublishForm", "view { id }"), PUBLISH, given(id="view"), published),
]
