"""What a trigger and an action are: the classes that each file in `triggers/` and `actions/` derives from.

Both have a key, a sentence for the docs, and a config of declared fields. Enum, validation and docs follow from these
declarations, so a new trigger or action is one new file.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

from domain.changes.selection import RecordEventType
from domain.errors import Problem

if TYPE_CHECKING:
    from domain.automations.conditions import FilterLimits
    from domain.automations.step import Step
    from domain.bases.catalog import TableMeta
    from domain.schedules.contract import Schedule

ConfigJson = dict[str, Any]
Place = tuple[str | int, ...]
"""Where a value stands in the input, e.g. `("actions", 2, "config", "to")`."""
NO_EVENTS: Final[frozenset[RecordEventType]] = frozenset()


@dataclass(slots=True)
class Reading:
    """What a config is read by: the table of the automation as it is now; all that is wrong is collected."""

    table: "TableMeta"
    filter_limits: "FilterLimits"
    problems: list[Problem] = field(default_factory=list)
    trigger_records: Mapping[str, Collection[str]] = field(default_factory=dict)
    """What templates find in each record of the trigger; of one that is left out nobody knows."""

    def refuse(self, place: Place, message: str, type: str = "value_error.config", value: object = None) -> None:
        """Note what is wrong with a value."""
        self.problems.append(Problem(place, message, type, value=value))


ReadValue = Callable[[object, Place, Reading], object]
"""From the JSON value of a client, or one that was kept, to what is kept. What is wrong goes to the reading."""


@dataclass(frozen=True, slots=True)
class ConfigType:
    """A type of values in configs; `name` is what the docs say that they are. The common ones: `config_types.py`."""

    name: str
    read: ReadValue


@dataclass(frozen=True, slots=True)
class ConfigField:
    """A field of a config. Its name is written in camelCase; snake_case and the `aliases` are understood as well."""

    name: str
    type: ConfigType
    description: str
    is_required: bool = False
    default: object = None
    """What it is where it is left out or null."""
    aliases: tuple[str, ...] = ()


class Part(ABC):
    """What triggers and actions have in common. Instances hold no state: the registry makes one of each."""

    key: ClassVar[str]
    """Lower-case name, `record_created`; in upper case it is the value of the GraphQL enum."""
    description: ClassVar[str]
    """One sentence for the docs and the enum."""
    position: ClassVar[int]
    """Where it stands in the docs and the enum; the built-in ones count in tens."""
    config: ClassVar[tuple[ConfigField, ...]] = ()

    def check(self, config: ConfigJson, place: Place, reading: Reading) -> None:  # noqa: B027  # most need no check
        """Refuse what is wrong with the fields together; called when each of them is right."""


class TriggerType(Part):
    """One type of trigger: when an automation is set off.

    What happens to records is read from the change log. The others are set off where it happens: by a mutation, by the
    clock, by a request.
    """

    events: ClassVar[frozenset[RecordEventType]] = NO_EVENTS
    """The types of events of the table that may set it off."""

    def conditions(self, _config: ConfigJson) -> ConfigJson | None:
        """A filter, as views keep it. With one, a record that comes to match arrives as CREATED."""
        return None

    def fires(self, _config: ConfigJson, _event: Mapping[str, Any], _table: "TableMeta") -> bool:
        """Whether one of those events sets it off; an event is a `RecordEvent` of the API, whole."""
        return True

    def schedule(self, _config: ConfigJson) -> "Schedule | None":
        """When the clock sets it off."""
        return None


class ActionType(Part):
    """One type of action: what a step of an automation does."""

    output: ClassVar[str]
    """For the docs: what later steps find of it."""
    own: ClassVar[frozenset[str]] = frozenset()
    """Names of the config whose templates are not rendered before `run`: it does that itself, or there are none."""
    hidden: ClassVar[frozenset[str]] = frozenset()
    """Those of them that the history of runs does not show."""
    writes: ClassVar[bool] = False
    """Whether it writes records, or has them written: their changes are known as the step's."""
    is_flow: ClassVar[bool] = False
    """Whether it has actions inside, or waits: then it is no work of its own, and has no timeout."""

    @abstractmethod
    async def run(self, config: ConfigJson, step: "Step") -> object:
        """Do it with a rendered config, and answer its output, JSON. Raises what `domain.automations.faults` has."""
