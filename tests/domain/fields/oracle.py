"""What each field type should do, written a second time in plain Python, with strategies that make values for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from domain.fields.operators import FilterOperator as Op

ALPHABET = "aAbBzZäÄßΣσςİıſ%_\\'\"{}$1 ,\n\t\u0301\u202e😀"
SORT_LENGTH = 200
NAMES = ["Low", "high", "HIGH up", "100%", "a_b", "ünï", "'", '"q"', "\\", "x,y"]
CHOICES = [{"id": f"c{index}", "name": name} for index, name in enumerate(NAMES)]
FACTORS = {"mm": Fraction(1), "cm": Fraction(10), "in": Fraction(254, 10), "ft": Fraction(3048, 10)}
USERS = [str(UUID(int=number << 100 | 7)) for number in (1, 2, 200, 2**27)]


def lower(text: str) -> str:
    """Lower case character by character, as PostgreSQL's builtin locale does."""
    return "".join(character.lower()[:1] for character in text)


def caseless(text: str) -> str:
    """What texts are sorted by."""
    return lower(text[:SORT_LENGTH])


def same(value: Any) -> Any:
    """The value itself."""
    return value


def plain(value: float) -> str:
    """A number without an exponent and without needless zeros."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def iso(text: str) -> str:
    """The moment in UTC, as PostgreSQL writes it: no zeros at the end of the seconds' fraction."""
    written = moment(text).replace(tzinfo=None).isoformat()
    return f"{written.rstrip('0') if '.' in written else written}Z"


def millimetres(value: Any) -> Fraction:
    """The exact size of a dimension."""
    if not isinstance(value, dict):
        return Fraction(str(value))
    return Fraction(str(value["value"])) * FACTORS[value["unit"]]


def dimension(value: Any) -> Any:
    return value if isinstance(value, dict) else {"value": value, "unit": "mm"}


@dataclass(frozen=True)
class Oracle:
    """A field type with options: values that fit, what comes out, and by what values are compared."""

    type: str
    values: st.SearchStrategy[Any]
    options: Mapping[str, object] = field(default_factory=dict)
    output: Callable[[Any], Any] = same
    equality: Callable[[Any], Any] = same
    rank: Callable[[Any], Any] | None = None
    text: Callable[[Any], str] | None = None
    items: Callable[[Any], frozenset[Any]] | None = None
    empty: Any = None

    def passes(self, operator: Op, value: Any, operand: Any) -> bool:
        """Whether a record with this value passes the condition."""
        if operator in COMPLEMENTS:
            return not self.passes(COMPLEMENTS[operator], value, operand)
        if value is None or value in ("", []):
            return self.passes_empty(operator, operand)
        return self.passes_filled(operator, value, operand)

    def passes_empty(self, operator: Op, operand: Any) -> bool:
        if operator is Op.HAS_ALL:
            return bool(operand == [])
        if operator is Op.EQ:
            return operand in (None, "", [])
        return operator is Op.IS_EMPTY

    def passes_filled(self, operator: Op, value: Any, operand: Any) -> bool:
        if operator in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
            return operator is Op.IS_NOT_EMPTY
        if operator in RELATIONS:
            assert self.rank is not None
            return RELATIONS[operator](self.rank(value), self.rank(operand))
        if operator in SUBSTRINGS:
            assert self.text is not None
            return SUBSTRINGS[operator](self.text(value), operand)
        if self.items is not None:
            return self.passes_items(operator, self.items(value), operand)
        if operator is Op.EQ:
            return bool(self.equality(value) == self.equality(operand))
        found = [self.equality(item) == self.equality(value) for item in operand]
        return all(found) if operator is Op.HAS_ALL else any(found)

    def passes_items(self, operator: Op, items: frozenset[Any], operand: Any) -> bool:
        assert self.items is not None
        wanted = self.items(operand)
        if operator is Op.EQ:
            return items == wanted
        return wanted <= items if operator is Op.HAS_ALL else bool(wanted & items)

    def position(self, value: Any) -> tuple[Any, ...]:
        """The key by which Python sorts what PostgreSQL sorts: empty values first."""
        rank = self.rank or same
        return (0,) if value is None or value in ("", []) else (1, rank(value))


