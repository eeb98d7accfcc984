"""The thread field."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, OrderKey, Parser
from domain.fields.faults import InvalidValue, shown, wrong_type
from domain.fields.numbers import NumberRules, json_number, number_parser, operand_number, plain
from domain.fields.objects import Key, object_parser
from domain.fields.operators import EQUALITY, PRESENCE, Condition, Conditions, FilterOperator, Operand
from domain.fields.readable import only_item
from domain.fields.texts import SUBSTRING, text_parser
from domain.fields.threads import Thread, UnknownThread, read_thread
from domain.fields.widening import ONE_KIND
from domain.sql import Parameters

MAX_LENGTH: Final = 100
_ALIASES: Final = {
    "iso": "metric",
    "isometric": "metric",
    "m": "metric",
    "un": "unified",
    "unc": "unified",
    "unf": "unified",
    "nptf": "npt",
    "bspp": "bsp",
    "bspt": "bsp",
    "tr": "trapezoidal",
}


def _standard_name(value: object) -> object:
    """`ISO metric`, `UNC` and the like mean the standard that they belong to."""
    if not isinstance(value, str):
        return value
    name = value.lower().replace(" ", "").replace("_", "").replace("-", "")
    return _ALIASES.get(name, name)


class ThreadOptions(Options):
    """Options of a thread field."""

    standard: Annotated[
        Literal["metric", "unified", "npt", "bsp", "acme", "trapezoidal", "whitworth"] | None,
        BeforeValidator(_standard_name),
        Field(description="The one standard that threads may belong to; null: any."),
        ONE_KIND,
    ] = None


def _diameter_comparison(symbol: str) -> Condition:
    """`<` and its kin by diameter; the operand is a thread or a number of millimetres."""

    def condition(
        type: FieldType[Any], column: str, operand: Operand, options: ThreadOptions, parameters: Parameters
    ) -> str:
        return f"({column} -> 'base')::numeric {symbol} {operand.bind(_diameter, 'numeric')}"

    return condition


_CONDITIONS: Final[Conditions] = {
    **PRESENCE,
    **EQUALITY,
    **SUBSTRING,
    FilterOperator.GT: _diameter_comparison(">"),
    FilterOperator.GTE: _diameter_comparison(">="),
    FilterOperator.LT: _diameter_comparison("<"),
    FilterOperator.LTE: _diameter_comparison("<="),
}
_M8: Final = {
    "designation": "M8x1.25-6g",
    "standard": "metric",
    "series": "M",
    "diameter": 8,
    "unit": "mm",
    "pitch": 1.25,
    "class": "6g",
    "hand": "right",
}
_QUARTER: Final = {
    "designation": "1/4-20 UNC-2A",
    "standard": "unified",
    "series": "UNC",
    "diameter": 0.25,
    "unit": "in",
    "threads_per_inch": 20,
    "class": "2A",
    "hand": "right",
}
_PIPE: Final = {
    "designation": "G 1/2 A LH",
    "standard": "bsp",
    "series": "G",
    "size": "1/2",
    "diameter": 20.955,
    "unit": "mm",
    "threads_per_inch": 14,
    "class": "A",
    "hand": "left",
}


class ThreadType(FieldType[ThreadOptions]):
    """A screw thread by its designation, and what the designation says."""

    key = "thread"
    title = "Thread"
    position = 260
    description = (
        "A screw thread; a JSON object {designation} such as M8x1.25-6g, 1/4-20 UNC-2A, 1/2-14 NPT, G 1/2 A, Tr40x7 or "
        "1/2-10 ACME-2G. The server adds standard, series, diameter, unit, pitch or threads_per_inch, class and hand. "
        "Threads sort by diameter, and M8 equals M8x1.25."
    )
    options_model = ThreadOptions
    column_type = "jsonb"
    conditions = _CONDITIONS
    examples = (
        Example({"designation": "M8x1.25-6g"}, _M8),
        Example(_M8, _M8, {"standard": "metric"}),
        Example({"designation": "1/4-20 UNC-2A", "diameter": 0.25}, _QUARTER),
        Example({"designation": "G 1/2 A LH"}, _PIPE, {"standard": "BSPP"}),
        Example("M8x1.25-6g", _M8, typecast=True),
        Example(" 1/4-20  UNC-2A ", _QUARTER, typecast=True),
        Example("", None, typecast=True),
    )
    bad_examples = (
        BadExample("M8x1.25", faults.TYPE),
        BadExample({}, faults.MISSING_KEY),
        BadExample({"designation": "eight"}, faults.FORMAT),
        BadExample({"designation": "M8x9"}, faults.FORMAT),
        BadExample({"designation": "M8.1"}, faults.FORMAT),
        BadExample({"designation": "1/3-12 NPT"}, faults.FORMAT),
        BadExample({"designation": "M8", "diameter": 9}, faults.CHOICE),
        BadExample({"designation": "M8", "color": "red"}, faults.UNKNOWN_KEY),
        BadExample({"designation": "M8\x00"}, faults.NUL),
        BadExample({"designation": "M8"}, faults.CHOICE, {"standard": "unified"}),
    )

    def parser(self, options: ThreadOptions, *, typecast: bool = False) -> Parser:
        return partial(_parse, standard=options.standard, typecast=typecast)

    def operand_parser(self, options: ThreadOptions) -> Parser:
        """A designation or an object, as the text by which threads are equal."""
        return _equality_key

    def comparable(self, column: str, options: ThreadOptions, parameters: Parameters) -> str:
        return f"({column} ->> 'key')"

    def comparable_type_for(self, options: ThreadOptions) -> str:
        return "text"

    def order(self, column: str, options: ThreadOptions, parameters: Parameters) -> OrderKey:
        return OrderKey(f"({column} -> 'base')::numeric", "numeric")

    def json(self, column: str, options: ThreadOptions, parameters: Parameters) -> str:
        return f"({column} - '{{base,key}}'::text[])::text"

    def text(self, column: str, options: ThreadOptions, parameters: Parameters) -> str:
        return f"({column} ->> 'designation')"


_number = number_parser(NumberRules())
_word = text_parser(MAX_LENGTH)
_read_object: Callable[[object], dict[str, object]] = object_parser(
    "a thread",
    {
        "designation": Key(_word, is_required=True),
        "standard": Key(_word),
        "series": Key(_word),
        "size": Key(_word),
        "diameter": Key(_number),
        "unit": Key(_word),
        "pitch": Key(_number),
        "threads_per_inch": Key(_number),
        "class": Key(_word),
        "hand": Key(_word),
    },
)


def _parse(value: object, standard: str | None, typecast: bool) -> dict[str, object] | None:
    if typecast:
        value = only_item(value)
    if value is None:
        return None
    if typecast and isinstance(value, str):
        if not value.strip():
            return None
        value = {"designation": " ".join(value.split())}
    given = _read_object(value)
    thread = _understood(str(given["designation"]))
    if standard is not None and thread.standard != standard:
        raise InvalidValue(
            f"{shown(given['designation'])} is a thread of the standard {thread.standard}, not {standard}.",
            faults.CHOICE,
            ("designation",),
        )
    known = _known(thread)
    _check_agreement(given, known)
    return {"designation": given["designation"], **known, "base": thread.diameter_mm, "key": _key(thread)}


def _understood(designation: str) -> Thread:
    try:
        thread = read_thread(designation)
    except UnknownThread as unknown:
        message = f"{shown(designation)} is not a thread: {unknown}."
        raise InvalidValue(message, faults.FORMAT, ("designation",)) from None
    if thread is None:
        raise InvalidValue(
            f"{shown(designation)} is not the designation of a thread such as M8x1.25-6g or 1/4-20 UNC-2A.",
            faults.FORMAT,
            ("designation",),
        )
    return thread


def _known(thread: Thread) -> dict[str, object]:
    """What a designation says, as the keys of the value."""
    parts = {
        "standard": thread.standard,
        "series": thread.series,
        "size": thread.size,
        "diameter": json_number(thread.diameter),
        "unit": thread.unit,
        "pitch": None if thread.pitch is None else json_number(thread.pitch),
        "threads_per_inch": None if thread.threads_per_inch is None else json_number(thread.threads_per_inch),
        "class": thread.tolerance_class,
        "hand": thread.hand,
    }
    return {name: part for name, part in parts.items() if part is not None}


def _check_agreement(given: dict[str, object], known: dict[str, object]) -> None:
    for name, value in given.items():
        if name != "designation" and known.get(name) != value:
            message = f"The designation says {known.get(name)!r} for {name!r}, not {value!r}."
            raise InvalidValue(message, faults.CHOICE, (name,))


def _key(thread: Thread) -> str:
    """Equal for designations of the same thread, whatever is written out."""
    pitch = thread.pitch if thread.pitch is not None else thread.threads_per_inch
    parts = (thread.standard, thread.series, thread.size, plain(thread.diameter), plain(pitch or Decimal(0)))
    return " ".join(str(part) for part in (*parts, thread.tolerance_class, thread.hand))


def _equality_key(value: object) -> str | None:
    parsed = _parse(value, None, typecast=True)
    return None if parsed is None else str(parsed["key"])


def _diameter(value: object) -> Decimal | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return operand_number(value)
    parsed = _parse(value, None, typecast=True)
    if parsed is None:
        raise wrong_type(value, "a thread, or a diameter in millimetres")
    base = parsed["base"]
    assert isinstance(base, Decimal)
    return base
