"""Passkeys, made and used by a browser's own device."""

from dataclasses import dataclass, replace
from typing import Any

import asyncpg
import pytest

from resolvers.second_factor.passkeys import MAX_PASSKEYS
from resolvers.second_factor.setup import PasskeySetup
from resolvers.services import Services
from server.settings import Settings
from tests.graph.second_factor.conftest import FACTORS
from tests.support.api import Api, Person, Result
from tests.support.browsers import CHROMIUM, needs_chromium
from tests.support.clients import running
from tests.support.sockets import served

ADD = "mutation ($input: AddPasskeyInput!) { addPasskey(input: $input) { passkey { id name lastUsedAt } } }"
RENAME = "mutation ($input: RenamePasskeyInput!) { renamePasskey(input: $input) { passkey { name } } }"
DELETE = "mutation ($input: DeletePasskeyInput!) { deletePasskey(input: $input) { deletedId } }"
START = "mutation { startPasskey { options challenge } }"
SIGN_IN = """
mutation ($input: CompletePasskeySignInInput!) { completePasskeySignIn(input: $input) { accessToken user { id } } }
"""
COUNTS = "SELECT (SELECT count(*) FROM passkeys), (SELECT count(*) FROM sessions)"


@dataclass
class Device:
    """What a browser's device has made and proven, for its owner."""

    api: Api
    owner: Person
    made: dict[str, Any]
    proofs: list[dict[str, Any]]

    async def add(self, **changes: Any) -> Result:
        """addPasskey."""
        given = {"challenge": self.made["challenge"], "credential": self.made["credential"], "name": "Phone", **changes}
        return await self.api.execute(ADD, {"input": given}, as_=self.owner)

    async def sign_in(self, proof: dict[str, Any], **changes: Any) -> Result:
        """completePasskeySignIn."""
        given = {"challenge": proof["challenge"], "credential": proof["credential"], **changes}
        return await self.api.execute(SIGN_IN, {"input": given})


@pytest.fixture
async def device(settings: Settings, services: Services, api: Api) -> Device:
    """One that has made a passkey, which nobody has kept yet, and three proofs of it."""
    owner = await api.register("ada@example.com")
    async with served(settings, services) as address:
        origin = f"http://localhost:{address.rpartition(':')[2]}"
        services.passkeys = PasskeySetup("localhost", [origin])
        page = f"{origin}/verify-email"  # any page of the server's that may ask it
        arguments = {"chromium": CHROMIUM, "url": page, "token": owner.access_token, "proofs": 3}
        async with running("passkeys.mjs", **arguments) as browser:
            made, *proofs = await browser.rest()
    return Device(api, owner, made, proofs)


@needs_chromium
async def test_a_device_makes_a_passkey_and_signs_its_user_in(device: Device, pg: asyncpg.Connection) -> None:
    assert device.made["options"]["user"]["name"] == "ada@example.com"
    selection = device.made["options"]["authenticatorSelection"]
    assert (selection["residentKey"], selection["userVerification"]) == ("required", "required")
    added = (await device.add()).ok["addPasskey"]["passkey"]
    assert (added["name"], added["lastUsedAt"]) == ("Phone", None)

    signed_in = (await device.sign_in(device.proofs[0])).ok["completePasskeySignIn"]
    assert signed_in["user"]["id"] == str(device.owner.id)
    assert tuple(await pg.fetchrow(COUNTS)) == (1, 2)
    rows = await pg.fetch("SELECT action, details FROM audit_entries ORDER BY id DESC LIMIT 2")
    assert [tuple(row) for row in rows] == [
        ("session.login", '{"by": "passkey"}'),
        ("passkey.added", '{"name": "Phone"}'),
    ]
    [passkey] = (await device.api.execute(FACTORS, as_=device.owner)).ok["secondFactors"]["passkeys"]
    assert passkey["lastUsedAt"] is not None

    # What was proven is good once, and what was proven before it no longer: the device counts.
    assert (await device.sign_in(device.proofs[0])).codes == ["UNAUTHENTICATED"]
    assert (await device.sign_in(device.proofs[2])).ok
    assert (await device.sign_in(device.proofs[1])).codes == ["UNAUTHENTICATED"]


