"""updateInstanceSettings, resetInstanceSettings"""

import asyncio
from typing import Any

import asyncpg
import orjson
import pytest

from tests.graph.instance.documents import READ, name_of, put, reset, revision, setting
from tests.support.api import Api, Person
from tests.support.catalog import mutate
from tests.support.rights import make_holder


async def test_values_count_at_once_where_they_were_set(api: Api, root: Person) -> None:
    made = (await put(api, root, instance_name="Workshop", max_query_cost=5_000)).ok["updateInstanceSettings"]

    assert made["settings"]["revision"] == 1
    assert setting(made["settings"], "max_query_cost")["value"] == 5_000
    assert await name_of(api) == "Workshop"
    assert api.services.limits.max_query_cost == 5_000


async def test_a_reset_gives_the_environments_value_back(api: Api, root: Person) -> None:
    await put(api, root, instance_name="Workshop", mail_attempts=2)

    made = (await reset(api, root, "instance_name")).ok["resetInstanceSettings"]["settings"]

    assert (made["revision"], setting(made, "instance_name")["source"]) == (2, "ENVIRONMENT")
    assert setting(made, "mail_attempts")["value"] == 2
    assert (await name_of(api), api.services.limits.mail_attempts) == ("Tablegraph", 2)


async def test_a_reset_without_names_is_one_of_all(api: Api, root: Person) -> None:
    await put(api, root, instance_name="Workshop", mail_attempts=2)

    made = (await mutate(api, "resetInstanceSettings", "settings { settings { source } }", {}, as_=root)).ok

    sources = {each["source"] for each in made["resetInstanceSettings"]["settings"]["settings"]}
    assert sources == {"ENVIRONMENT"}
    assert api.services.limits.mail_attempts == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_password_length", 7),
        ("min_password_length", 129),
        ("min_password_length", "12"),
        ("min_password_length", 12.0),
        ("min_password_length", True),
        ("max_requests_per_minute", 59),
        ("max_requests_per_minute", -1),
        ("registration", "open"),
        ("registration", ["OPEN"]),
        ("require_verified_email", "true"),
        ("instance_name", ""),
        ("instance_name", "two\nlines"),
        ("instance_name", "x" * 101),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", 1),
        ("audit_retention", 365),
        ("audit_retention", "365 days"),
        ("audit_retention", "PT1H"),
        ("audit_retention", {}),
        ("secret_key", "x"),
        ("no_such_thing", 1),
        ("", 1),
    ],
)
async def test_a_bad_value_changes_nothing(api: Api, root: Person, name: str, value: Any) -> None:
    refused = await put(api, root, mail_attempts=3, **{name: value})

    assert refused.codes == ["VALIDATION_ERROR"]
    assert [each["loc"][:2] for each in refused.errors[0]["extensions"]["errors"]] == [["settings", 1]]
    assert api.services.limits.mail_attempts == 5
    assert await revision(api, root) == 0


async def test_every_bad_value_is_told(api: Api, root: Person) -> None:
    given = [
        {"name": "mail_attempts", "value": 3},
        {"name": "mail_attempts", "value": 4},
        {"name": "max_query_cost", "value": 1},
        {"name": "colour", "value": "red"},
    ]

    refused = await mutate(api, "updateInstanceSettings", "settings { revision }", {"settings": given}, as_=root)

    assert [(each["loc"], each["msg"]) for each in refused.errors[0]["extensions"]["errors"]] == [
        (["settings", 1, "value"], "mail_attempts: It is named twice."),
        (
            ["settings", 2, "value"],
            "max_query_cost: It is a whole number from 1,000 to 1,099,511,627,776.",
        ),
        (["settings", 3, "name"], "colour: There is no instance setting of this name."),
    ]
    assert await revision(api, root) == 0


async def test_an_unknown_name_is_not_reset(api: Api, root: Person) -> None:
    await put(api, root, instance_name="Workshop")

    assert (await reset(api, root, "instance_name", "colour")).codes == ["VALIDATION_ERROR"]
    assert (await name_of(api), await revision(api, root)) == ("Workshop", 1)


async def test_a_revision_that_is_not_the_present_one_is_a_conflict(api: Api, root: Person) -> None:
    assert (await put(api, root, if_revision=0, instance_name="First")).ok
    assert (await put(api, root, if_revision=0, instance_name="Second")).codes == ["CONFLICT"]
    assert (await reset(api, root, "instance_name", if_revision=0)).codes == ["CONFLICT"]
    assert (await name_of(api), await revision(api, root)) == ("First", 1)
    assert (await reset(api, root, "instance_name", if_revision=1)).ok


