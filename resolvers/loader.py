"""The dataloader that all others derive from: one statement for all the keys that a request asks for at once."""

from abc import abstractmethod
from asyncio import Future, ensure_future, shield
from collections.abc import Mapping
from typing import TypeVar

from aiodataloader import DataLoader, dispatch_queue
from aiodataloader import Loader as Keyed

from adapters.database import Unit
from resolvers.context import RequestContext

KeyT = TypeVar("KeyT")
ValueT = TypeVar("ValueT")


class Loader(DataLoader[KeyT, ValueT | None]):
    """Loads values by key within one request; made and kept by `RequestContext.loader`.

    Take no loader's value while holding `context.unit()`: in a mutation both would wait for the same connection.
    """

    def __init__(self, context: RequestContext) -> None:
        super().__init__()
        self.context = context

    def load(self, key: KeyT) -> "Future[ValueT | None]":
        """The value of a key, once it is fetched with others.

        It is everybody's who asks for this key: who stops waiting, since a neighbour has failed, must not end it for
        the others.
        """
        return shield(super().load(key))

    @abstractmethod
    async def fetch(self, unit: Unit, keys: list[KeyT]) -> Mapping[KeyT, ValueT]:
        """What is found for the keys, in one statement; a missing key loads None."""

    def do_resolve_reject(self, key: KeyT, future: "Future[ValueT | None]") -> None:
        """aiodataloader's own, but the batch waits for those who wait for their turn: they may have keys for it."""
        self._queue.append(Keyed(key=key, future=future))
        if len(self._queue) == 1:
            self.loop.call_soon(ensure_future, self._dispatch())

    async def _dispatch(self) -> None:
        await self.context.turns.all_taken()
        dispatch_queue(self)

    async def batch_load_fn(self, keys: list[KeyT]) -> list[ValueT | None]:
        """aiodataloader's side of `fetch`."""
        async with self.context.unit() as unit:
            found = await self.fetch(unit, keys)
        self.context.turns.begin()
        return [found.get(key) for key in keys]
