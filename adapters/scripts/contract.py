"""What a script is, what it may use, what comes of it, and how it fails."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol, TypeAlias

from domain.errors import BadRequest

MAX_MESSAGE: Final = 1_000
"""Characters of the message of a script that fails."""

_NAME: Final = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")

Call: TypeAlias = Callable[[str, Mapping[str, Any]], Awaitable[object]]
"""Does something for a script: gets the name of a function and its arguments, and gives a value of JSON's kinds.

A `DomainError` is an exception in the script, which may catch it; anything else ends the script and comes out of `run`.
"""


class Language(StrEnum):
    """What scripts are written in."""

    PYTHON = "PYTHON"
    JAVASCRIPT = "JAVASCRIPT"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one script may use."""

    seconds: float = 10.0
    """By the clock, with the time that its calls take."""
    memory: int = 64 << 20
    """Bytes, beside what its engine itself needs."""
    output: int = 1 << 20
    """Bytes of its output as JSON, and of the arguments of a call."""
    log: int = 10_000
    """Characters of what it prints; the rest is not kept."""
    calls: int = 1_000


@dataclass(frozen=True, slots=True)
class Script:
    """A script with what it is given: `inputs`, an object of JSON's, under that name."""

    language: Language
    source: str
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Host:
    """The functions that a script can call, such as `records.find`: a name with a dot, and one object of arguments."""

    names: Sequence[str]
    call: Call

    def __post_init__(self) -> None:
        wrong = [name for name in self.names if _NAME.fullmatch(name) is None]
        if wrong:
            raise ValueError(f"{wrong[0]!r} is no name of a function, such as records.find")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a script has assigned to `output`, and the lines that it has printed."""

    output: object
    log: tuple[str, ...]
    seconds: float


class Reason(StrEnum):
    """Why a script came to no end of its own."""

    SYNTAX = "SYNTAX"
    """It cannot be read."""
    RAISED = "RAISED"
    """It raised an error, or a function that it called did."""
    TIME = "TIME"
    MEMORY = "MEMORY"
    OUTPUT = "OUTPUT"
    """What it assigned to `output` is too large, or no JSON."""
    CALLS = "CALLS"
    """It called too many functions."""
    CRASHED = "CRASHED"
    """Its engine ended."""


class ScriptFailed(BadRequest):
    """A script that has failed, where in its source, and what it had printed. Both line and column count from 1."""

    def __init__(
        self, reason: Reason, message: str, line: int | None = None, column: int | None = None, log: Sequence[str] = ()
    ) -> None:
        shown = message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"
        where = "" if line is None else f" (line {line}, column {column})"
        super().__init__(f"{shown}{where}", line=line, column=column)
        self.reason = reason
        self.text = shown
        """The message without the place."""
        self.line = line
        self.column = column
        self.log = tuple(log)


class Engine(Protocol):
    """Runs the scripts of one language, each in a process of its own."""

    async def run(self, script: Script, host: Host, bounds: Bounds) -> Outcome:
        """What comes of a script; raises `ScriptFailed`, and what a function raises that is no domain error."""

    async def aclose(self) -> None:
        """End all processes."""