COMPLEMENTS = {
    Op.NEQ: Op.EQ,
    Op.NOT_IN: Op.IN,
    Op.NOT_CONTAINS: Op.CONTAINS,
    Op.HAS_NONE: Op.HAS_ANY,
    Op.IS_NOT_EMPTY: Op.IS_EMPTY,
}
RELATIONS: Mapping[Op, Callable[[Any, Any], bool]] = {
    Op.GT: lambda a, b: a > b,
    Op.GTE: lambda a, b: a >= b,
    Op.LT: lambda a, b: a < b,
    Op.LTE: lambda a, b: a <= b,
}
SUBSTRINGS: Mapping[Op, Callable[[str, str], bool]] = {
    Op.CONTAINS: lambda text, part: part in text,
    Op.ICONTAINS: lambda text, part: lower(part) in lower(text),
    Op.STARTS_WITH: lambda text, part: text.startswith(part),
    Op.ENDS_WITH: lambda text, part: text.endswith(part),
}

texts = st.text(ALPHABET, max_size=12) | st.text(ALPHABET, min_size=195, max_size=205)
any_text = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), min_size=1)
numbers = (
    st.integers(-(2**53), 2**53)
    | st.integers(-3, 3)
    | st.floats(-(2**53), 2**53).filter(lambda number: number == 0 or abs(number) > 1e-12)
    | st.decimals(-100, 100, places=2).map(float)
)
moments = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))
offsets = st.integers(-14 * 60, 14 * 60)
dimensions = st.builds(
    lambda value, unit: {"value": value, "unit": unit},
    st.integers(-(10**6), 10**6) | st.decimals(-1000, 1000, places=3).map(float),
    st.sampled_from(list(FACTORS)),
)


def with_offset(at: datetime, minutes: int) -> str:
    """The moment as a clock in another zone shows it."""
    sign = "-" if minutes < 0 else "+"
    shown = (at + timedelta(minutes=minutes)).replace(tzinfo=None).isoformat()
    return f"{shown}{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def unique_lists(items: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(items), unique=True)


ORACLES = [
    Oracle("text", texts, rank=caseless, text=same),
    Oracle("long_text", texts, rank=caseless, text=same),
    Oracle("barcode", texts, rank=caseless, text=same),
    Oracle("number", numbers, rank=same, text=plain),
    Oracle("number", st.integers(0, 9), {"precision": 0, "min": 0, "max": 9}, rank=same, text=plain),
    Oracle("currency", st.decimals(-9999, 9999, places=2).map(float), rank=same, text=plain),
    Oracle("percent", st.integers(-(10**6), 10**6).map(lambda number: number / 1000), rank=same),
    Oracle("rating", st.integers(1, 5), rank=same),
    Oracle("checkbox", st.booleans(), empty=False),
    Oracle("date", st.dates().map(str), rank=date.fromisoformat, text=same),
    Oracle("date", st.sampled_from(["0001-01-01", "0001-01-02", "9999-12-31", "9999-12-30"]), rank=same, text=same),
    Oracle("datetime", st.builds(with_offset, moments, offsets), output=iso, equality=moment, rank=moment, text=iso),
    Oracle(
        "datetime",
        st.sampled_from(["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999998Z"]),
        rank=same,
        text=same,
    ),
    Oracle("duration", st.integers(-(10**9), 10**9) | st.integers(-9999, 9999).map(lambda n: n / 1000), rank=same),
    Oracle("single_select", st.sampled_from(NAMES), {"choices": CHOICES}, rank=NAMES.index, text=same),
    Oracle(
        "multi_select",
        unique_lists(NAMES),
        {"choices": CHOICES},
        rank=lambda names: [NAMES.index(name) for name in names],
        text=", ".join,
        items=frozenset,
        empty=[],
    ),
    Oracle("user", st.sampled_from(USERS), rank=same),
    Oracle("user", unique_lists(USERS), {"allow_multiple": True}, rank=same, items=frozenset, empty=[]),
    Oracle(
        "dimension",
        dimensions | st.integers(-50, 50),
        output=dimension,
        equality=millimetres,
        rank=millimetres,
        text=lambda value: f"{plain(dimension(value)['value'])} {dimension(value)['unit']}",
    ),
    Oracle("email", st.emails().filter(lambda email: len(email) <= 254), rank=caseless, text=same),
]
