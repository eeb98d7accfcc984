"""The rollup field."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from domain.fields.computed import ComputedType, Result, Unresolved, result_of
from domain.fields.contract import RelatedExample
from domain.fields.linked_values import LinkedValuesOptions, bound_link, bound_target, item_of
from domain.fields.named import LinkedFieldId
from domain.fields.rollups import FUNCTIONS, Rolled, RollupFunction
from domain.records.rows import Row

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta
    from domain.bases.resolution import Resolution


class RollupOptions(LinkedValuesOptions):
    """Options of a rollup field."""

    rollup_field_id: Annotated[
        LinkedFieldId,
        Field(strict=False, description="Id or name of the field of the linked table whose values are rolled up."),
    ]
    function: Annotated[RollupFunction, Field(strict=False, description="What is made of the values.")]
    separator: Annotated[
        str, Field(max_length=100, pattern=r"^[^\x00]*$", description="What stands between the values of array_join.")
    ] = ", "

    def rolled(self, row: Row, *, of_all: bool = False) -> Rolled:
        """The values that the function is applied to: those of a record, or of each record of the table."""
        assert self._target is not None
        values = self.linked_values(row, of_all=of_all)
        return Rolled(values, *_shapes(self._target), self.separator, row.parameters)


class RollupType(ComputedType[RollupOptions]):
    """One value made of those of a field in the linked records."""

    key = "rollup"
    title = "Rollup"
    position = 116
    description = (
        "What a function (sum, avg, min, max, count, counta, countall, and, or, xor, array_unique, array_compact, "
        "array_join, first, last, median, earliest, latest) makes of the values of a field in the linked records."
    )
    options_model = RollupOptions
    related_examples = tuple(
        RelatedExample(
            {"linked_field_id": "<Company>", "rollup_field_id": f"<Companies.{field}>", "function": function}, output
        )
        for field, function, output in (
            ("Size", "sum", 10),
            ("Size", "max", 7),
            ("Size", "count", 2),
            ("City", "array_join", "Rome, Oslo"),
            ("City", "first", "Rome"),
        )
    )

    def bind(self, field: "FieldMeta", resolution: "Resolution") -> None:
        options: RollupOptions = field.options  # type: ignore[assignment]  # they are its own
        link = bound_link(field, options.linked_field_id, resolution)
        target = bound_target(link, options.rollup_field_id, resolution)
        function = FUNCTIONS[options.function]
        result = function.result(*_shapes(target))
        if result is None:
            raise Unresolved(
                f"{options.function.value} takes {function.takes}; the field {target.name!r} is of type "
                f"{target.type.key.upper()}."
            )
        options.place(link, target)
        options.settle(result)

    def follows(self, field: "FieldMeta") -> "tuple[FieldMeta, FieldMeta] | None":
        options: RollupOptions = field.options  # type: ignore[assignment]  # they are its own
        return options.source

    def reads(self, options: RollupOptions) -> frozenset[UUID]:
        return frozenset({options.linked_field_id})

    def renamed(self, options: RollupOptions, ids: Mapping[UUID, UUID]) -> RollupOptions:
        link, target = options.linked_field_id, options.rollup_field_id
        return options.model_copy(
            update={"linked_field_id": ids.get(link, link), "rollup_field_id": ids.get(target, target)}
        )

    def computed(self, row: Row, field: "FieldMeta", options: RollupOptions) -> str:
        return FUNCTIONS[options.function].sql(options.rolled(row))

    def joined(self, row: Row, field: "FieldMeta", alias: str) -> tuple[str, str] | None:
        options: RollupOptions = field.options  # type: ignore[assignment]  # they are its own
        function = FUNCTIONS[options.function]
        if options.result is None or function.of_nothing is None or row.is_image:
            return None
        values = function.sql(options.rolled(row, of_all=True))
        return (
            f" LEFT JOIN ({values}) {alias} ON {alias}.id = {row.alias}.id",
            f"coalesce({alias}.v, {function.of_nothing})",
        )


def _shapes(target: "FieldMeta") -> tuple[Result, Result]:
    """What one value is like, and an array of them; the values of types that hold several are items of such a type."""
    result = result_of(target)
    item = item_of(target)
    return item, result if result.is_array else Result(result.type, result.options, is_list=True)
