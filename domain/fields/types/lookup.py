"""The lookup field."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field

from domain.fields.computed import ComputedType, Result, result_of
from domain.fields.contract import RelatedExample
from domain.fields.linked_values import LinkedValuesOptions, bound_link, bound_target
from domain.fields.named import LinkedFieldId
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.rows import Row

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta
    from domain.bases.resolution import Resolution


class LookupOptions(LinkedValuesOptions):
    """Options of a lookup field."""

    lookup_field_id: Annotated[
        LinkedFieldId, Field(strict=False, description="Id or name of the field of the linked table to show.")
    ]


class LookupType(ComputedType[LookupOptions]):
    """The values of a field in the linked records."""

    key = "lookup"
    title = "Lookup"
    position = 114
    description = (
        "The values of a field in the linked records, in their order: a JSON list of them. One value, as the field "
        "itself has it, where the link takes one record; of fields that hold several items each, all items, each once."
    )
    options_model = LookupOptions
    related_examples = (
        RelatedExample({"linked_field_id": "<Company>", "lookup_field_id": "<Companies.City>"}, ["Rome", "Oslo"]),
    )

    def bind(self, field: "FieldMeta", resolution: "Resolution") -> None:
        options: LookupOptions = field.options  # type: ignore[assignment]  # they are its own
        link = bound_link(field, options.linked_field_id, resolution)
        target = bound_target(link, options.lookup_field_id, resolution)
        options.place(link, target)
        options.settle(looked_up(link, target))

    def follows(self, field: "FieldMeta") -> "tuple[FieldMeta, FieldMeta] | None":
        options: LookupOptions = field.options  # type: ignore[assignment]  # they are its own
        return options.source

    def reads(self, options: LookupOptions) -> frozenset[UUID]:
        return frozenset({options.linked_field_id})

    def renamed(self, options: LookupOptions, ids: Mapping[UUID, UUID]) -> LookupOptions:
        link, target = options.linked_field_id, options.lookup_field_id
        return options.model_copy(
            update={"linked_field_id": ids.get(link, link), "lookup_field_id": ids.get(target, target)}
        )

    def computed(self, row: Row, field: "FieldMeta", options: LookupOptions) -> str:
        result, values = options.result, options.linked_values(row)
        assert result is not None  # else it is not asked
        if result.is_list:
            return values.list()
        return values.set() if result.is_array else values.one()


def looked_up(link: "FieldMeta", target: "FieldMeta") -> Result:
    """What the values of a field are like when they are seen through a link; raises `Unresolved` where it has none."""
    result = result_of(target)
    assert isinstance(link.options, LinkedRecordOptions)
    if isinstance(result.options, LinkedRecordOptions):
        result = Result(result.type, result.options.model_copy(update={"allow_multiple": True}))
    if result.is_array or not link.options.allow_multiple:
        return result
    return Result(result.type, result.options, is_list=True)
