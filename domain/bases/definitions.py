"""Definitions of fields: from what a client sends to what can be made, with every problem of all of them at once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeVar

import orjson
from pydantic import ValidationError

from domain.errors import BadRequest, Problem, ValidationFailed, invalid_input
from domain.fields import faults
from domain.fields.choices import ChoiceOptions, require_room
from domain.fields.contract import FieldType, InvalidValue, Options
from domain.fields.registry import field_type, field_types
from domain.fields.storage import encode_json
from domain.model_problems import problems_of
from domain.names import TextLimits, clean_description, clean_field_name

T = TypeVar("T")
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FieldDraft:
    """A field as a client describes it; `type` is a key of the registry, `options` and `default_value` are JSON."""

    name: str
    type: str
    options: object = None
    is_required: bool = False
    default_value: object = None
    description: str | None = None
    is_indexed: bool = False


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A field that can be made. `default_value` is JSON that the type's strict parser takes, or None."""

    name: str
    type: FieldType[Any]
    options: Options
    is_required: bool = False
    default_value: object = None
    description: str | None = None
    is_indexed: bool = False


DEFAULT_PRIMARY: Final = FieldDraft("Name", "text")
"""The field of a table that is made without fields."""


def in_zone(draft: FieldDraft, zone: str) -> FieldDraft:
    """The draft in this time zone, where it is of a type that looks at days and hours and names no zone itself."""
    options = draft.options or {}
    if "timezone" not in field_type(draft.type).options_model.model_fields or not isinstance(options, dict):
        return draft
    return replace(draft, options={"timezone": zone, **options})


def define_fields(
    drafts: Sequence[FieldDraft], *, limits: TextLimits, loc: Place = ("fields",)
) -> list[FieldDefinition]:
    """The definitions of a new table's fields; raises `ValidationFailed` with the problems of all of them."""
    problems = _Problems()
    places = [(*loc, index) for index in range(len(drafts))]
    defined = [
        problems.collect(partial(define_field, draft, limits=limits, loc=place))
        for draft, place in zip(drafts, places, strict=True)
    ]
    problems.found += _repeated_names(drafts, places)
    problems.raise_found()
    return [definition for definition in defined if definition is not None]


def _repeated_names(drafts: Sequence[FieldDraft], places: Sequence[Place]) -> Iterator[Problem]:
    seen: set[str] = set()
    for draft, place in zip(drafts, places, strict=True):
        name = draft.name.strip()
        if name.lower() in seen:
            message = f"Another field has the name {name!r} already; case does not count."
            yield Problem((*place, "name"), message, "value_error.duplicate", value=draft.name)
        seen.add(name.lower())


def define_field(draft: FieldDraft, *, limits: TextLimits, loc: Place = ()) -> FieldDefinition:
    """The definition that a draft stands for; raises `ValidationFailed` with all of its problems."""
    type = field_type(draft.type)
    problems = _Problems()
    name = problems.collect(partial(clean_field_name, draft.name, limit=limits.name, loc=(*loc, "name")))
    description = problems.collect(
        partial(clean_description, draft.description, limit=limits.description, loc=(*loc, "description"))
    )
    options = problems.collect(partial(read_options, type, draft.options, (*loc, "options")))
    problems.found += settable_problems(type, draft.is_required, draft.default_value, loc)
    default = None
    if options is not None and type.is_writable:
        default = problems.collect(partial(read_default, type, options, draft.default_value, (*loc, "defaultValue")))
    problems.raise_found()
    assert name is not None and options is not None  # noqa: PT018  # else a problem was raised
    return FieldDefinition(name, type, options, draft.is_required, default, description, draft.is_indexed)


def read_options(type: FieldType[Any], raw: object, loc: Place = ("options",)) -> Options:
    """A type's validated options; None means all defaults. Raises `ValidationFailed` with every problem."""
    if not isinstance(raw, dict | None):
        raise invalid_input([Problem(loc, "The options must be a JSON object.", "value_error.type", value=raw)])
    try:
        options: Options = type.parse_options(raw or {})
    except ValidationError as error:
        raise invalid_input(problems_of(error, loc, type.options_model)) from None
    return options


