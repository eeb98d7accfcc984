"""instanceSettings"""

from collections.abc import Callable

import pytest

from domain.instance.settings import INSTANCE_SETTINGS
from tests.graph.instance.documents import READ, put, setting
from tests.support.api import Api, Person
from tests.support.rights import make_holder
from tests.support.statements import StatementLog

WHOLE = """{ instanceSettings { settings { name group description type minimum maximum choices } } }"""


async def test_all_settings_have_the_values_of_the_environment_at_first(api: Api, root: Person) -> None:
    found = (await api.execute(READ, as_=root)).ok["instanceSettings"]

    assert (found["revision"], found["updatedAt"]) == (0, None)
    assert [each["name"] for each in found["settings"]] == list(INSTANCE_SETTINGS)
    assert all(each["value"] == each["default"] and each["source"] == "ENVIRONMENT" for each in found["settings"])
    values = {each["name"]: each["value"] for each in found["settings"]}
    assert {name: values[name] for name in ("instance_name", "time_zone", "registration")} == {
        "instance_name": "Tablegraph",
        "time_zone": "UTC",
        "registration": "OPEN",
    }
    assert (values["min_password_length"], values["max_requests_per_minute"]) == (8, 0)  # that of the tests' settings
    assert values["audit_retention"] == "P1Y"  # of 365 days


async def test_a_value_of_the_database_wins_and_says_so(api: Api, root: Person) -> None:
    await put(api, root, instance_name="Workshop")

    found = setting((await api.execute(READ, as_=root)).ok["instanceSettings"], "instance_name")

    assert found == {"name": "instance_name", "value": "Workshop", "default": "Tablegraph", "source": "DATABASE"}


async def test_settings_are_described(api: Api, root: Person) -> None:
    found = {each["name"]: each for each in (await api.execute(WHOLE, as_=root)).ok["instanceSettings"]["settings"]}

    assert found["min_password_length"] == {
        "name": "min_password_length",
        "group": "ACCOUNTS",
        "description": "Characters that a new password needs.",
        "type": "INTEGER",
        "minimum": 8,
        "maximum": 128,
        "choices": [],
    }
    assert found["registration"]["choices"] == ["OPEN", "INVITE", "CLOSED"]
    assert (found["mail_retry_delay"]["minimum"], found["mail_retry_delay"]["maximum"]) == ("PT1S", "PT1H")
    assert all(each["description"] for each in found.values())


@pytest.mark.parametrize("permission", ["settings:read", "settings:manage"])
async def test_either_permission_lets_see_them(api: Api, root: Person, permission: str) -> None:
    holder = await make_holder(api, root, permission)

    assert (await api.execute(READ, as_=holder)).ok["instanceSettings"]["revision"] == 0


async def test_who_holds_neither_is_forbidden(api: Api, root: Person) -> None:
    holder = await make_holder(api, root, "audit:read")

    assert (await api.execute(READ, as_=holder)).codes == ["FORBIDDEN"]


async def test_they_are_read_with_one_statement_behind_that_of_the_rights(
    api: Api, root: Person, statements: Callable[[], StatementLog]
) -> None:
    await api.execute(READ, as_=root)

    with statements() as seen:
        await api.execute(READ, as_=root)

    assert seen.count == 2
