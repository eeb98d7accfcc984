"""Scripts of steps, and the records that they reach."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from adapters.scripts.contract import Host, Language, Reason, Script, ScriptFailed
from domain.automations.faults import Passing, StepFailed
from domain.automations.step import Records
from domain.automations.values import id_in, number_in, object_in
from domain.errors import BadRequest
from resolvers.services import Services

Arguments = Mapping[str, Any]
MOST: Final = 1_000
"""Records that a script finds at a time."""


async def run_script(
    services: Services, language: str, script: str, inputs: Mapping[str, Any], records: Records
) -> Any:
    """What a script makes of its inputs; raises `StepFailed`, and `Passing` where its engine has ended."""
    host = RecordsHost(records)
    try:
        outcome = await services.scripts.run(Script(Language(language), script, inputs), Host(host.names, host.call))
    except ScriptFailed as error:
        logs = "".join(f"\n> {line}" for line in error.log)
        message = f"The script failed ({error.reason}): {error.message}{logs}"
        raise (Passing(message) if error.reason is Reason.CRASHED else StepFailed(message)) from error
    return {"output": outcome.output, "logs": list(outcome.log)}


class RecordsHost:
    """The functions `records.…` of scripts."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._functions: Mapping[str, Callable[[Arguments], Awaitable[object]]] = {
            "records.find": self._find,
            "records.get": self._get,
            "records.create": self._create,
            "records.update": self._update,
            "records.delete": self._delete,
        }
        self.names = tuple(self._functions)

    async def call(self, name: str, arguments: Arguments) -> object:
        """See `adapters.scripts.contract.Call`."""
        return await self._functions[name](arguments)

    async def _find(self, given: Arguments) -> object:
        """`{table, filter, first}`: the first records that match."""
        _only(given, "table", "filter", "first")
        first = MOST if given.get("first") is None else min(int(number_in(given["first"], "first")), MOST)
        return await self._records.find(id_in(given.get("table"), "table"), given.get("filter"), first)

    async def _get(self, given: Arguments) -> object:
        """`{id}`: a record."""
        _only(given, "id")
        return await self._records.get(id_in(given.get("id"), "id"))

    async def _create(self, given: Arguments) -> object:
        """`{table, fields}`: a new record."""
        _only(given, "table", "fields")
        fields = object_in(given.get("fields"), "fields")
        async with self._records.whole():
            _, record = await self._records.create(id_in(given.get("table"), "table"), fields)
        return record

    async def _update(self, given: Arguments) -> object:
        """`{id, fields}`: the record with its changes."""
        _only(given, "id", "fields")
        fields = object_in(given.get("fields"), "fields")
        async with self._records.whole():
            return await self._records.update(id_in(given.get("id"), "id"), fields)

    async def _delete(self, given: Arguments) -> None:
        """`{id}`: nothing is left."""
        _only(given, "id")
        async with self._records.whole():
            await self._records.delete(id_in(given.get("id"), "id"))


def _only(given: Arguments, *names: str) -> None:
    """Refuse arguments that nobody would look at."""
    for name in given:
        if name not in names:
            raise BadRequest(f"There is no argument {name!r}; there are {', '.join(names)}.")
