"""A user's own second factor: setting it up, and taking it away."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from domain.audit.actions import AuditAction
from domain.errors import BadRequest, Conflict, Problem, ValidationFailed
from models import Authenticator, Passkey, RecoveryCode, User
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.second_factor.codes import (
    STEP,
    confirm_app,
    drop_recovery_codes,
    has_second_factor,
    renew_recovery_codes,
    require_code,
)
from resolvers.second_factor.failures import note_attempt
from resolvers.self_service.proof import prove

ISSUER = "Tablegraph"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app needs to make codes: shown once."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Factors:
    """What the caller has; `app_since` is None where codes are not asked for."""

    app_since: datetime | None
    recovery_codes_left: int
    passkeys: Sequence[Passkey]


async def get_factors(context: RequestContext) -> Factors:
    """The caller's."""
    require_session(context)
    mine = context.user_id
    async with context.unit() as unit:
        since = await unit.session.scalar(select(Authenticator.confirmed_at).where(Authenticator.user_id == mine))
        left = await unit.session.scalar(select(func.count()).where(RecoveryCode.user_id == mine))
        passkeys = await unit.session.scalars(select(Passkey).where(Passkey.user_id == mine).order_by(Passkey.id))
        return Factors(since, left or 0, passkeys.all())


async def enrol_app(context: RequestContext, password: str | None) -> Enrolment:
    """A new secret for an app, which counts once `confirm` has seen a code of it; an earlier one that does not is gone.

    `password` is the caller's, where they have one: who finds an open session cannot lock its owner out.
    """
    require_session(context)
    async with context.early_unit() as unit:
        user = await unit.session.get_one(User, context.user_id)
    if user.password_hash is not None:
        await prove(context, password or "")
    secret = pyotp.random_base32()
    sealed = context.services.seal.close(secret)
    values = {"secret": sealed, "last_step": 0, "created_at": func.now()}
    statement = insert(Authenticator).values(user_id=user.id, **values)
    statement = statement.on_conflict_do_update(
        index_elements=[Authenticator.user_id], set_=values, where=Authenticator.confirmed_at.is_(None)
    )
    async with context.unit() as unit:
        if await unit.session.scalar(statement.returning(Authenticator.user_id)) is None:
            raise Conflict("An app makes codes for this account already; remove it first.")
    uri = pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=user.email, issuer_name=ISSUER)
    return Enrolment(secret, uri)


async def confirm_enrolment(context: RequestContext, code: str) -> list[str]:
    """Have codes be asked for from now on; the recovery codes, which are shown once."""
    require_session(context)
    await note_attempt(context, context.user_id)
    async with context.unit() as unit:
        if not await confirm_app(unit, context, context.user_id, code):
            problem = Problem(("code",), "The app does not make this code now.", "value_error.code")
            raise ValidationFailed([problem])
        await audit(unit, context, AuditAction.AUTHENTICATOR_CONFIRMED, subject=context.user_id)
        return await renew_recovery_codes(unit, context.user_id)


async def new_recovery_codes(context: RequestContext, code: str) -> list[str]:
    """Another set of recovery codes; one code of either kind proves that it is the user."""
    require_session(context)
    await note_attempt(context, context.user_id)
    async with context.unit() as unit:
        await require_code(unit, context, context.user_id, code)
        await audit(unit, context, AuditAction.RECOVERY_CODES_RENEWED, subject=context.user_id)
        return await renew_recovery_codes(unit, context.user_id)


async def remove_app(context: RequestContext, code: str) -> None:
    """Have codes be asked for no longer; one of either kind proves that it is the user."""
    require_session(context)
    await note_attempt(context, context.user_id)
    async with context.unit() as unit:
        if not await has_second_factor(unit, context.user_id):
            raise BadRequest("No app makes codes for this account.")
        await require_code(unit, context, context.user_id, code)
        statement = delete(Authenticator).where(Authenticator.user_id == context.user_id)
        await unit.session.execute(statement.execution_options(synchronize_session=False))
        await drop_recovery_codes(unit, context.user_id)
        await audit(unit, context, AuditAction.AUTHENTICATOR_REMOVED, subject=context.user_id)
