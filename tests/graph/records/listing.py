"""Random tables, filters and orders for lists of records, and what such a list holds, in plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from domain.fields.operators import OF_NULL
from domain.fields.operators import FilterOperator as Op
from domain.fields.registry import field_type
from tests.domain.fields.oracle import ALPHABET, ORACLES, RELATIONS, SUBSTRINGS, Oracle
from tests.support.records import Records

random_cases = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)

LISTS = (Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE)
FIELDS: Mapping[str, Oracle] = {f"{i} {oracle.type}": oracle for i, oracle in enumerate(ORACLES)}
"""A field of each kind, by name."""
FIELD_INPUTS = [{"name": "Name", "type": "TEXT"}] + [
    {"name": name, "type": oracle.type.upper(), "options": dict(oracle.options)} for name, oracle in FIELDS.items()
]

Values = Mapping[str, Any]
Filter = Mapping[str, Any]


@dataclass(frozen=True)
class Sort:
    """One key of an order."""

    field: str
    descending: bool

    @property
    def given(self) -> dict[str, str]:
        """The key as a RecordOrder."""
        return {"field": self.field, "direction": "DESC" if self.descending else "ASC"}


records = st.fixed_dictionaries({}, optional={name: st.none() | each.values for name, each in FIELDS.items()})
sorts = st.lists(
    st.builds(Sort, st.sampled_from(list(FIELDS)), st.booleans()), max_size=3, unique_by=lambda sort: sort.field
)


def filters(rows: Sequence[Values]) -> st.SearchStrategy[Filter]:
    """Filter trees whose operands are often values of the rows."""
    leaves = st.sampled_from(list(FIELDS)).flatmap(lambda name: _leaves(name, rows))
    return st.recursive(leaves, _combined, max_leaves=6)


def _combined(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    lists = st.lists(parts, max_size=3)
    groups = {"and": lists, "or": lists, "not": parts}
    one = st.sampled_from(list(groups)).flatmap(lambda key: st.fixed_dictionaries({key: groups[key]}))
    return one | st.fixed_dictionaries({}, optional=groups)


def _leaves(name: str, rows: Sequence[Values]) -> st.SearchStrategy[Filter]:
    oracle = FIELDS[name]
    operators = [each for each in field_type(oracle.type).conditions if _covers(oracle, each)]
    return st.sampled_from(operators).flatmap(
        lambda operator: st.fixed_dictionaries(
            {
                "field": st.just(name),
                "operator": st.just(operator.value),
                "value": _operands(oracle, operator, [row[name] for row in rows if row.get(name) not in (None, "")]),
            }
        )
    )


def _operands(oracle: Oracle, operator: Op, present: list[Any]) -> st.SearchStrategy[Any]:
    if operator in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
        return st.none()
    some = (st.sampled_from(present) if present else st.nothing()) | oracle.values.filter(lambda value: value != "")
    if oracle.text is not None and (operator in SUBSTRINGS or operator is Op.NOT_CONTAINS):
        return (some.map(oracle.text).map(lambda text: text[1:4]) | st.text(ALPHABET, max_size=2)).filter(bool)
    if operator in LISTS and oracle.items is None:
        return st.lists(some, max_size=4)
    return some | st.just(None) if operator in OF_NULL and oracle.type != "checkbox" else some


def _covers(oracle: Oracle, operator: Op) -> bool:
    """Whether the oracle knows what the operator means for its type."""
    if operator in RELATIONS:
        return oracle.rank is not None
    if operator in SUBSTRINGS or operator is Op.NOT_CONTAINS:
        return oracle.text is not None
    return oracle.type != "checkbox" or operator not in (Op.IS_EMPTY, Op.IS_NOT_EMPTY)


def passes(given: Filter, row: Values) -> bool:
    """Whether a record with these values passes a filter: all that the filter says must hold."""
    if "field" in given and not _passes_leaf(given, row):
        return False
    if not all(passes(part, row) for part in given.get("and", ())):
        return False
    if "or" in given and not any(passes(part, row) for part in given["or"]):
        return False
    return "not" not in given or not passes(given["not"], row)


def _passes_leaf(given: Filter, row: Values) -> bool:
    oracle = FIELDS[given["field"]]
    value = row.get(given["field"])
    if oracle.type == "checkbox":
        value = bool(value)
    operator = Op(given["operator"])
    if given["value"] is None:
        operator = OF_NULL[operator]
    return oracle.passes(operator, value, given["value"])


def ordered(rows: Sequence[Values], order: Sequence[Sort]) -> list[int]:
    """The indexes of the rows in an order; the id, which counts with the index, breaks ties as the last key goes."""
    found = list(range(len(rows)))
    if order and order[-1].descending:
        found.reverse()
    for sort in reversed(order):
        found.sort(key=lambda i: _position(sort.field, rows[i]), reverse=sort.descending)
    return found


def _position(field: str, row: Values) -> tuple[Any, ...]:
    oracle = FIELDS[field]
    value = row.get(field)
    return (bool(value),) if oracle.type == "checkbox" else oracle.position(value)


async def refill(records: Records, rows: Sequence[Values]) -> list[str]:
    """The ids of new records, which are all that the table has."""
    old = (await records.page(first=1000, selection="nodes { id }")).ok["records"]["nodes"]
    if old:
        assert (await records.delete([node["id"] for node in old])).ok
    if not rows:
        return []
    made = await records.create_all(rows, selection="id")
    return [record["id"] for record in made.ok["createRecords"]["records"]]
