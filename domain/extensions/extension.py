"""An extension: what a package registers its functions and hooks with.

    [project.entry-points."tablegraph.extensions"]
    greetings = "greetings:extension"

The object of the entry point is an `Extension`, whose name is that of the entry point.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from domain.extensions.faults import ExtensionFault
from domain.extensions.functions import USER, AuthLevel, Function, make_function
from domain.extensions.writes import Moment, WriteKind, WrittenTable

GROUP: Final = "tablegraph.extensions"
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,99}")

BodyT = TypeVar("BodyT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Hook:
    """A function that is called around writes; `table` is the name or the id of the one table it is for."""

    extension: str
    moment: Moment
    kind: WriteKind
    body: Callable[..., Any] = field(repr=False)
    table: str | None = None

    @property
    def name(self) -> str:
        """As it is registered, `before_create`."""
        return f"{self.moment.value}_{self.kind.value}"

    def is_for(self, table: WrittenTable) -> bool:
        """Whether it is called for writes to a table."""
        return self.table is None or self.table in (table.name, str(table.id))


class Extension:
    """The functions and hooks of a package. Without a `version` it is that of the package.

    The server does not start without an extension that is `required`, nor where it fails to start.
    """

    def __init__(self, name: str, version: str | None = None, *, required: bool = False) -> None:
        if not _NAME.fullmatch(name):
            raise ExtensionFault(f"{name!r} cannot be the name of an extension: small letters, digits, '_' and '-'.")
        self.name = name
        self.version = version
        self.required = required
        self.functions: dict[str, Function] = {}
        self.hooks: list[Hook] = []
        self.startup: list[Callable[[], Any]] = []
        self.shutdown: list[Callable[[], Any]] = []

    def function(
        self,
        name: str | None = None,
        *,
        auth: AuthLevel = USER,
        description: str | None = None,
        timeout: float | None = None,
    ) -> Callable[[BodyT], BodyT]:
        """Register a function that `callFunction` calls; `timeout` is in seconds.

        Its first parameter is the `Call`. One more that is a pydantic model takes all arguments; else each parameter is
        one. All have types, and so has the answer. Functions that are not async run in threads.
        """
        if name is not None and not isinstance(name, str):
            raise ExtensionFault("@extension.function takes a name, and needs its parentheses.")

        def register(body: BodyT) -> BodyT:
            made = make_function(self.name, body, name or body.__name__, auth, description, timeout)
            if made.name in self.functions:
                raise ExtensionFault(f"The extension {self.name!r} has two functions {made.name!r}.")
            self.functions[made.name] = made
            return body

        return register

    def on_startup(self, body: BodyT) -> BodyT:
        """Have a function called, without arguments, in each process before it serves."""
        self.startup.append(body)
        return body

    def on_shutdown(self, body: BodyT) -> BodyT:
        """Have a function called, without arguments, in each process when it has served."""
        self.shutdown.append(body)
        return body

    def before_create(self, table: str | None = None) -> Callable[[BodyT], BodyT]:
        """Have a function called with the `RecordWrite` before records are created."""
        return self._hook(Moment.BEFORE, WriteKind.CREATE, table)

    def before_update(self, table: str | None = None) -> Callable[[BodyT], BodyT]:
        """As `before_create`, before records are changed."""
        return self._hook(Moment.BEFORE, WriteKind.UPDATE, table)

    def before_delete(self, table: str | None = None) -> Callable[[BodyT], BodyT]:
        """As `before_create`, before records are deleted."""
        return self._hook(Moment.BEFORE, WriteKind.DELETE, table)

    def after_create(self, table: str | None = None) -> Callable[[BodyT], BodyT]:
        """Have a function called with the `RecordWrite` after records were created, before that is committed."""
        return self._hook(Moment.AFTER, WriteKind.CREATE, table)

    def after_update(self, table: str | None = None) -> Callable[[BodyT], BodyT]:
        """As `after_create`, after records were changed."""
        return self._hook(Moment.AFTER, WriteKind.UPDATE, table)

    def after_delete(self, table: str | None = None) -> Callable[[BodyT], BodyT]:
        """As `after_create`, after records were deleted."""
        return self._hook(Moment.AFTER, WriteKind.DELETE, table)

    def _hook(self, moment: Moment, kind: WriteKind, table: str | None) -> Callable[[BodyT], BodyT]:
        if table is not None and not isinstance(table, str):
            raise ExtensionFault(f"@extension.{moment.value}_{kind.value} takes a table, and needs its parentheses.")

        def register(body: BodyT) -> BodyT:
            self.hooks.append(Hook(self.name, moment, kind, body, table))
            return body

        return register
