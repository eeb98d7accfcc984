"""For each root field of queries and mutations a call that is right, and what it needs: as the matrix has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from graphql import FieldNode, OperationDefinitionNode, parse
from graphql.utilities import value_from_ast_untyped

from resolvers.services import Services
from tests.authorization.callers import Caller
from tests.authorization.case import Case
from tests.authorization.matrix import CASES
from tests.authorization.world import World, make_world
from tests.support.postgres import Cleaner

PEOPLE: Final = (Caller.OWNER, Caller.SUPERUSER, Caller.STRANGER, Caller.VIEWER)
"""Whoever comes first is the caller."""


@dataclass(frozen=True, slots=True)
class RightCall:
    """Who calls, in which world, and with which arguments of the root field."""

    world: World
    caller: Caller
    arguments: Mapping[str, Any]

    @property
    def texts(self) -> dict[str, list[str]]:
        """All texts in the arguments, by the names of the arguments or members of input objects that they are in."""
        found: dict[str, list[str]] = {}
        _collect(self.arguments, "", found)
        return found


async def right_call(services: Services, cleaner: Cleaner, field: str) -> RightCall:
    """A call of a root field such as `Query.me`, in a new world; by its owner, if that is one who may."""
    case, caller = _case(field)
    await cleaner.clean()
    world = await make_world(services)
    await case.prepare(world)
    return RightCall(world, caller, _arguments(case.document, case.variables(world, caller)))


def _case(field: str) -> tuple[Case, Caller]:
    """The first case in which the first of the people is answered; one in which nobody is, if there is no other."""
    cases = [case for case in CASES if case.field == field]
    for caller in PEOPLE:
        for case in cases:
            if caller in case.answered:
                return case, caller
    return cases[0], Caller.OWNER


def _arguments(document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    [operation] = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    [root] = operation.selection_set.selections
    assert isinstance(root, FieldNode)
    return {each.name.value: value_from_ast_untyped(each.value, dict(variables)) for each in root.arguments or ()}


def _collect(value: Any, name: str, found: dict[str, list[str]]) -> None:
    if isinstance(value, Mapping):
        for key, each in value.items():
            _collect(each, key, found)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            _collect(each, name, found)
    elif isinstance(value, str):
        found.setdefault(name, []).append(value)
