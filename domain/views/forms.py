"""Published forms: what of a table they show to everybody, and what they take."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta


@dataclass(frozen=True, slots=True)
class FormMeta:
    """A published form, as it was at a schema version of its base."""

    view_id: UUID
    table_id: UUID
    schema_version: int
    title: str
    submit_text: str
    field_ids: Sequence[str]
    """What it asks for, in order: those that its config names and that the view does not hide."""

    def open_table(self, table: TableMeta) -> TableMeta:
        """The table as the form shows it: its fields alone, under its title, so that no message tells of others."""
        found = (table.find_field(id) for id in self.field_ids)
        fields = tuple(each for each in found if each is not None and is_open(each))
        return replace(table, name=self.title, description=None, fields=fields)


def asked_for(config: dict[str, list[str]], hidden_field_ids: Sequence[str]) -> list[str]:
    """The ids of the fields of a form. A config that names none shows all to members, and nothing to others.

    Otherwise a field that is added, or the last named one that is deleted, would open the whole table.
    """
    return [id for id in config["fields"] if id not in hidden_field_ids]


def is_open(field: FieldMeta) -> bool:
    """Whether everybody may set the field: not where values name members or records, for that would tell who is one."""
    return field.type.is_writable and not field.type.is_computed and field.type.references is None


def unmet_fields(table: TableMeta, form: TableMeta) -> list[FieldMeta]:
    """The fields that need a value, which a form neither asks for nor gets by their defaults."""
    return [
        each
        for each in table.fields
        if each.is_required and each.type.is_writable and each.default_value is None and each not in form.fields
    ]
