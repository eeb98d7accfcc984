"""GraphQL over HTTP, as its reference implementation audits a server: what it must, should and may do."""

from tests.support.clients import running

LEAST_AUDITS = 61
"""How many there are in the version that the lock file pins."""


async def test_every_audit_passes(address: str) -> None:
    async with running("graphql-http.mjs", url=f"http://{address}/graphql") as client:
        audits = await client.rest()
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) >= LEAST_AUDITS
    assert {audit["name"].split()[0] for audit in audits} == {"MUST", "SHOULD", "MAY"}
