"""The ids of tables and fields that the options of new fields call by their names, those of the same call too."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeGuard
from uuid import UUID

from domain.bases.definitions import FieldDraft, Place
from domain.errors import Problem, invalid_input
from domain.fields.named import Named
from domain.fields.registry import field_type
from domain.ids import parse_id
from domain.nearness import did_you_mean

MAX_SHOWN: Final = 20
"""How many of the names that there are a message lists."""


@dataclass(frozen=True, slots=True)
class KnownTable:
    """A table that options may name, with its fields by name, and the tables that its links lead to."""

    id: UUID
    name: str
    fields: dict[str, UUID] = field(default_factory=dict)
    links: dict[UUID, UUID] = field(default_factory=dict)

    def links_by_name(self) -> Mapping[str, UUID]:
        """Those of its fields that are links."""
        return {name: id for name, id in self.fields.items() if id in self.links}


def calls_by_name(draft: FieldDraft) -> bool:
    """Whether its options hold a name in place of an id."""
    return isinstance(draft.options, dict) and any(_is_name(draft.options.get(key)) for key in _named_keys(draft.type))


def with_ids(
    drafts: Sequence[FieldDraft],
    ids: Sequence[UUID],
    places: Sequence[Place],
    table: KnownTable,
    tables: Mapping[UUID, KnownTable],
) -> list[FieldDraft]:
    """The fields of a table with ids for names in their options; `ids` are those that the fields are to have.

    Raises `ValidationFailed` with every name that nothing has.
    """
    naming = _Naming(table, tables)
    for draft, id in zip(drafts, ids, strict=True):
        table.fields[draft.name.strip()] = id
    linked = [naming.to_table(*each) for each in zip(drafts, ids, places, strict=True)]
    named = [naming.through_link(draft, place) for draft, place in zip(linked, places, strict=True)]
    if naming.problems:
        raise invalid_input(naming.problems)
    return named


class _Naming:
    """Puts ids for names, links first: others are named through them."""

    def __init__(self, table: KnownTable, tables: Mapping[UUID, KnownTable]) -> None:
        self.table = table
        self.tables = tables
        self.problems: list[Problem] = []

    def to_table(self, draft: FieldDraft, id: UUID, place: Place) -> FieldDraft:
        """With the id of the table that a link leads to, which is noted for what goes through the link."""
        known = {each.name: each.id for each in self.tables.values()}
        draft = self._put(draft, Named.TABLE, place, known, lambda name: f"The base has no table {name!r}.")
        target = _id_in(draft, Named.TABLE)
        if target is not None:
            self.table.links[id] = target
        return draft

    def through_link(self, draft: FieldDraft, place: Place) -> FieldDraft:
        """With the ids of the link and of the field beyond it."""
        mine, links = self.table.name, self.table.links_by_name()
        draft = self._put(
            draft, Named.LINK, place, links, lambda name: f"The table {mine!r} has no LINKED_RECORD field {name!r}."
        )
        link = _id_in(draft, Named.LINK)
        if link is None or (beyond := self.tables.get(self.table.links.get(link, link))) is None:
            return draft
        return self._put(
            draft,
            Named.LINKED_FIELD,
            place,
            beyond.fields,
            lambda name: f"The table {beyond.name!r} has no field {name!r}.",
        )

    def _put(
        self,
        draft: FieldDraft,
        kind: Named,
        place: Place,
        known: Mapping[str, UUID],
        missing: Callable[[str], str],
    ) -> FieldDraft:
        key = _key(draft.type, kind)
        if key is None or not isinstance(draft.options, dict) or not _is_name(name := draft.options.get(key)):
            return draft
        if name in known:
            return replace(draft, options={**draft.options, key: str(known[name])})
        message = f"{missing(name)}{did_you_mean(name, known)}{_there_are(known)}"
        self.problems.append(Problem((*place, "options", key), message, "value_error.reference", value=name))
        return draft


def _there_are(names: Iterable[str]) -> str:
    shown = [repr(name) for name, _ in zip(names, range(MAX_SHOWN), strict=False)]
    return f" There are: {', '.join(shown)}." if shown else " There is none."


def _id_in(draft: FieldDraft, kind: Named) -> UUID | None:
    key = _key(draft.type, kind)
    given = draft.options.get(key) if key is not None and isinstance(draft.options, dict) else None
    return parse_id(given) if isinstance(given, str) else None


def _is_name(given: object) -> TypeGuard[str]:
    return isinstance(given, str) and parse_id(given) is None


def _key(type: str, kind: Named) -> str | None:
    return next((key for key, each in _named_keys(type).items() if each is kind), None)


def _named_keys(type: str) -> Mapping[str, Named]:
    """The options of a type that name something, with what they name."""
    return {
        key: each
        for key, info in field_type(type).options_model.model_fields.items()
        for each in info.metadata
        if isinstance(each, Named)
    }
