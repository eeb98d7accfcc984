"""What policies make of a table, for a role and for those who have it."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.access.me import as_viewer, is_about_me
from domain.access.policies import PolicyMeta, PolicyScope
from domain.access.profile import Profile
from domain.bases.catalog import BaseAccess, TableMeta
from domain.bases.narrowing import narrowed
from domain.records.compile import Statement
from domain.records.policies import fault_of
from domain.sql import Parameters
from resolvers.statements import StatementCache

TABLE, ANN, BOB = (UUID(int=n) for n in (1, 8, 9))
MINE = {"field": "$createdBy", "type": "user", "operator": "EQ", "value": {"me": True}}


def make_table(*policies: PolicyMeta) -> TableMeta:
    """A table without fields, with policies."""
    siblings: dict[UUID, TableMeta] = {}
    access = BaseAccess(frozenset(), is_for_all=True, policies=policies)
    ids = {"base_id": UUID(int=2), "workspace_id": UUID(int=3), "primary_field_id": UUID(int=4)}
    table = TableMeta(TABLE, 1024, "T", None, base_number=1, base_name="B", schema_version=1, fields=(), **ids)
    siblings[table.id] = replace(table, siblings=siblings, access=access)
    return siblings[table.id]


def policy(scope: PolicyScope = PolicyScope.READ, filter: dict[str, object] = MINE) -> PolicyMeta:
    """A policy of editors."""
    return PolicyMeta(UUID(int=5), TABLE, frozenset({"EDITOR"}), scope, filter)


def of(viewer: UUID | None, role: str = "EDITOR") -> Profile:
    """The profile of somebody with a role that policies limit."""
    return Profile(limits=frozenset({(TABLE, role)}), viewer=viewer)


def compiled(table: TableMeta) -> Statement:
    """A statement over the records that are seen."""
    parameters = Parameters()
    return Statement(f"SELECT FROM {table.source(parameters)} r", parameters)


def test_all_who_have_a_role_share_metadata_and_statements() -> None:
    table, statements = make_table(policy()), StatementCache()

    tables = [narrowed(table, of(viewer)) for viewer in (ANN, BOB)]
    made = [statements.get(each, "shape", lambda each=each: compiled(each)) for each in tables]

    assert table.access is not None
    assert list(table.access.narrowed) == [of(None)]
    assert made[0].sql == made[1].sql
    assert made[0].sql.endswith('FROM "base_1"."t_1024" s WHERE ((s.created_by = $1::uuid))) r')
    assert [each.parameters.bind(()) for each in made] == [[ANN], [BOB]]


def test_a_statement_that_asks_for_whom_it_is_run_is_run_for_nobody_else() -> None:
    statement = compiled(narrowed(make_table(policy()), of(None)))

    with pytest.raises(RuntimeError, match="run for somebody"):
        statement.parameters.bind(())


def test_a_role_without_policies_sees_the_table_as_it_is() -> None:
    mine = narrowed(make_table(policy()), of(None, "VIEWER"))

    assert (mine.rule, mine.source(Parameters())) == (None, mine.sql_name)


def test_a_policy_of_writing_alone_hides_nothing() -> None:
    mine = narrowed(make_table(policy(PolicyScope.WRITE)), of(ANN))

    assert mine.rule is not None
    assert (mine.rule.limits_reads, mine.rule.filter(ANN), mine.source(Parameters())) == (False, None, mine.sql_name)


@pytest.mark.parametrize(
    ("filter", "fault"),
    [
        (MINE, None),
        ({**MINE, "type": "text"}, "Field '$createdBy' was of type TEXT when the policy was written."),
        ({**MINE, "field": "Owner"}, "Table 'T' has no field 'Owner'. It has: ."),
        (
            {**MINE, "value": "nobody"},
            "The filter on field '$createdBy' with EQ cannot use this value: 'nobody' is not",
        ),
    ],
)
def test_a_policy_that_does_not_fit_says_why_and_holds_of_nothing(filter: dict[str, object], fault: str | None) -> None:
    table = make_table(policy(filter=filter))

    found = fault_of(policy(filter=filter), table)

    assert (found is None, (found or "").startswith(fault or "")) == (fault is None, True)
    if fault is not None:
        assert narrowed(table, of(ANN)).source(Parameters()).endswith("WHERE (false))")


def test_me_is_the_object_and_nothing_else() -> None:
    assert [is_about_me(each) for each in ({"me": True}, [1, {"me": True}], {"me": 1}, {"me": True, "a": 1}, "me")] == [
        *(True, True, False, False, False)
    ]
    assert as_viewer(["a", {"me": True}], ANN) == ["a", str(ANN)]
