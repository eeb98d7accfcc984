"""What a function is given of its call: who called, and a client of the API that acts for them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from logging import Logger
from typing import Any
from uuid import UUID

from domain.extensions.faults import Refused

Answered = Mapping[str, Any]
"""The JSON object of an answer: `data`, `errors`, `extensions`."""
Execute = Callable[[str, Mapping[str, Any]], Awaitable[Answered]]
"""Runs a document with its variables for the caller."""


class GraphQLFailed(Refused):
    """An operation that a function had run was answered with errors; its message is that of the first."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(str(errors[0].get("message", "")))
        self.errors = errors

    @property
    def codes(self) -> list[str]:
        """`extensions.code` of each error."""
        return [str(error.get("extensions", {}).get("code")) for error in self.errors]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a function; `user_id` is None where nobody is signed in."""

    id: UUID
    function: str
    user_id: UUID | None
    log: Logger = field(repr=False)
    _execute: Execute = field(repr=False)
    _loop: asyncio.AbstractEventLoop = field(repr=False)

    async def graphql(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """`data` of an operation that is run for the caller, with their rights; raises `GraphQLFailed`.

        It is an operation of its own: what it writes stays when the function fails later.
        """
        answer = await self._execute(document, variables or {})
        if answer.get("errors"):
            raise GraphQLFailed(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    def graphql_in_thread(self, document: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """As `graphql`, for functions that are not async: they run in a thread, which waits."""
        return asyncio.run_coroutine_threadsafe(self.graphql(document, variables), self._loop).result()
