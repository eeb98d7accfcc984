"""The fields that an import makes for the columns of a file: their names, their order, and the primary one."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from domain.bases.definitions import FieldDraft
from domain.fields.registry import field_type
from domain.ids import parse_id
from domain.imports.columns import ImportColumn
from domain.imports.names import unique_names

_UNSTORABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_INVISIBLE: Final = frozenset({"Cf", "Zs"})
ROW_NUMBER: Final = "Row"
"""The name of the primary field where no column can be the primary one."""


def field_drafts(
    columns: Sequence[ImportColumn], max_characters: int, taken: Collection[str] = ()
) -> Mapping[str, FieldDraft]:
    """A draft for each of these columns, by the column's name; `taken` are the names of fields that there are."""
    wanted = [*taken, *(_allowed(column.name) for column in columns)]
    names = unique_names(wanted, len(wanted), max_characters).names[len(taken) :]
    return {
        column.name: FieldDraft(name, column.field_type, dict(column.options))
        for column, name in zip(columns, names, strict=True)
    }


def primary_first(drafts: Sequence[FieldDraft], max_characters: int) -> list[FieldDraft]:
    """The drafts in the order of a new table: the first that can be its primary field comes first.

    Where none can, a field that counts the rows is put before them.
    """
    primary = next((draft for draft in drafts if _can_be_primary(draft)), None)
    if primary is None:
        wanted = [*(draft.name for draft in drafts), ROW_NUMBER]
        primary = FieldDraft(unique_names(wanted, len(wanted), max_characters).names[-1], "autonumber")
    return [primary, *(draft for draft in drafts if draft is not primary)]


def _can_be_primary(draft: FieldDraft) -> bool:
    type = field_type(draft.type)
    return type.reads_as_title(type.parse_options(draft.options if isinstance(draft.options, dict) else {}))


def _allowed(name: str) -> str:
    """The name without what the name of a field may not hold or begin with; empty where nothing is left."""
    kept = "".join(each for each in name if unicodedata.category(each) not in _UNSTORABLE).lstrip("$ ")
    if all(unicodedata.category(each) in _INVISIBLE for each in kept):
        return ""
    return f"Column {kept}" if parse_id(kept) is not None else kept