async def test_of_two_writers_with_the_same_revision_one_is_refused(api: Api, root: Person) -> None:
    names = [f"Name {n}" for n in range(6)]

    answers = await asyncio.gather(*(put(api, root, if_revision=0, instance_name=name) for name in names))

    assert sorted(answer.codes for answer in answers) == [[]] + [["CONFLICT"]] * 5
    won = next(name for name, answer in zip(names, answers, strict=True) if not answer.codes)
    assert (await name_of(api), await revision(api, root)) == (won, 1)


async def test_writers_without_a_revision_lose_nothing_of_each_other(api: Api, root: Person) -> None:
    answers = await asyncio.gather(
        put(api, root, instance_name="Workshop"),
        put(api, root, mail_attempts=2),
        put(api, root, max_query_cost=5_000),
        put(api, root, time_zone="Europe/Berlin"),
    )

    assert [answer.codes for answer in answers] == [[]] * 4
    found = (await api.execute(READ, as_=root)).ok["instanceSettings"]
    kept = {each["name"]: each["value"] for each in found["settings"] if each["source"] == "DATABASE"}
    assert found["revision"] == 4
    assert kept == {
        "instance_name": "Workshop",
        "time_zone": "Europe/Berlin",
        "mail_attempts": 2,
        "max_query_cost": 5_000,
    }
    assert api.services.instance.state.revision == 4
    assert (api.services.limits.max_query_cost, api.services.limits.mail_attempts) == (5_000, 2)


async def test_an_operation_that_fails_later_changes_nothing(api: Api, root: Person) -> None:
    document = """
        mutation ($input: UpdateInstanceSettingsInput!) {
          updateInstanceSettings(input: $input) { settings { revision } }
          deleteRole(input: {id: "01a2173e-9bb1-8000-8000-05edb0f3f9c8"}) { deletedId }
        }
    """
    given = {"settings": [{"name": "instance_name", "value": "Never"}]}

    assert (await api.execute(document, {"input": given}, as_=root)).codes == ["NOT_FOUND"]

    assert (await name_of(api), await revision(api, root)) == ("Tablegraph", 0)


async def test_the_same_values_again_are_no_change(api: Api, root: Person, pg: asyncpg.Connection) -> None:
    await put(api, root, instance_name="Workshop")

    made = (await put(api, root, instance_name="Workshop")).ok["updateInstanceSettings"]["settings"]

    assert made["revision"] == 1
    written = "SELECT count(*) FROM audit_entries WHERE action = 'instance.settings_updated'"
    assert await pg.fetchval(written) == 1


async def test_changes_are_told_to_the_audit_log(api: Api, root: Person, pg: asyncpg.Connection) -> None:
    await put(api, root, instance_name="Workshop", mail_attempts=2)
    await reset(api, root, "mail_attempts")

    rows = await pg.fetch(
        "SELECT action, actor_id, details FROM audit_entries WHERE action LIKE 'instance.%' ORDER BY id"
    )

    assert [(row["action"], row["actor_id"], orjson.loads(row["details"])) for row in rows] == [
        (
            "instance.settings_updated",
            root.id,
            {
                "revision": 1,
                "values": {"instance_name": "Workshop", "mail_attempts": 2},
                "previousValues": {"instance_name": None, "mail_attempts": None},
            },
        ),
        (
            "instance.settings_reset",
            root.id,
            {"revision": 2, "values": {"mail_attempts": None}, "previousValues": {"mail_attempts": 2}},
        ),
    ]


async def test_who_may_only_see_them_changes_nothing(api: Api, root: Person) -> None:
    reader = await make_holder(api, root, "settings:read")

    assert (await put(api, reader, instance_name="Mine")).codes == ["FORBIDDEN"]
    assert (await reset(api, reader)).codes == ["FORBIDDEN"]
    assert (await name_of(api), await revision(api, root)) == ("Tablegraph", 0)


async def test_who_may_change_them_needs_no_other_right(api: Api, root: Person) -> None:
    manager = await make_holder(api, root, "settings:manage")

    assert (await put(api, manager, instance_name="Ours")).ok
    assert await name_of(api) == "Ours"


async def test_nobody_locks_everybody_out_by_asking_for_confirmed_addresses(api: Api, root: Person) -> None:
    refused = await put(api, root, require_verified_email=True)  # this server sends no mail

    assert refused.codes == ["VALIDATION_ERROR"]
    assert not api.services.account_rules.require_verified_email
