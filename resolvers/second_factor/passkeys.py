"""Passkeys: credentials of WebAuthn (Level 3), held by a device that makes sure of its user; by `webauthn`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from webauthn import (
    generate_registration_options,
    options_to_json,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from adapters.database import Unit
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, Conflict, Forbidden
from domain.ids import Kind, new_id
from domain.names import clean_name
from models import Challenge, Passkey, User
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.second_factor.challenges import Purpose, new_challenge, take_challenge
from resolvers.second_factor.setup import PasskeySetup

MAX_PASSKEYS: Final = 20
"""Of a user."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes to `navigator.credentials`, and the token that comes back with its answer."""

    options: Mapping[str, Any]
    challenge: str = field(repr=False)


async def start_passkey(context: RequestContext) -> Asked:
    """Have a device make a passkey for the caller; they must have signed in by a session."""
    require_session(context)
    setup = setup_of(context)
    async with context.unit() as unit:
        user = await unit.session.get_one(User, context.user_id, with_for_update={"key_share": True})
        known = await _passkeys_of(unit, user.id)
        if len(known) >= MAX_PASSKEYS:
            raise BadRequest(f"A user may have at most {MAX_PASSKEYS} passkeys; delete one first.")
        options = generate_registration_options(
            rp_id=setup.domain,
            rp_name=setup.title,
            user_id=user.id.bytes,
            user_name=user.email,
            user_display_name=user.name or user.email,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
        token = await new_challenge(unit, Purpose.NEW_PASSKEY, options.challenge, user.id)
    return Asked(json.loads(options_to_json(options)), token)


async def add_passkey(context: RequestContext, challenge: str, credential: object, name: str) -> Passkey:
    """Keep the passkey that a device has made for the caller."""
    require_session(context)
    setup = setup_of(context)
    name = clean_name(name, "passkey", limit=context.services.limits.max_name_length)
    async with context.lasting_unit() as unit:
        asked = await take_challenge(unit, Purpose.NEW_PASSKEY, challenge, Challenge.user_id == context.user_id)
    try:
        made = verify_registration_response(
            credential=object_of(credential),
            expected_challenge=asked.content,
            expected_rp_id=setup.domain,
            expected_origin=list(setup.origins),
            require_user_verification=True,
        )
    except WebAuthnException as error:
        raise BadRequest("The device has not made a passkey for this challenge.") from error
    passkey = Passkey(
        id=new_id(Kind.PASSKEY),
        user_id=context.user_id,
        name=name,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
    )
    async with context.unit() as unit:
        if await find_passkey(unit, made.credential_id) is not None:
            raise Conflict("This passkey is known already.")
        unit.session.add(passkey)
        await unit.session.flush()
        await unit.session.refresh(passkey)
        await audit(unit, context, AuditAction.PASSKEY_ADDED, subject=passkey.id, details={"name": name})
    return passkey


async def rename_passkey(context: RequestContext, passkey_id: UUID, name: str) -> Passkey:
    """Give one of the caller's another name; raises `NotFound` for others'."""
    require_session(context)
    name = clean_name(name, "passkey", limit=context.services.limits.max_name_length)
    async with context.unit() as unit:
        mine = select(Passkey).where(Passkey.user_id == context.user_id, Passkey.id == passkey_id)
        found = await unit.session.scalar(mine)
        if found is None:
            raise missing("passkey", passkey_id)
        found.name = name
        await unit.session.flush()
        await audit(unit, context, AuditAction.PASSKEY_RENAMED, subject=passkey_id, details={"name": name})
    return found


async def delete_passkey(context: RequestContext, passkey_id: UUID) -> UUID:
    """Forget one of the caller's; raises `NotFound` for others'."""
    require_session(context)
    mine = delete(Passkey).where(Passkey.user_id == context.user_id, Passkey.id == passkey_id)
    async with context.unit() as unit:
        deleted = await unit.session.scalar(mine.returning(Passkey.name).execution_options(synchronize_session=False))
        if deleted is None:
            raise missing("passkey", passkey_id)
        await audit(unit, context, AuditAction.PASSKEY_DELETED, subject=passkey_id, details={"name": deleted})
    return passkey_id


def object_of(credential: object) -> dict[str, Any]:
    """What a browser has sent, as the library takes it; raises `BadRequest`."""
    if not isinstance(credential, dict):
        raise BadRequest("The credential must be what `PublicKeyCredential.toJSON()` gives.", argument="credential")
    return credential


async def find_passkey(unit: Unit, credential_id: bytes) -> Passkey | None:
    """The passkey with the device's own id, locked."""
    return await unit.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id).with_for_update())


async def _passkeys_of(unit: Unit, user_id: UUID) -> list[Passkey]:
    return list(await unit.session.scalars(select(Passkey).where(Passkey.user_id == user_id)))


def setup_of(context: RequestContext) -> PasskeySetup:
    """For which site passkeys are; raises `Forbidden` where there are none."""
    setup = context.services.passkeys
    if setup is None:
        raise Forbidden("Passkeys are not set up on this server: `passkey_origins` is empty.")
    return setup
