"""No root field without a line in the authorization matrix, and no line without a root field."""

from graph.schema import build_schema
from tests.authorization.matrix import CASES


def root_fields() -> set[str]:
    """Every root field of the schema, as `Type.field`."""
    schema = build_schema()._schema
    roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
    return {f"{root.name}.{name}" for root in roots if root is not None for name in root.fields}


def test_every_root_field_has_a_case() -> None:
    assert root_fields() - {case.field for case in CASES} == set()


def test_every_case_is_of_a_root_field() -> None:
    assert {case.field for case in CASES} - root_fields() == set()


def test_cases_are_told_apart_by_name() -> None:
    names = [str(case) for case in CASES]
    assert sorted(names) == sorted(set(names))
