"""Signing in by a passkey: by what a device has, and what it knows or sees of its user."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from webauthn import generate_authentication_options, options_to_json, verify_authentication_response
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import UserVerificationRequirement

from domain.audit.actions import AuditAction
from domain.errors import Unauthenticated
from models import Passkey, User
from resolvers.audit.writing import audit_failure
from resolvers.context import RequestContext
from resolvers.second_factor.challenges import Purpose, new_challenge, take_challenge
from resolvers.second_factor.passkeys import Asked, find_passkey, object_of, setup_of
from resolvers.second_factor.setup import PasskeySetup
from resolvers.sign_in import SignedIn, clean_device, enter

logger = structlog.get_logger(__name__)


async def start_passkey_sign_in(context: RequestContext) -> Asked:
    """Have a device prove whose it is; it says itself which of its passkeys it takes."""
    setup = setup_of(context)
    options = generate_authentication_options(
        rp_id=setup.domain, user_verification=UserVerificationRequirement.REQUIRED
    )
    async with context.unit() as unit:
        token = await new_challenge(unit, Purpose.PASSKEY, options.challenge)
    return Asked(json.loads(options_to_json(options)), token)


async def complete_passkey_sign_in(
    context: RequestContext, challenge: str, credential: object, *, device: str | None = None
) -> SignedIn:
    """Sign in by what a device has proven: that it holds a passkey, and has made sure of its user. No code is asked."""
    device = clean_device(context, device)
    setup = setup_of(context)
    async with context.lasting_unit() as unit:
        asked = await take_challenge(unit, Purpose.PASSKEY, challenge)
    given = object_of(credential)
    async with context.unit() as unit:
        passkey = await find_passkey(unit, _id_of(given))
        if passkey is None:
            raise _unproven()
        audit_failure(context, AuditAction.SESSION_LOGIN_FAILED, subject=passkey.user_id, details={"by": "passkey"})
        passkey.sign_count = _prove(setup, passkey, asked.content, given)
        passkey.last_used_at = datetime.now(UTC)
        user = await unit.session.get_one(User, passkey.user_id)
        if not user.is_active:
            raise _unproven()
        await unit.session.flush()
        return await enter(unit, context, user, device, by="passkey")


def _prove(setup: PasskeySetup, passkey: Passkey, challenge: bytes, given: Mapping[str, Any]) -> int:
    """The device's new count of signatures; one that counts at all, and has not grown, is that of a copy."""
    try:
        proven = verify_authentication_response(
            credential=dict(given),
            expected_challenge=challenge,
            expected_rp_id=setup.domain,
            expected_origin=list(setup.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except WebAuthnException as error:
        logger.warning("passkey refused", passkey_id=str(passkey.id), user_id=str(passkey.user_id), reason=str(error))
        raise _unproven() from error
    return proven.new_sign_count


def _id_of(credential: Mapping[str, Any]) -> bytes:
    id = credential.get("rawId")
    try:
        return base64url_to_bytes(id) if isinstance(id, str) else b""
    except ValueError:
        return b""


def _unproven() -> Unauthenticated:
    return Unauthenticated("The device has not proven a passkey that is known here.")
