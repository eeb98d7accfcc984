"""What the database says of the instance: a revision that each change raises by one, and values that win over the
environment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.errors import Problem, ValidationFailed
from domain.instance.settings import INSTANCE_SETTINGS

UNKNOWN = "There is no instance setting of this name."


@dataclass(frozen=True, slots=True)
class InstanceState:
    """The values that are kept, as JSON by name; names that this version does not know are left alone."""

    revision: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)
    updated_at: datetime | None = None

    def read(self) -> dict[str, Any]:
        """The values that this version knows and takes, as they are used; others count as not set."""
        found = {}
        for name, plain in self.values.items():
            if name in INSTANCE_SETTINGS:
                try:
                    found[name] = INSTANCE_SETTINGS[name].value.read(plain)
                except ValueError:
                    continue
        return found


def clean_values(given: Sequence[tuple[str, object]]) -> dict[str, Any]:
    """What is to be kept, as JSON by name; raises `ValidationFailed` with the problems of all values."""
    problems: list[Problem] = []
    kept: dict[str, Any] = {}
    for index, (name, plain) in enumerate(given):
        try:
            if name in kept:
                raise ValueError("It is named twice.")
            kept[name] = _clean(name, plain)
        except ValueError as error:
            loc = ("settings", index, "value" if name in INSTANCE_SETTINGS else "name")
            problems.append(Problem(loc, f"{name[:100]}: {error.args[0]}", "value_error.setting", value=plain))
    if problems:
        raise ValidationFailed(problems)
    return kept


def clean_names(given: Sequence[str] | None) -> list[str]:
    """Names of settings, all of them for None; raises `ValidationFailed` for what names none."""
    if given is None:
        return list(INSTANCE_SETTINGS)
    wrong = [
        Problem(("names", index), f"{name[:100]}: {UNKNOWN}", "value_error.setting", value=name)
        for index, name in enumerate(given)
        if name not in INSTANCE_SETTINGS
    ]
    if wrong:
        raise ValidationFailed(wrong)
    return list(given)


def _clean(name: str, plain: object) -> Any:
    setting = INSTANCE_SETTINGS.get(name)
    if setting is None:
        raise ValueError(UNKNOWN)
    return setting.value.plain(setting.value.read(plain))
