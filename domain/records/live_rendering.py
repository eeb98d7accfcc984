"""The JSON of a live list's events: once for all who follow the same."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from domain.records.list_patches import ListPatch
from domain.records.live_selection import (
    LiveMember,
    LiveMembers,
    LivePage,
    LiveRecordsType,
    LiveType,
    Patches,
    PatchMember,
    PatchProperty,
    PatchRecord,
    PatchValue,
    beside_key,
    is_beside,
    records_in,
)
from domain.records.rendering import json_string
from domain.records.selection import EventCursor, Typename


@dataclass(frozen=True, slots=True)
class ComparedPage:
    """A page as it is compared: what is shown of each record, by its id and in order, and what stands beside.

    `now` has all that stands beside by response key, event cursors included, which `beside` leaves out: they always
    move.
    """

    rows: Mapping[str, tuple[str, ...]]
    beside: Mapping[str, Any]
    now: Mapping[str, Any]

    @classmethod
    def read(cls, json: str, members: LiveMembers) -> "ComparedPage":
        """From the JSON of `compared_members`."""
        read = orjson.loads(json)
        ids = [node["id"] for node in read["ids"]]
        texts = zip(*(read[f"r{n}"] for n in range(len(records_in(members)) or 1)), strict=True)
        now = {key: value for key, value in read.items() if is_beside(key)}
        cursors = {beside_key(each.key) for each in members if isinstance(each, EventCursor)}
        beside = {key: value for key, value in now.items() if key not in cursors}
        return cls(dict(zip(ids, texts, strict=True)), beside, now)


def render_snapshot(members: LiveMembers, page: ComparedPage, pages: Sequence[str]) -> str:
    """The first event: the page, given as its JSON for each time that it is selected."""
    return _Event(members, page, LiveRecordsType.SNAPSHOT, pages, ()).json()


def render_patches(members: LiveMembers, page: ComparedPage, patches: Sequence[ListPatch]) -> str:
    """A later event."""
    return _Event(members, page, LiveRecordsType.PATCH, (), patches).json()


class _Event:
    """One event under construction."""

    def __init__(
        self,
        members: LiveMembers,
        page: ComparedPage,
        type: LiveRecordsType,
        pages: Sequence[str],
        patches: Sequence[ListPatch],
    ) -> None:
        self._members = members
        self._page = page
        self._type = type
        self._pages = iter(pages)
        self._patches = patches
        self._shown = {record: n for n, record in enumerate(records_in(members))}

    def json(self) -> str:
        return _object((member.key, self._member(member)) for member in self._members)

    def _member(self, member: LiveMember) -> str:
        match member:
            case Typename(name=name):
                return json_string(name)
            case LiveType():
                return json_string(self._type.name)
            case LivePage():
                return next(self._pages, "null")
            case Patches():
                return f"[{','.join(self._patch(member, patch) for patch in self._patches)}]"
        return orjson.dumps(self._page.now[beside_key(member.key)]).decode()

    def _patch(self, patches: Patches, patch: ListPatch) -> str:
        return _object((member.key, self._patch_member(member, patch)) for member in patches.members)

    def _patch_member(self, member: PatchMember, patch: ListPatch) -> str:
        match member:
            case Typename(name=name):
                return json_string(name)
            case PatchRecord(members=shown):
                texts = self._page.rows.get(patch.id)
                return texts[self._shown[shown]] if texts is not None else "null"
            case PatchValue(of=property):
                return _PATCH_VALUES[property](patch)


_PATCH_VALUES: Final[Mapping[PatchProperty, Callable[[ListPatch], str]]] = {
    PatchProperty.TYPE: lambda patch: json_string(patch.type.name),
    PatchProperty.ID: lambda patch: json_string(patch.id),
    PatchProperty.INDEX: lambda patch: _number(patch.index),
    PatchProperty.PREVIOUS_INDEX: lambda patch: _number(patch.previous_index),
}


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


def _object(members: Iterable[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{json_string(key)}:{json}" for key, json in members) + "}"
