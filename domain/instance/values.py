"""What values of instance settings may be: one class a type, each with its bounds, from JSON and back."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from domain.fields.moments import zone

_DURATIONS = TypeAdapter(timedelta)


class ValueType(Enum):
    """The type of a setting by its public name."""

    BOOLEAN = "BOOLEAN"
    INTEGER = "INTEGER"
    DURATION = "DURATION"
    TEXT = "TEXT"
    TIME_ZONE = "TIME_ZONE"
    CHOICE = "CHOICE"


class SettingValue(ABC):
    """What one setting takes. `read` raises `ValueError` with a sentence."""

    type: ClassVar[ValueType]

    @abstractmethod
    def read(self, given: object) -> Any:
        """The value that JSON stands for."""

    def plain(self, value: Any) -> Any:
        """The value as JSON, which `read` takes."""
        return value

    @property
    def bounds(self) -> tuple[Any, Any]:
        """The least and the greatest value, as JSON; None where there is none."""
        return None, None

    @property
    def choices(self) -> tuple[str, ...]:
        """All that it can be, where these are few."""
        return ()


@dataclass(frozen=True, slots=True)
class Truth(SettingValue):
    """Yes or no."""

    type: ClassVar = ValueType.BOOLEAN

    def read(self, given: object) -> bool:
        """See `SettingValue.read`."""
        if not isinstance(given, bool):
            raise ValueError("It is true or false.")
        return given


@dataclass(frozen=True, slots=True)
class Whole(SettingValue):
    """A whole number from `least` to `most`; or 0, where `or_none` says that this means no bound."""

    type: ClassVar = ValueType.INTEGER
    least: int
    most: int
    or_none: bool = False

    def read(self, given: object) -> int:
        """See `SettingValue.read`."""
        if type(given) is int and (self.least <= given <= self.most or (self.or_none and given == 0)):
            return given
        also = ", or 0 for no bound" if self.or_none else ""
        raise ValueError(f"It is a whole number from {self.least:,} to {self.most:,}{also}.")

    @property
    def bounds(self) -> tuple[int, int]:
        """See `SettingValue.bounds`."""
        return self.least, self.most


@dataclass(frozen=True, slots=True)
class Span(SettingValue):
    """A duration from `least` to `most`, in ISO 8601."""

    type: ClassVar = ValueType.DURATION
    least: timedelta
    most: timedelta

    def read(self, given: object) -> timedelta:
        """See `SettingValue.read`."""
        try:
            # pydantic takes numbers and 12:30 too, and what these mean is a matter of taste
            found = _DURATIONS.validate_python(given) if isinstance(given, str) and given.startswith("P") else None
        except ValidationError:
            found = None
        if found is None or not self.least <= found <= self.most:
            least, most = self.bounds
            raise ValueError(f"It is a duration of ISO 8601 from {least} to {most}.")
        return found

    def plain(self, value: timedelta) -> str:
        """See `SettingValue.plain`."""
        text: str = _DURATIONS.dump_python(value, mode="json")
        return text

    @property
    def bounds(self) -> tuple[str, str]:
        """See `SettingValue.bounds`."""
        return self.plain(self.least), self.plain(self.most)


@dataclass(frozen=True, slots=True)
class Line(SettingValue):
    """A line of text of 1 to `most` characters."""

    type: ClassVar = ValueType.TEXT
    most: int

    def read(self, given: object) -> str:
        """See `SettingValue.read`."""
        text = given.strip() if isinstance(given, str) else ""
        if not 0 < len(text) <= self.most or not text.isprintable():
            raise ValueError(f"It is a line of 1 to {self.most} printable characters.")
        return text


@dataclass(frozen=True, slots=True)
class Zone(SettingValue):
    """The IANA name of a time zone."""

    type: ClassVar = ValueType.TIME_ZONE

    def read(self, given: object) -> str:
        """See `SettingValue.read`."""
        if not isinstance(given, str):
            raise ValueError("It is the IANA name of a time zone, such as Europe/Berlin.")
        zone(given)
        return given


@dataclass(frozen=True, slots=True)
class OneOf(SettingValue):
    """One of a few words."""

    type: ClassVar = ValueType.CHOICE
    words: tuple[str, ...]

    def read(self, given: object) -> str:
        """See `SettingValue.read`."""
        if not isinstance(given, str) or given not in self.words:
            raise ValueError(f"It is one of {', '.join(self.words)}.")
        return given

    @property
    def choices(self) -> tuple[str, ...]:
        """See `SettingValue.choices`."""
        return self.words
