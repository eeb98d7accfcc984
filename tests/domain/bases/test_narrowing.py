"""Metadata for callers who may not see all of a base."""

from dataclasses import replace
from uuid import UUID

from domain.access.membership import join_member
from domain.access.profile import OPEN, Profile
from domain.bases.catalog import BaseAccess, TableMeta
from domain.bases.narrowing import MAX_PROFILES, narrowed
from domain.records.columns import ViewKey
from resolvers.statements import StatementCache


def make_table() -> TableMeta:
    """A table without fields in a base where somebody has another role."""
    siblings: dict[UUID, TableMeta] = {}
    access = BaseAccess(frozenset({UUID(int=9)}))
    ids = {"base_id": UUID(int=2), "workspace_id": UUID(int=3), "primary_field_id": UUID(int=4)}
    table = TableMeta(UUID(int=1), 1024, "T", None, base_number=1, base_name="B", schema_version=1, fields=(), **ids)
    siblings[table.id] = replace(table, siblings=siblings, access=access)
    return siblings[table.id]


def test_the_metadata_of_a_profile_are_made_once_and_lead_to_themselves() -> None:
    table = make_table()

    mine = narrowed(table, OPEN)

    assert narrowed(table, OPEN) is mine
    assert mine.linked(table) is mine
    assert table.linked(table) is table
    assert (mine.rooted, mine.whole.profile, table.rooted, table.whole) == (table, OPEN, table, table)


def test_a_base_concerns_who_has_a_role_of_their_own_or_everybody() -> None:
    few, all = BaseAccess(frozenset({UUID(int=9)})), BaseAccess(frozenset(), is_for_all=True)

    assert [few.concerns(UUID(int=n)) for n in (8, 9)] == [False, True]
    assert [all.concerns(UUID(int=n)) for n in (8, 9)] == [True, True]
    assert not replace(make_table(), access=None).concerns(UUID(int=9))


def test_so_many_profiles_are_kept() -> None:
    table = make_table()
    assert MAX_PROFILES == 100

    for n in range(MAX_PROFILES + 5):
        narrowed(table, Profile(hidden_views=frozenset({UUID(int=n)})))

    assert table.access is not None
    assert len(table.access.narrowed) == MAX_PROFILES


def test_statements_of_different_profiles_are_kept_apart() -> None:
    table, statements = make_table(), StatementCache()
    other = narrowed(table, OPEN)

    made = [statements.get(each, "shape", lambda each=each: (each.profile,)) for each in (table, other)]

    assert made == [(None,), (OPEN,)]


def test_the_role_is_that_of_the_workspace_unless_somebody_has_another() -> None:
    table = make_table()

    assert join_member(table, "$1") == (
        "JOIN workspace_members m ON m.workspace_id = b.workspace_id AND m.user_id = $1"
    )
    assert join_member(narrowed(table, OPEN), "$1") == (
        f"JOIN table_members m ON m.table_id = '{table.id}'::uuid AND m.user_id = $1"
    )


def test_a_key_of_a_view_equals_no_other_key() -> None:
    key = ViewKey("Name")

    assert key == ViewKey("Name")
    plain = "Name"
    assert (key == plain, plain == key, key != plain, len({key, plain})) == (False, False, True, 2)