@needs_chromium
async def test_what_proves_nothing_signs_nobody_in(device: Device, services: Services, pg: asyncpg.Connection) -> None:
    unknown = await device.sign_in(device.proofs[0])
    assert unknown.codes == ["UNAUTHENTICATED"]  # nobody has kept the passkey yet
    assert (await device.add()).ok
    first, second = device.proofs[1:]
    assert (await device.sign_in(first, challenge=second["challenge"])).codes == ["UNAUTHENTICATED"]
    setup = services.passkeys
    assert setup is not None
    services.passkeys = replace(setup, origins=["https://evil.example.com"])
    assert (await device.sign_in(first)).codes == ["UNAUTHENTICATED"]
    assert tuple(await pg.fetchrow(COUNTS)) == (1, 1)


@needs_chromium
async def test_a_passkey_of_another_site_is_not_kept(device: Device, services: Services) -> None:
    setup = services.passkeys
    assert setup is not None
    services.passkeys = replace(setup, domain="example.com")
    assert (await device.add()).codes == ["BAD_REQUEST"]


@needs_chromium
async def test_a_passkey_is_made_by_whom_it_was_asked_of_and_once(device: Device, pg: asyncpg.Connection) -> None:
    owner, device.owner = device.owner, await device.api.register()
    assert (await device.add()).codes == ["UNAUTHENTICATED"]
    device.owner = owner
    assert (await device.add(credential={**device.made["credential"], "response": {}})).codes == ["BAD_REQUEST"]
    assert (await device.add()).codes == ["UNAUTHENTICATED"]  # it was answered, if wrongly
    assert await pg.fetchval("SELECT count(*) FROM passkeys") == 0


@needs_chromium
async def test_a_passkey_is_its_users_alone(device: Device, pg: asyncpg.Connection) -> None:
    id = (await device.add()).ok["addPasskey"]["passkey"]["id"]
    eve = await device.api.register()
    for document, given in ((RENAME, {"id": id, "name": "Eve's"}), (DELETE, {"id": id})):
        assert (await device.api.execute(document, {"input": given}, as_=eve)).codes == ["NOT_FOUND"]
    assert await pg.fetchval("SELECT name FROM passkeys") == "Phone"
    given = {"input": {"id": id, "name": " Key "}}
    renamed = (await device.api.execute(RENAME, given, as_=device.owner)).ok["renamePasskey"]
    assert renamed["passkey"]["name"] == "Key"
    assert (await device.api.execute(DELETE, {"input": {"id": id}}, as_=device.owner)).ok
    assert (await device.sign_in(device.proofs[0])).codes == ["UNAUTHENTICATED"]


@needs_chromium
async def test_who_may_not_sign_in_does_not_by_a_passkey(device: Device, pg: asyncpg.Connection) -> None:
    assert (await device.add()).ok
    await pg.execute("UPDATE users SET is_active = false")
    assert (await device.sign_in(device.proofs[0])).codes == ["UNAUTHENTICATED"]
    assert await pg.fetchval("SELECT count(*) FROM sessions") == 1


@pytest.mark.parametrize("credential", [None, 7, "x", [], {}, {"rawId": 7}, {"rawId": "!"}, {"rawId": "AAAA"}])
async def test_what_is_no_credential_is_refused(api: Api, services: Services, credential: object) -> None:
    services.passkeys = PasskeySetup("localhost", ["http://localhost"])
    start = (await api.execute("mutation { startPasskeySignIn { challenge } }")).ok["startPasskeySignIn"]
    given = {"challenge": start["challenge"], "credential": credential}
    refused = await api.execute(SIGN_IN, {"input": given})
    assert refused.codes in (["BAD_REQUEST"], ["UNAUTHENTICATED"])


async def test_a_user_has_so_many_at_most(api: Api, services: Services, pg: asyncpg.Connection) -> None:
    services.passkeys = PasskeySetup("localhost", ["http://localhost"])
    ada = await api.register()
    await pg.execute(
        "INSERT INTO passkeys (id, user_id, name, credential_id, public_key, sign_count)"
        " SELECT gen_random_uuid(), $1, 'x', int4send(n), '', 0 FROM generate_series(1, $2::int) n",
        ada.id,
        MAX_PASSKEYS,
    )
    refused = await api.execute(START, as_=ada)
    assert refused.codes == ["BAD_REQUEST"]
    assert "at most 20 passkeys" in refused.errors[0]["message"]
    await pg.execute("DELETE FROM passkeys WHERE credential_id = int4send(1)")
    started = (await api.execute(START, as_=ada)).ok["startPasskey"]
    assert len(started["options"]["excludeCredentials"]) == MAX_PASSKEYS - 1


async def test_a_server_without_origins_has_none(api: Api) -> None:
    ada = await api.register()
    refused = await api.execute(START, as_=ada)
    assert (refused.codes, "passkey_origins" in refused.errors[0]["message"]) == (["FORBIDDEN"], True)
