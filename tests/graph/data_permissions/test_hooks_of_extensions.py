"""Hooks of extensions see and set every field, whoever writes: they are the server's, not the caller's."""

from typing import Any

import pytest

from adapters.extensions import Extensions
from domain.extensions import Extension, RecordWrite
from tests.graph.data_permissions.conftest import Office

SEEN: list[dict[str, Any]] = []


@pytest.fixture(autouse=True)
def extension(office: Office) -> None:
    """Sets the age of new people, and notes what there was of those that change."""
    SEEN.clear()
    extension = Extension("ages")

    @extension.before_create()
    async def come_of_age(write: RecordWrite) -> None:
        for draft in write.records:
            draft.values["Age"] = 18

    @extension.before_update()
    async def note(write: RecordWrite) -> None:
        SEEN.extend(dict(values) for values in (await write.current()).values())

    office.api.services.extensions = Extensions.of(extension)


@pytest.mark.parametrize("limits", [{"write": "ADMIN"}, {"read": "ADMIN"}])
async def test_a_field_that_the_caller_may_not_write_or_see_is_set_and_seen(
    office: Office, limits: dict[str, str]
) -> None:
    (await office.limit(str(office.world.people.table.fields["Age"]), **limits)).ok  # noqa: B018
    made = await office.change("createRecord", "record { fields }", tableId=office.people, fields={"Name": "Cid"})
    shown = made.ok["createRecord"]["record"]["fields"]
    assert shown.get("Age", "hidden") == ("hidden" if "read" in limits else 18)
    [cid] = [each for each in await office.world.people.all() if each["Name"] == "Cid"]
    assert cid["Age"] == 18
    (await office.change("updateRecord", "record { id }", id=office.ann, fields={"Name": "Anna"})).ok  # noqa: B018
    assert [each["Name"] for each in SEEN] == ["Ann"]
    assert "Age" in SEEN[0]