def options_with_choices(
    type: FieldType[Any], options: Options, given: Sequence[object], loc: Place = ("addChoices",)
) -> dict[str, Any]:
    """Options as a client sends them, with these choices behind those that there are, which stay as they are.

    One whose name the options have already, whatever its case, is not added. Raises `ValidationFailed` for what can be
    no choice, and where there is no room; and `BadRequest` for a type that has none.
    """
    if not isinstance(options, ChoiceOptions):
        raise BadRequest(f"A field of type {type.key.upper()} has no choices.", argument=str(loc[0]))
    try:
        read: ChoiceOptions = type.parse_options({"choices": list(given)})
    except ValidationError as error:
        found = problems_of(error, (), type.options_model)
        raise invalid_input([replace(each, loc=(*loc, *each.loc[1:])) for each in found]) from None
    new = [i for i, choice in enumerate(read.choices) if choice.name.strip().lower() not in options.id_by_folded_name]
    try:
        require_room(options, len(new))
    except InvalidValue as invalid:
        raise invalid_input([Problem(loc, invalid.message, invalid.type)]) from None
    for i in new:
        if read.choices[i].id in options.ids:
            message = "The field has a choice with this id already, and it has another name."
            raise invalid_input([Problem((*loc, i, "id"), message, faults.DUPLICATE, value=read.choices[i].id)])
    return {"choices": [*options.model_dump()["choices"], *(given[i] for i in new)]}


def read_default(type: FieldType[Any], options: Options, value: object, loc: Place = ("defaultValue",)) -> object:
    """The default value to keep: the stored form where the parser takes that too, so that a renamed choice stays.

    Raises `ValidationFailed` when the value does not fit.
    """
    try:
        stored = type.parser(options)(value)
    except InvalidValue as invalid:
        message = f"The default value does not fit: {invalid.message}"
        raise invalid_input([Problem((*loc, *invalid.loc), message, invalid.type, value=value)]) from None
    plain = plain_default(type, options, stored)
    return value if plain is None and stored is not None else plain


def plain_default(type: FieldType[Any], options: Options, stored: object) -> object:
    """A stored value as JSON that the type's parser reads as that value again; None when it does not."""
    plain = orjson.loads(encode_json(stored))
    try:
        return plain if type.parser(options)(plain) == stored else None
    except InvalidValue:
        return None


def require_settable(type: FieldType[Any], is_required: bool, default_value: object) -> None:
    """Raise `ValidationFailed` when values are asked for in a field that clients cannot write."""
    problems = settable_problems(type, is_required, default_value)
    if problems:
        raise invalid_input(problems)


def settable_problems(type: FieldType[Any], is_required: bool, default_value: object, loc: Place = ()) -> list[Problem]:
    """What is wrong with asking for values in a field that clients cannot write."""
    if type.is_writable:
        return _default_problems(type, default_value, loc)
    message = f"A {type.title.lower()} field is filled by the server: it can neither be required nor have a default."
    asked = {"isRequired": is_required, "defaultValue": default_value is not None}
    return [Problem((*loc, key), message, "value_error.read_only") for key, is_asked in asked.items() if is_asked]


def _default_problems(type: FieldType[Any], default_value: object, loc: Place) -> list[Problem]:
    if type.takes_default or default_value is None:
        return []
    message = f"A {type.title.lower()} field cannot have a default value."
    return [Problem((*loc, "defaultValue"), message, "value_error.read_only")]


def require_primary(name: str, type: FieldType[Any], options: Options) -> None:
    """Raise `BadRequest` when a field of the type cannot be the primary one; see `FormulaType.bind` for formulas."""
    if not type.reads_as_title(options):
        types = [each for each in field_types().values() if not each.is_bound]
        names = ", ".join(each.key.upper() for each in types if each.reads_as_title(each.options_model()))
        raise BadRequest(
            f"The field {name!r} of type {type.key.upper()} cannot be the primary field, which names a record. "
            f"These types can: {names}, and FORMULA over fields of the record itself.",
            field=name,
        )


class _Problems:
    """Collects the problems of several checks, so that all of them are reported."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def collect(self, check: Callable[[], T]) -> T | None:
        """The result of the check, or None once its problems are noted."""
        try:
            return check()
        except ValidationFailed as failed:
            self.found += failed.problems
            return None

    def raise_found(self) -> None:
        """Raise all that was found."""
        if self.found:
            raise invalid_input(self.found)
