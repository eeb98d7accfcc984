"""Inputs of the mutations on views."""

import strawberry
from strawberry.scalars import JSON

from domain.unchanged import UNCHANGED
from domain.views.content import ColorRule, ViewChanges
from graph.records.arguments import read_filter, read_order
from graph.records.inputs import RecordFilter, RecordOrder
from graph.views.types import ViewType
from resolvers.services import Limits
from resolvers.views.changes import ViewDraft


@strawberry.input(description="A color for the records of a view for which a filter holds.")
class ColorRuleInput:
    """A color and a filter."""

    color: str = strawberry.field(description="A named color of choices, such as `green`, or #rrggbb.")
    filter: RecordFilter = strawberry.field(description="Which records have it, unless a rule before this one holds.")


@strawberry.input(description="A new view; it becomes the last one of its table. Fields are given by id or name.")
class CreateViewInput:
    """Input of createView."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    name: str = strawberry.field(
        description="1 to 255 characters, unique in the table whatever their case; among personal views, in one's own."
    )
    type: ViewType = strawberry.field(description="How it shows records.")
    config: JSON | None = strawberry.field(
        default=None,
        description="An object that fits the type's `configSchema`, where names of fields do as well as ids; left out, "
        "all its defaults.",
    )
    filter: RecordFilter | None = strawberry.field(default=None, description="Which records it has; all by default.")
    order_by: list[RecordOrder] | None = strawberry.field(default=None, description="What they are sorted by.")
    field_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The fields that come first, in this order; the others follow in the table's order."
    )
    hidden_field_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The fields that it does not show."
    )
    color_rules: list[ColorRuleInput] | None = strawberry.field(default=None, description="Colors for its records.")
    is_personal: bool | None = strawberry.field(
        default=None, description="Whether nobody but the caller sees it; false by default."
    )

    is_indexed: bool | None = strawberry.field(
        default=None, description="Whether it gets the index that serves its filter and order. Needs the role ADMIN."
    )

    def draft(self, limits: Limits) -> ViewDraft:
        """The view as the use case takes it."""
        changes = ViewChanges(
            config=self.config,
            filter=read_filter(self.filter, limits),
            sorts=read_order(self.order_by),
            field_ids=self.field_ids or (),
            hidden_field_ids=self.hidden_field_ids or (),
            color_rules=_rules(self.color_rules, limits),
        )
        return ViewDraft(self.name, str(self.type.value), self.is_personal or False, self.is_indexed or False, changes)


@strawberry.input(
    description="Changes to a view; what is left out stays as it is. Null in place of config, filter, order, fields or "
    "colors brings back what a new view has."
)
class UpdateViewInput:
    """Input of updateView."""

    id: strawberry.ID = strawberry.field(description="Id of the view.")
    name: str | None = strawberry.field(default=None, description="The new name.")
    config: JSON | None = strawberry.field(
        default=strawberry.UNSET, description="The new config, in place of the whole old one."
    )
    filter: RecordFilter | None = strawberry.field(default=strawberry.UNSET, description="The new filter.")
    order_by: list[RecordOrder] | None = strawberry.field(default=strawberry.UNSET, description="The new order.")
    field_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="The fields that come first, in this order."
    )
    hidden_field_ids: list[strawberry.ID] | None = strawberry.field(
        default=strawberry.UNSET, description="The fields that it does not show."
    )
    color_rules: list[ColorRuleInput] | None = strawberry.field(
        default=strawberry.UNSET, description="Colors for its records."
    )
    is_locked: bool | None = strawberry.field(
        default=None,
        description="Lock or unlock it. A view that all members see is locked and unlocked with the role ADMIN.",
    )

    is_indexed: bool | None = strawberry.field(
        default=None,
        description="Whether it has the index that serves its filter and order. It takes ADMIN to ask for it.",
    )

    def changes(self, limits: Limits) -> ViewChanges:
        """The changes of its content, as the use case takes them."""
        unset = strawberry.UNSET
        return ViewChanges(
            config=UNCHANGED if self.config is unset else self.config,
            filter=UNCHANGED if self.filter is unset else read_filter(self.filter, limits),
            sorts=UNCHANGED if self.order_by is unset else read_order(self.order_by),
            field_ids=UNCHANGED if self.field_ids is unset else self.field_ids or (),
            hidden_field_ids=UNCHANGED if self.hidden_field_ids is unset else self.hidden_field_ids or (),
            color_rules=UNCHANGED if self.color_rules is unset else _rules(self.color_rules, limits),
        )


@strawberry.input(description="The view to delete.")
class DeleteViewInput:
    """Input of deleteView."""

    id: strawberry.ID = strawberry.field(description="Id of the view.")


@strawberry.input(description="The view to copy; the copy is the last one of its table, and is not locked.")
class DuplicateViewInput:
    """Input of duplicateView."""

    id: strawberry.ID = strawberry.field(description="Id of the view.")
    name: str | None = strawberry.field(default=None, description='Its name and " (copy)" where this is left out.')
    is_personal: bool | None = strawberry.field(
        default=None, description="Whether nobody but the caller sees the copy; as with the view where it is left out."
    )


@strawberry.input(description="A new order of the views of a table.")
class ReorderViewsInput:
    """Input of reorderViews."""

    table_id: strawberry.ID = strawberry.field(description="Id of the table.")
    view_ids: list[strawberry.ID] = strawberry.field(
        description="The ids of all its views that the caller sees, personal ones too, each once."
    )


def _rules(given: list[ColorRuleInput] | None, limits: Limits) -> list[ColorRule]:
    filters = [(rule.color, read_filter(rule.filter, limits)) for rule in given or ()]
    return [ColorRule(color, filter) for color, filter in filters if filter is not None]
