"""What a view says of its table, as the catalog keeps it: made from what clients ask for, fitted when fields change."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, PayloadTooLarge, Problem, invalid_input
from domain.fields.choices import check_color
from domain.records.filters import Filter
from domain.records.paging import Sort
from domain.unchanged import UNCHANGED, Unchanged
from domain.views.configs import ConfigJson, fitting_config, read_config, renamed_config
from domain.views.contract import ViewType
from domain.views.filters import (
    FilterJson,
    OrderJson,
    filter_json,
    fitting_filter,
    fitting_order,
    order_json,
    renamed_filter,
    renamed_order,
)


@dataclass(frozen=True, slots=True)
class ColorRule:
    """A color for the records for which a filter holds; the first rule that holds counts."""

    color: str
    filter: Filter


@dataclass(frozen=True, slots=True)
class ViewChanges:
    """What a client wants a view to say; what is `UNCHANGED` stays. Fields are given by id or name."""

    config: object = UNCHANGED
    filter: Filter | Unchanged | None = UNCHANGED
    sorts: Sequence[Sort] | Unchanged = UNCHANGED
    field_ids: Sequence[str] | Unchanged = UNCHANGED
    hidden_field_ids: Sequence[str] | Unchanged = UNCHANGED
    color_rules: Sequence[ColorRule] | Unchanged = UNCHANGED


MAX_COLOR_RULES: Final = 100
NO_CHANGES: Final = ViewChanges()


@dataclass(frozen=True, slots=True)
class ViewContent:
    """The columns of the catalog, each as JSON."""

    config: ConfigJson
    filter: FilterJson | None
    order_by: OrderJson
    field_ids: list[str]
    hidden_field_ids: list[str]
    color_rules: list[FilterJson]

    def require_size(self, most: int) -> None:
        """Raise `PayloadTooLarge` for more bytes of JSON than that."""
        size = len(json.dumps([getattr(self, name) for name in self.__slots__], ensure_ascii=False).encode())
        if size > most:
            raise PayloadTooLarge(f"A view may take {most:,} bytes as JSON, not {size:,}.")


EMPTY: Final = ViewContent({}, None, [], [], [], [])


def changed_content(content: ViewContent, type: ViewType, changes: ViewChanges, table: TableMeta) -> ViewContent:
    """The content with the changes; raises `ValidationFailed` or `BadRequest` for what does not fit the table."""
    if changes.config is not UNCHANGED:
        content = replace(content, config=read_config(type, changes.config, table))
    if changes.filter is not UNCHANGED:
        filter = changes.filter
        content = replace(content, filter=None if filter is None else filter_json(filter, table))
    if changes.sorts is not UNCHANGED:
        content = replace(content, order_by=order_json(changes.sorts, table))
    if changes.field_ids is not UNCHANGED:
        content = replace(content, field_ids=_field_ids(changes.field_ids, "fieldIds", table))
    if changes.hidden_field_ids is not UNCHANGED:
        content = replace(content, hidden_field_ids=_field_ids(changes.hidden_field_ids, "hiddenFieldIds", table))
    if changes.color_rules is not UNCHANGED:
        if len(changes.color_rules) > MAX_COLOR_RULES:
            raise BadRequest(f"A view may have at most {MAX_COLOR_RULES} color rules.", argument="colorRules")
        rules = [_rule(index, rule, table) for index, rule in enumerate(changes.color_rules)]
        content = replace(content, color_rules=rules)
    return content


def _field_ids(given: Sequence[str], argument: str, table: TableMeta) -> list[str]:
    if len(given) > len(table.fields):
        raise BadRequest(f"It names {len(given):,} fields; the table has {len(table.fields)}.", argument=argument)
    problems = []
    found: list[str] = []
    for index, key in enumerate(given):
        field = table.find_field(key)
        if field is None:
            message = f"The table {table.name!r} has no field {key[:60]!r}."
            problems.append(Problem((argument, index), message, "value_error.unknown_field", value=key))
        elif str(field.id) in found:
            problems.append(Problem((argument, index), "The field is named twice.", "value_error.duplicate", value=key))
        else:
            found.append(str(field.id))
    if problems:
        raise invalid_input(problems)
    return found


def _rule(index: int, rule: ColorRule, table: TableMeta) -> FilterJson:
    place = ("colorRules", index)
    try:
        check_color(rule.color)
    except ValueError as error:
        message = f"{str(error)[:1].upper()}{str(error)[1:]}."
        raise invalid_input([Problem((*place, "color"), message, "value_error.color", value=rule.color)]) from None
    try:
        return {"color": rule.color, "filter": filter_json(rule.filter, table)}
    except BadRequest as refused:
        raise invalid_input([Problem((*place, "filter"), refused.message, "value_error.filter")]) from None


def fitting_content(
    content: ViewContent, type: ViewType, table: TableMeta, unreadable: Collection[str] = ()
) -> ViewContent:
    """What is left of the content when all is gone that does not fit the table any longer; see `fitting_filter`."""
    rules = [(rule["color"], fitting_filter(rule["filter"], table, unreadable)) for rule in content.color_rules]
    return ViewContent(
        config=fitting_config(type, content.config, table),
        filter=None if content.filter is None else fitting_filter(content.filter, table, unreadable),
        order_by=fitting_order(content.order_by, table),
        field_ids=[id for id in content.field_ids if table.find_field(id)],
        hidden_field_ids=[id for id in content.hidden_field_ids if table.find_field(id)],
        color_rules=[{"color": color, "filter": filter} for color, filter in rules if filter is not None],
    )


def renamed_content(content: ViewContent, type: ViewType, ids: Mapping[str, str]) -> ViewContent:
    """The content for a copy of the table; `ids` are those of the copied fields by those of the first ones."""
    return ViewContent(
        config=renamed_config(type, content.config, ids),
        filter=None if content.filter is None else renamed_filter(content.filter, ids),
        order_by=renamed_order(content.order_by, ids),
        field_ids=[ids[id] for id in content.field_ids if id in ids],
        hidden_field_ids=[ids[id] for id in content.hidden_field_ids if id in ids],
        color_rules=[{**rule, "filter": renamed_filter(rule["filter"], ids)} for rule in content.color_rules],
    )
