"""deactivateMe, reactivateMe"""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg

from tests.graph.accounts.documents import ME, login, make_key, refresh, with_key
from tests.graph.self_service.documents import (
    DEACTIVATE,
    ask_for_reset,
    open_link,
    sign_in,
    verified,
    waiting_for_a_lock,
)
from tests.support.api import PASSWORD, Api, Person, Result
from tests.support.jobs import until_idle
from tests.support.mail import Postbox, text_of, token_in
from tests.support.waiting import eventually


async def deactivate(api: Api, person: Person, password: str = PASSWORD) -> Result:
    """The answer when a person leaves for a while."""
    return await api.execute(DEACTIVATE, {"input": {"password": password}}, as_=person)


async def test_sessions_and_keys_end_and_a_mail_brings_the_account_back(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    other, key = await login(api, ada), await make_key(api, ada)

    made = (await deactivate(api, ada)).ok["deactivateMe"]

    assert made["deactivatedId"] == str(ada.id)
    until = datetime.fromisoformat(made["reactivatableUntil"])
    assert timedelta(days=29) < until - datetime.now(UTC) <= timedelta(days=30)
    for person in (ada, other):
        assert (await api.execute(ME, as_=person)).codes == ["UNAUTHENTICATED"]
        assert (await refresh(api, person.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == ["UNAUTHENTICATED"]
    assert await sign_in(api, ada.email) == ["UNAUTHENTICATED"]
    mail = await postbox.last(1)
    assert mail["Subject"] == "Your account was deactivated"
    assert "within 30 days" in text_of(mail)

    assert (await open_link(api, "reactivateMe", token_in(mail))).ok["reactivateMe"]["user"]["isActive"]

    assert await sign_in(api, ada.email) == []
    assert (await api.execute(ME, as_=ada)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == ["UNAUTHENTICATED"]
    assert (await open_link(api, "reactivateMe", token_in(mail))).codes == ["NOT_FOUND"]


async def test_the_password_is_asked_for(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada = await verified(api, postbox)

    result = await deactivate(api, ada, "wrong password")

    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "password")
    assert await pg.fetchval("SELECT is_active FROM users")
    assert (await api.execute(ME, as_=ada)).codes == []
    assert postbox.arrived == []


async def test_the_way_back_ends(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada = await verified(api, postbox)
    await deactivate(api, ada)
    token = token_in(await postbox.last(1))
    await pg.execute("UPDATE one_time_tokens SET expires_at = now() WHERE purpose = 'reactivate'")

    assert (await open_link(api, "reactivateMe", token)).codes == ["NOT_FOUND"]
    assert not await pg.fetchval("SELECT is_active FROM users")


async def test_a_new_password_does_not_bring_an_account_back(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    await deactivate(api, ada)
    await postbox.mails(1)

    assert (await ask_for_reset(api, ada.email)).codes == []
    await until_idle(api.services.database)

    assert len(postbox.arrived) == 1


async def test_memberships_stay(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada = await verified(api, postbox)
    document = 'mutation { createWorkspace(input: {name: "Workshop"}) { workspace { id } } }'
    assert (await api.execute(document, as_=ada)).codes == []

    assert (await deactivate(api, ada)).codes == []

    assert await pg.fetchval("SELECT role FROM workspace_members WHERE user_id = $1", ada.id) == "OWNER"


async def test_the_last_superuser_stays(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada = await verified(api, postbox)
    inactive = await verified(api, postbox, "inactive@example.com")
    await pg.execute("UPDATE users SET is_superuser = true, is_active = id <> $1", inactive.id)

    assert (await deactivate(api, ada)).codes == ["CONFLICT"]
    assert (await api.execute(ME, as_=ada)).codes == []
    await pg.execute("UPDATE users SET is_active = true")
    assert (await deactivate(api, ada)).codes == []


async def test_of_two_last_superusers_who_leave_at_once_one_stays(
    api: Api, postbox: Postbox, pg: asyncpg.Connection
) -> None:
    ada, bob = await verified(api, postbox), await verified(api, postbox, "bob@example.com")
    await pg.execute("UPDATE users SET is_superuser = true")
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("SELECT FROM users FOR UPDATE")
    both = asyncio.gather(deactivate(api, ada), deactivate(api, bob))
    await eventually(lambda: waiting_for_a_lock(pg, 2))
    await transaction.rollback()

    assert sorted(result.codes for result in await both) == [[], ["CONFLICT"]]
    assert await pg.fetchval("SELECT count(*) FROM users WHERE is_superuser AND is_active") == 1
