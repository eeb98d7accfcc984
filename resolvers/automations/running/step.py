"""One step under way: its config is rendered, its action does the work, and both are noted together."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import structlog

from adapters.database import AWAY
from domain.automations.faults import Passing, StepFailed, Waiting, is_passing
from domain.automations.registry import action_type
from domain.automations.runs import RunStatus
from domain.automations.step import Call, Json, Letter, Names, Records
from domain.automations.templates.render import render
from domain.automations.templates.texts import Escape
from domain.errors import DomainError
from resolvers.automations.running.entries import KEPT, Entry, bounded, plain
from resolvers.automations.running.journal import Superseded
from resolvers.automations.running.records import OwnersRecords
from resolvers.records.tables import Stale

if TYPE_CHECKING:
    from resolvers.automations.running.play import Play

logger = structlog.get_logger(__name__)

T = TypeVar("T")


class StepEnded(Exception):
    """A step has not succeeded; `entries` are that step and those around it, from the inside."""

    def __init__(self, error: DomainError, entry: Entry) -> None:
        super().__init__(f"Step {entry.path} ({entry.type.upper()}): {error.message}")
        self.error = error
        self.entries = [entry]

    @property
    def is_passing(self) -> bool:
        """Whether it may succeed another time."""
        return is_passing(self.error)


class StepUnderWay:
    """See `domain.automations.step.Step`."""

    def __init__(
        self,
        play: "Play",
        entry: Entry,
        action: Mapping[str, Any],
        outputs: dict[str, Any],
        names: Names,
        *,
        is_end: bool,
    ) -> None:
        self._play = play
        self._entry = entry
        self._type = action_type(action["type"])
        self._raw: Mapping[str, Any] = action["config"]
        self._inner: dict[str, Any] = {}
        self._outputs = outputs
        self._own_names = names
        self._names = {**play.names, **names, "now": datetime.now(UTC)}
        self._is_end = is_end
        self._known = dict(entry.input or {})
        self._context = play.world.context(entry.mutation_id)
        self.records: Records = OwnersRecords(self._context)
        self.table_id: UUID = play.table_id
        self._most = play.limits.max_rendered_characters
        self.max_rounds: int = play.limits.max_loop_records

    async def go(self) -> None:
        """Do it; raises `StepEnded`, `Waiting` and `Superseded`."""
        self._entry.started_at = self._entry.started_at or datetime.now(UTC)
        try:
            config = self._rendered()
            await (self._flow(config) if self._type.is_flow else self._work(config))
        except (Waiting, Superseded):
            raise
        except StepEnded as ended:
            kept = self._entry.output  # what it has settled holds when the run goes on
            self._entry.end(RunStatus.FAILED, kept, f"Step {ended.entries[-1].path} failed.")
            ended.entries.append(self._entry)
            raise
        except Exception as error:
            failure = self._failure(error)
            self._entry.end(RunStatus.FAILED, error=failure.message)
            raise StepEnded(failure, self._entry) from error

    async def _flow(self, config: dict[str, Any]) -> None:
        output = await self._type.run(config, self)
        inner = {**self._inner, **output} if isinstance(output, dict) else output
        self._entry.end(RunStatus.SUCCEEDED, bounded(inner, self._play.limits.max_step_bytes))
        await self._play.world.note([self._entry], is_end=self._is_end)

    async def _work(self, config: dict[str, Any]) -> None:
        limits = self._play.limits
        async with self._play.world.together(self._context):
            async with asyncio.timeout(limits.automation_step_timeout.total_seconds()):
                output = await self._type.run(config, self)
            if self._type.writes:
                self._entry.mutation_id = self._context.mutation_id
            self._entry.end(RunStatus.SUCCEEDED, bounded(output, limits.max_step_bytes))
            await self._play.world.note([self._entry], is_end=self._is_end, context=self._context)

    def _rendered(self) -> dict[str, Any]:
        """The config; what a try before has rendered stays as it was, so that it is the same that is sent again."""
        own = {name: self._raw.get(name) for name in self._type.own}
        rest = {field.name: self._raw.get(field.name) for field in self._type.config if field.name not in own}
        if self._entry.input is None:
            self._entry.input = plain(render(rest, self._names, Escape.PLAIN, most=self._most))
        return {**{name: self._entry.input.get(name) for name in rest}, **own}

    def _failure(self, error: Exception) -> DomainError:
        if isinstance(error, DomainError):
            return error
        if isinstance(error, TimeoutError):
            seconds = self._play.limits.automation_step_timeout.total_seconds()
            return Passing(f"It took longer than {seconds:g} seconds.")
        if isinstance(error, (*AWAY, Stale)):
            return Passing("The database was away, or too busy.")
        logger.error("a step failed with a fault of the server", exc_info=error, step=self._entry.path)
        return StepFailed(f"The server failed ({type(error).__name__}).")

    # --- what actions ask for ---

    def render(self, value: object, escape: Escape, place: str) -> object:
        """See `Step.render`."""
        if place in self._known:
            return self._known[place]
        made = plain(render(value, self._names, escape, place=f"config.{place}", most=self._most))
        if place not in self._type.hidden and self._entry.input is not None:
            self._entry.input[place] = made
        return made

    async def send_mail(self, letter: Letter) -> None:
        """See `Step.send_mail`."""
        await self._play.world.send_mail(letter, self._key)

    async def send(self, call: Call) -> Json:
        """See `Step.send`."""
        return await self._play.world.send(call, self._key)

    async def run_script(self, language: str, script: str, inputs: Mapping[str, Json]) -> Json:
        """See `Step.run_script`."""
        return await self._play.world.run_script(language, script, inputs, self.records)

    async def call_function(self, name: str, arguments: Mapping[str, Json]) -> Json:
        """See `Step.call_function`."""
        self._entry.mutation_id = self._context.mutation_id  # it keeps it when it is tried again
        await self._play.world.note([self._entry], is_end=False)  # what it writes may be seen before it ends
        return await self._play.world.call_function(name, arguments, self._context)

    @property
    def _key(self) -> str:
        """Names what this step sends, the same each time that it is sent."""
        return f"{self._play.run.id}.{self._entry.path}"

    async def once(self, make: Callable[[], Awaitable[T]]) -> T:
        """See `Step.once`."""
        kept = self._entry.output
        if isinstance(kept, dict) and KEPT in kept:
            known: T = kept[KEPT]
            return known
        made = plain(await make())
        self._entry.output = bounded({KEPT: made}, self._play.limits.max_step_bytes)
        await self._play.world.note([self._entry], is_end=False)
        settled: T = made
        return settled

    async def wait(self, until: datetime) -> None:
        """See `Step.wait`."""
        await self._play.world.wait(until)

    async def run(self, name: str, actions: Sequence[Mapping[str, Any]], path: str, names: Names) -> None:
        """See `Step.run`."""
        inner: dict[str, Any] = {}
        self._inner[name] = inner
        self._outputs[self._entry.path.rpartition(".")[2]] = self._inner
        before = f"{self._entry.path}.{path}."
        await self._play.actions(actions, before, inner, {**self._own_names, **names})
