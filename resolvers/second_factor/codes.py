"""Codes: those that a user's app makes (TOTP, RFC 6238), and the recovery codes that stand in for them."""

import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from adapters.database import Unit
from domain.accounts.recovery_codes import new_recovery_codes, recovery_code_digest
from domain.errors import Unauthenticated
from models import Authenticator, RecoveryCode
from resolvers.context import RequestContext
from resolvers.second_factor.failures import forget_failures

STEP: Final = 30
"""Seconds for which a code is shown."""
STEPS_AROUND: Final = 1
"""How many codes before and after the present one are good: for clocks that go wrong, and for slow fingers."""

clock: Callable[[], float] = time.time


async def has_second_factor(unit: Unit, user_id: UUID) -> bool:
    """Whether a password alone does not let this user in."""
    statement = select(Authenticator.user_id).where(Authenticator.user_id == user_id, _IS_CONFIRMED)
    return await unit.session.scalar(statement) is not None


async def require_code(unit: Unit, context: RequestContext, user_id: UUID, code: str) -> None:
    """Use a code up, of the app or a recovery code; raises `Unauthenticated` for one that is wrong or was used.

    The caller has counted the guess, see failures.py.
    """
    if not await _use_app(unit, context, user_id, code) and not await _use_recovery(unit, user_id, code):
        raise Unauthenticated("The code is wrong, or was used already.")
    await forget_failures(unit, user_id)


async def confirm_app(unit: Unit, context: RequestContext, user_id: UUID, code: str) -> bool:
    """Have an app count from now on, which has made this code; False for a wrong one."""
    if not await _use_app(unit, context, user_id, code, is_new=True):
        return False
    statement = update(Authenticator).where(Authenticator.user_id == user_id).values(confirmed_at=func.now())
    await unit.session.execute(statement.execution_options(synchronize_session=False))
    await forget_failures(unit, user_id)
    return True


async def renew_recovery_codes(unit: Unit, user_id: UUID) -> list[str]:
    """A new set; those before are good no longer."""
    await drop_recovery_codes(unit, user_id)
    codes = new_recovery_codes()
    rows = [{"code_hash": recovery_code_digest(code), "user_id": user_id} for code in codes]
    await unit.session.execute(insert(RecoveryCode), rows)
    return codes


async def drop_recovery_codes(unit: Unit, user_id: UUID) -> None:
    """None are good any longer."""
    statement = delete(RecoveryCode).where(RecoveryCode.user_id == user_id)
    await unit.session.execute(statement.execution_options(synchronize_session=False))


async def _use_app(unit: Unit, context: RequestContext, user_id: UUID, code: str, *, is_new: bool = False) -> bool:
    """Whether the app has made this code, within the steps that are good, and after the last one that was used."""
    which = Authenticator.confirmed_at.is_(None) if is_new else _IS_CONFIRMED
    statement = select(Authenticator).where(Authenticator.user_id == user_id, which).with_for_update()
    app = await unit.session.scalar(statement)
    secret = None if app is None else context.services.seal.open(app.secret)
    if app is None or secret is None:
        return False
    now = int(clock()) // STEP
    totp = pyotp.TOTP(secret, interval=STEP)
    for step in range(max(now - STEPS_AROUND, app.last_step + 1), now + STEPS_AROUND + 1):
        if totp.verify(code.replace(" ", "")[:20], for_time=step * STEP):
            app.last_step = step
            await unit.session.flush()
            return True
    return False


async def _use_recovery(unit: Unit, user_id: UUID, code: str) -> bool:
    statement = (
        delete(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == recovery_code_digest(code))
        .returning(RecoveryCode.user_id)
        .execution_options(synchronize_session=False)
    )
    return await unit.session.scalar(statement) is not None


_IS_CONFIRMED = Authenticator.confirmed_at.is_not(None)
