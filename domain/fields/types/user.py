"""The user field."""

import re
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field

from domain.fields import faults
from domain.fields.arrays import ARRAY_CONDITIONS
from domain.fields.contract import BadExample, Example, FieldType, Options, Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.operators import (
    EQUALITY,
    PRESENCE,
    Condition,
    Conditions,
    FilterOperator,
    Operand,
    is_in,
    list_of,
    negation,
)
from domain.ids import parse_id
from domain.sql import Parameters

MAX_USERS: Final = 100
"""How many users one value may name."""
_ANN: Final = "0190f0c8-1b2c-8001-8001-0000000000aa"
_BEN: Final = "0190f0c8-1b2c-8001-8001-0000000000bb"
_SEPARATOR = re.compile(r"[,;\s]+")


class UserOptions(Options):
    """Options of a user field."""

    allow_multiple: Annotated[bool, Field(description="Whether a value names several users; it is a list then.")] = (
        False
    )


def _for_lists(of_list: Condition, of_one: Condition) -> Condition:
    """The condition of a field with several users, or that of a field with one."""

    def condition(
        type: FieldType[Any], column: str, operand: Operand, options: UserOptions, parameters: Parameters
    ) -> str:
        chosen = of_list if options.allow_multiple else of_one
        return chosen(type, column, operand, options, parameters)

    return condition


def _is_all(type: FieldType[Any], column: str, operand: Operand, options: UserOptions, parameters: Parameters) -> str:
    """One user is all users of a list: the list names nobody else."""
    return f"ARRAY[{column}] @> {operand.bind(list_of(type.operand_parser(options)), 'uuid[]')}"


_OF_ONE: Final[Conditions] = {
    **PRESENCE,
    **EQUALITY,
    FilterOperator.HAS_ANY: is_in,
    FilterOperator.HAS_ALL: _is_all,
    FilterOperator.HAS_NONE: negation(is_in),
}
_CONDITIONS: Final[Conditions] = {
    operator: _for_lists(ARRAY_CONDITIONS[operator], of_one) for operator, of_one in _OF_ONE.items()
}


class UserType(FieldType[UserOptions]):
    """A member of the workspace, or several."""

    key = "user"
    title = "User"
    position = 200
    description = (
        "A member of the workspace; a JSON string with the user's id. With allow_multiple several, each once; a JSON "
        "list of ids."
    )
    options_model = UserOptions
    column_type = "uuid"
    references = "user"
    conditions = _CONDITIONS
    examples = (
        Example(_ANN, _ANN),
        Example(_ANN.upper(), _ANN),
        Example("", None),
        Example([_BEN, _ANN], [_BEN, _ANN], {"allow_multiple": True}),
        Example([], [], {"allow_multiple": True}),
        Example([_ANN], _ANN, typecast=True),
        Example(f"{_ANN}, {_BEN}", [_ANN, _BEN], {"allow_multiple": True}, typecast=True),
    )
    bad_examples = (
        BadExample("Ann", faults.FORMAT),
        BadExample(7, faults.TYPE),
        BadExample([_ANN], faults.TYPE),
        BadExample(_ANN, faults.TYPE, {"allow_multiple": True}),
        BadExample([_ANN, _ANN], faults.DUPLICATE, {"allow_multiple": True}),
        BadExample([_ANN, None], faults.TYPE, {"allow_multiple": True}),
        BadExample([_ANN] * (MAX_USERS + 1), faults.MAX_LENGTH, {"allow_multiple": True}),
    )

    def column_type_for(self, options: UserOptions) -> str:
        return "uuid[]" if options.allow_multiple else "uuid"

    def parser(self, options: UserOptions, *, typecast: bool = False) -> Parser:
        if options.allow_multiple:
            return _parse_users_loosely if typecast else _parse_users
        return _parse_user_loosely if typecast else _parse_user

    def operand_parser(self, options: UserOptions) -> Parser:
        return list_of(_parse_user) if options.allow_multiple else _parse_user

    def json(self, column: str, options: UserOptions, parameters: Parameters) -> str:
        return f"coalesce(to_json({column})::text, '[]')" if options.allow_multiple else f"to_json({column})::text"

    def item(self, column: str, options: UserOptions) -> tuple[FieldType[Any], Options, str] | None:
        return (self, UserOptions(), column) if options.allow_multiple else None

    def identity(self, column: str, options: UserOptions, parameters: Parameters) -> str:
        """The same users count as one value, however they are ordered."""
        if not options.allow_multiple:
            return column
        items = f"ARRAY(SELECT item FROM unnest({column}) AS item ORDER BY item)"
        return f"(CASE WHEN {column} IS NOT NULL THEN {items} END)"

    @property
    def is_searchable(self) -> bool:
        """Ids are nothing that people search for."""
        return False


def _parse_user(value: object) -> UUID | None:
    user = parse_id(value)
    if user is not None:
        return user
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise wrong_type(value, "the id of a user")
    raise InvalidValue(f"{shown(value)} is not an id, a UUID of 36 characters.", faults.FORMAT)


def _parse_users(value: object) -> list[UUID] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise wrong_type(value, "a list of ids of users")
    if len(value) > MAX_USERS:
        raise InvalidValue(f"A value may name at most {MAX_USERS} users, not {len(value)}.", faults.MAX_LENGTH)
    users: list[UUID] = []
    for index, item in enumerate(value):
        user = _parse_item(index, item)
        if user in users:
            raise InvalidValue("Each user may be named once.", faults.DUPLICATE, (index,))
        users.append(user)
    return users or None


def _parse_item(index: int, item: object) -> UUID:
    try:
        user = _parse_user(item)
    except InvalidValue as fault:
        raise fault.inside(index) from None
    if user is None:
        raise wrong_type(item, "the id of a user").inside(index)
    return user


def _parse_user_loosely(value: object) -> UUID | None:
    """Also a list of one, and blanks around the id."""
    if isinstance(value, list) and len(value) <= 1:
        value = value[0] if value else None
    return _parse_user(value.strip() if isinstance(value, str) else value)


def _parse_users_loosely(value: object) -> list[UUID] | None:
    """Also a single id, ids between commas, and repeated ones."""
    if isinstance(value, str):
        value = [item for item in _SEPARATOR.split(value) if item]
    if not isinstance(value, list):
        return _parse_users(value)
    return _parse_users(list(dict.fromkeys(item.lower() if isinstance(item, str) else None for item in value)))
