"""A `RecordFilter` that comes as JSON, in the config of a trigger or an action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from domain.errors import BadRequest
from domain.fields.operators import FilterOperator
from domain.records.filters import Filter, Group, Junction, Leaf, Shape

KEYS: Final = frozenset({"field", "operator", "value", "and", "or", "not"})


@dataclass(frozen=True, slots=True)
class FilterLimits:
    """How deep a filter may be, and how many conditions it may have."""

    depth: int
    conditions: int


def read_conditions(json: object, limits: FilterLimits) -> Filter:
    """The filter of JSON; raises `BadRequest` when it is no filter, too deep or too long."""
    reader = _Reader(limits)
    shape = reader.read(json, 1)
    return Filter(shape, tuple(reader.values))


@dataclass(slots=True)
class _Reader:
    """Collects the leaves' values while the shape is read."""

    limits: FilterLimits
    values: list[object] = field(default_factory=list)
    conditions: int = 0

    def read(self, json: object, depth: int) -> Shape:
        if not isinstance(json, dict):
            raise BadRequest("A filter must be a JSON object.", argument="filter")
        if depth > self.limits.depth:
            raise BadRequest(f"The filter is nested deeper than {self.limits.depth} levels.", argument="filter")
        unknown = sorted(set(json) - KEYS)
        if unknown:
            raise BadRequest(f"A filter has no {unknown[0]!r}.", argument="filter")
        parts = self._parts({key: value for key, value in json.items() if value is not None or key == "value"}, depth)
        if not parts:
            self._count()
        return parts[0] if len(parts) == 1 else Group(Junction.AND, tuple(parts))

    def _parts(self, json: Mapping[str, object], depth: int) -> list[Shape]:
        parts: list[Shape] = []
        if "field" in json or "operator" in json:
            parts.append(self._leaf(json))
        elif json.get("value") is not None:
            raise BadRequest("A filter has a 'value' without 'field' and 'operator'.", argument="filter")
        for key, junction in (("and", Junction.AND), ("or", Junction.OR)):
            if key in json:
                parts.append(self._group(junction, json[key], depth))
        if "not" in json:
            parts.append(self._group(Junction.NOT, [json["not"]], depth))
        return parts

    def _leaf(self, json: Mapping[str, object]) -> Leaf:
        name, operator, value = json.get("field"), json.get("operator"), json.get("value")
        if not isinstance(name, str) or not isinstance(operator, str):
            raise BadRequest("A filter needs 'field' and 'operator' together, as texts.", argument="filter")
        if operator not in FilterOperator.__members__:
            raise BadRequest(f"There is no operator {operator!r}.", argument="filter")
        self._count()
        self.values.append(value)
        return Leaf(name, FilterOperator[operator], value is None or value == "")

    def _group(self, junction: Junction, parts: object, depth: int) -> Group:
        if not isinstance(parts, list):
            raise BadRequest(f"{junction.name.lower()!r} of a filter must be a list of filters.", argument="filter")
        if not parts:
            self._count()
        return Group(junction, tuple(self.read(part, depth + 1) for part in parts))

    def _count(self) -> None:
        self.conditions += 1
        if self.conditions > self.limits.conditions:
            raise BadRequest(f"The filter has more than {self.limits.conditions} conditions.", argument="filter")
