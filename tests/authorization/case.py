"""One line of the authorization matrix: a root field, how it is called, and what every caller gets."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from graph.execution.documents import DocumentCache, Prepared
from graph.schema import build_schema
from resolvers.services import Limits
from tests.authorization.callers import KEYS, Caller
from tests.authorization.outcomes import Outcomes
from tests.authorization.world import World

Prepare = Callable[[World], Awaitable[None]]
Variables = Callable[[World, Caller], Mapping[str, Any]]


async def nothing(_: World) -> None:
    """The preparation of a case that needs none."""


def no_variables(_: World, __: Caller) -> Mapping[str, Any]:
    """The variables of a document that takes none."""
    return {}


def mutation(field: str, selection: str) -> str:
    """The document of a mutation whose one argument is `$input`, of the type that is named after it."""
    type = f"{field[0].upper()}{field[1:]}Input"
    return f"mutation ($input: {type}!) {{ {field}(input: $input) {{ {selection} }} }}"


@dataclass(frozen=True)
class Case:
    """A root field called by everybody.

    `field` is `Query.me` or the like; `prepare` makes what the call needs (keep ids in `world.ids`); `variables` are
    those of the document, made for each caller. Several cases may share a field: give them different `about`s.
    """

    field: str
    document: str
    outcomes: Outcomes
    variables: Variables = no_variables
    prepare: Prepare = nothing
    about: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        missing = set(Caller) - set(self.outcomes)
        assert not missing, f"{self}: no outcome for {sorted(caller.value for caller in missing)}"

    def __str__(self) -> str:
        return f"{self.field} {self.about}".strip()

    @property
    def is_reading(self) -> bool:
        """Whether a caller who is answered leaves the world as it was for the next."""
        return not self.field.startswith("Mutation.")

    @property
    def denied(self) -> Mapping[Caller, str]:
        """The callers who get an error, with its code."""
        return {caller: code for caller, code in self.expected.items() if code is not None}

    @property
    def answered(self) -> list[Caller]:
        """The callers who get an answer."""
        return [caller for caller, code in self.expected.items() if code is None]

    @cached_property
    def expected(self) -> Outcomes:
        """The outcomes; but a key that lacks a scope which the document needs is forbidden before all else.

        Which scopes that are is tested in tests/graph/execution/guard/test_scopes.py.
        """
        prepared = _documents().get(self.document)
        assert isinstance(prepared, Prepared)
        needed = set(prepared.needed_scopes(None))
        lacking = [key for key, (_, scopes) in KEYS.items() if not needed <= scopes]
        return {**self.outcomes, **dict.fromkeys(lacking, "FORBIDDEN")}


@cache
def _documents() -> DocumentCache:
    return DocumentCache(build_schema()._schema, Limits())
