"""What a type of view is: the one class that each file in `domain/views/types/` derives from.

A type says how its config looks, and which of its keys name fields of the view's table, of which types. Everything else
(enum, validation, what becomes of a config when a field goes) follows from that, so a new type is one new file.
"""

from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from domain.bases.catalog import FieldMeta
from domain.ids import parse_id

MAX_FIELDS: Final = 1_400
"""How many fields one key of a config may name: as many as a table has at most."""


class Config(BaseModel):
    """The config of a view; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _canonical(text: str) -> str:
    id = parse_id(text)
    if id is None:
        raise ValueError(f"there is no field {text!r}; ids are UUIDs of 36 characters")
    return str(id)


FieldId = Annotated[str, AfterValidator(_canonical)]
"""A field's id in a config: one that has a `Reference` beside it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Which fields a key of a config may name; `wanted` completes "… must be"."""

    wanted: str
    accepts: Callable[[FieldMeta], bool]


class ViewType(ABC):
    """One type of view. Instances hold no state: the registry makes one of each."""

    key: ClassVar[str]
    """Lower-case name, `kanban`; in upper case it is the value of the GraphQL enum."""
    description: ClassVar[str]
    """One sentence for the docs and the enum: what it shows, and what its config says."""
    position: ClassVar[int]
    """Where the type stands in the docs and the enum; the built-in ones count in tens."""
    config_model: ClassVar[type[Config]]
    is_form: ClassVar[bool] = False
    """Whether it can be published: its config then has `fields` and `submit_text`."""
    start_key: ClassVar[str | None] = None
    """The key of the config that names the field with the day on which a record begins, if there are days."""
    end_key: ClassVar[str | None] = None
    """The key for the day on which it ends; without one, records lie on one day."""

    def span(self, config: Mapping[str, str | None]) -> tuple[str | None, str | None] | None:
        """The ids of the fields with the first and the last day that a config names; None for types without days."""
        if self.start_key is None:
            return None
        return config.get(self.start_key), None if self.end_key is None else config.get(self.end_key)

    @cached_property
    def references(self) -> Mapping[str, Reference]:
        """The keys of the config whose value is a field's id, or a list of such, and what they may name."""
        return {
            key: each
            for key, info in self.config_model.model_fields.items()
            for each in info.metadata
            if isinstance(each, Reference)
        }
