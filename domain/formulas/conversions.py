"""How values of one type become values of another; the first of a pair is what there is, the second what is wanted."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from domain.formulas.contract import Environment, Fragment, Function, Parameter, Result, Sql
from domain.formulas.literals import read_moment
from domain.formulas.types import SQL_TYPES, Kind, Type


def _number_to_text(_: Environment, value: Fragment) -> Result | str:
    return f"trim_scale({value})::text"


def _boolean_to_number(_: Environment, value: Fragment) -> Result | str:
    return f"({value})::int::numeric"


def _boolean_to_text(_: Environment, value: Fragment) -> Result | str:
    return f"({value})::int::text"


def _date_to_text(_: Environment, value: Fragment) -> Result | str:
    return Result(f"to_char(({value})::timestamp, 'YYYY-MM-DD')", is_immutable=False)


def _datetime_to_text(_: Environment, value: Fragment) -> Result | str:
    return Result(f"""to_char(timezone('UTC', {value}), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')""", is_immutable=False)


def _date_to_datetime(environment: Environment, value: Fragment) -> Result | str:
    return f"timezone({environment.zone_sql}, ({value})::timestamp)"


def _datetime_to_date(environment: Environment, value: Fragment) -> Result | str:
    return f"timezone({environment.zone_sql}, {value})::date"


def _number_to_boolean(_: Environment, value: Fragment) -> Result | str:
    return f"(coalesce({value}, 0) <> 0)"


def _text_to_boolean(_: Environment, value: Fragment) -> Result | str:
    return f"(coalesce({value}, '') <> '')"


def _moment_to_boolean(_: Environment, value: Fragment) -> Result | str:
    return f"(({value}) IS NOT NULL)"


def _same(_: Environment, value: Fragment) -> Result | str:
    return value.sql


def _array_to_text(_: Environment, value: Fragment) -> Result | str:
    return Result(f"array_to_string({value}, ', ')", is_immutable=False)


def _moment(text: str | None) -> datetime:
    moment = read_moment(text or "")
    assert moment is not None
    return moment


def _literal_day(_: Environment, value: Fragment) -> str:
    return f"'{_moment(value.literal).date().isoformat()}'::date"


def _literal_moment(environment: Environment, value: Fragment) -> str:
    moment = _moment(value.literal)
    if moment.tzinfo is None:
        return f"timezone({environment.zone_sql}, '{moment.isoformat()}'::timestamp)"
    return f"'{moment.isoformat()}'::timestamptz"


_TO: Final[Mapping[tuple[Kind, Kind], Sql]] = {
    (Kind.NUMBER, Kind.TEXT): _number_to_text,
    (Kind.DURATION, Kind.TEXT): _number_to_text,
    (Kind.BOOLEAN, Kind.TEXT): _boolean_to_text,
    (Kind.DATE, Kind.TEXT): _date_to_text,
    (Kind.DATETIME, Kind.TEXT): _datetime_to_text,
    (Kind.BOOLEAN, Kind.NUMBER): _boolean_to_number,
    (Kind.DURATION, Kind.NUMBER): _same,
    (Kind.NUMBER, Kind.DURATION): _same,
    (Kind.DATE, Kind.DATETIME): _date_to_datetime,
    (Kind.DATETIME, Kind.DATE): _datetime_to_date,
    (Kind.TEXT, Kind.DATE): _literal_day,
    (Kind.TEXT, Kind.DATETIME): _literal_moment,
    (Kind.NUMBER, Kind.BOOLEAN): _number_to_boolean,
    (Kind.DURATION, Kind.BOOLEAN): _number_to_boolean,
    (Kind.TEXT, Kind.BOOLEAN): _text_to_boolean,
    (Kind.DATE, Kind.BOOLEAN): _moment_to_boolean,
    (Kind.DATETIME, Kind.BOOLEAN): _moment_to_boolean,
}


def conversion(given: Type, wanted: Type) -> Function | None:
    """The function that converts a value, or None where there is no such conversion."""
    if given.kind is Kind.BLANK:
        array = "[]" if wanted.is_array else ""
        return _function(given, wanted, lambda _, __: f"NULL::{SQL_TYPES[wanted.kind]}{array}")
    if given.is_array or wanted.is_array:
        return _function(given, wanted, _array_to_text) if wanted == Type(Kind.TEXT) else None
    sql = _TO.get((given.kind, wanted.kind))
    return sql and _function(given, wanted, sql)


def _function(given: Type, wanted: Type, sql: Sql) -> Function:
    parameter = Parameter("value", is_list=given.is_array, is_literal=sql in (_literal_day, _literal_moment))
    return Function(f"{given} as {wanted}", (parameter,), wanted, "", (), sql)
