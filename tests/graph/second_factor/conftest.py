"""A clock that goes as the test says, and an app that makes codes by it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyotp
import pytest

from resolvers.second_factor import codes
from tests.support.api import Api, Person, Result

ENROL = "mutation ($input: EnrolAuthenticatorInput!) { enrolAuthenticator(input: $input) { secret uri } }"
CONFIRM = "mutation ($input: ConfirmAuthenticatorInput!) { confirmAuthenticator(input: $input) { recoveryCodes } }"
REMOVE = "mutation ($input: RemoveAuthenticatorInput!) { removeAuthenticator(input: $input) { isRemoved } }"
RENEW = "mutation ($input: RenewRecoveryCodesInput!) { renewRecoveryCodes(input: $input) { recoveryCodes } }"
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }"
COMPLETE = "mutation ($input: CompleteLoginInput!) { completeLogin(input: $input) { accessToken user { id } } }"
FACTORS = "{ secondFactors { appSince recoveryCodesLeft passkeys { id name createdAt lastUsedAt } } }"


@dataclass
class Clock:
    """Seconds since 1970, in the middle of a step."""

    now: float = 1_800_000_015.0

    def __call__(self) -> float:
        return self.now

    def next_step(self) -> None:
        """The app shows another code."""
        self.now += codes.STEP


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The one by which codes are looked at."""
    clock = Clock()
    monkeypatch.setattr(codes, "clock", clock)
    return clock


@dataclass
class Owner:
    """A user, and the app that makes their codes."""

    api: Api
    clock: Clock
    person: Person
    secret: str
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        """What the app shows now, or so many steps later."""
        return pyotp.TOTP(self.secret).at(int(self.clock.now) + steps * codes.STEP)

    async def ask(self, document: str, **given: Any) -> Result:
        """Run a mutation as this user."""
        return await self.api.execute(document, {"input": given}, as_=self.person)

    async def log_in(self, password: str | None = None) -> Result:
        """Login, which asks for a code."""
        given = {"email": self.person.email, "password": password or self.person.password}
        return await self.api.execute(LOGIN, {"input": given})

    async def challenge(self) -> str:
        """That of a login with the right password."""
        refused = await self.log_in()
        assert refused.codes == ["SECOND_FACTOR_REQUIRED"]
        challenge: str = refused.errors[0]["extensions"]["challenge"]
        return challenge

    async def complete(self, challenge: str, code: str) -> Result:
        """completeLogin."""
        return await self.api.execute(COMPLETE, {"input": {"challenge": challenge, "code": code}})

    async def factors(self) -> Mapping[str, Any]:
        """secondFactors."""
        found: Mapping[str, Any] = (await self.api.execute(FACTORS, as_=self.person)).ok["secondFactors"]
        return found


@pytest.fixture
async def owner(api: Api, clock: Clock) -> Owner:
    """Somebody with an app that was confirmed a step ago."""
    person = await api.register()
    made = (await api.execute(ENROL, {"input": {"password": person.password}}, as_=person)).ok["enrolAuthenticator"]
    owner = Owner(api, clock, person, made["secret"], [])
    owner.recovery_codes = (await owner.ask(CONFIRM, code=owner.code())).ok["confirmAuthenticator"]["recoveryCodes"]
    clock.next_step()
    return owner
