"""Access tokens."""

import time
from datetime import timedelta
from typing import Any

import jwt
import pytest

from adapters.tokens import AccessTokens, access
from adapters.tokens.reading import LEEWAY
from domain.errors import Unauthenticated
from domain.ids import Kind, new_id

SECRET = "a secret for tests only, 32+ letters"
USER, SESSION = new_id(Kind.USER), new_id(Kind.SESSION)
INVALID = "The access token is not valid; sign in again."
EXPIRED = "The access token has expired; get a new one with refreshTokens."


def refusal(reader: AccessTokens, text: str) -> str:
    """The message with which a token is refused."""
    with pytest.raises(Unauthenticated) as caught:
        reader.read(text)
    return caught.value.message


def forged(**changes: Any) -> str:
    """A token that is signed as ours are, with other claims; a claim of None is left out."""
    claims = jwt.decode(AccessTokens(SECRET).issue(USER, SESSION).text, options={"verify_signature": False})
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(claims, AccessTokens(SECRET)._keys.signer, algorithm="HS256")


def test_a_token_states_whose_it_is_and_how_long_it_lives() -> None:
    before = int(time.time())
    token = AccessTokens(SECRET).issue(USER, SESSION)
    claims = AccessTokens(SECRET).read(token.text)

    assert token.expires_in == 900
    assert (claims.user_id, claims.session_id) == (USER, SESSION)
    assert claims.expires_at - claims.issued_at == 900
    assert claims.issued_at - before in (0, 1)


def test_no_two_tokens_have_one_id() -> None:
    issuer = AccessTokens(SECRET)
    assert len({issuer.read(issuer.issue(USER, SESSION).text).token_id for _ in range(50)}) == 50


def test_the_token_is_not_in_its_repr() -> None:
    token = AccessTokens(SECRET).issue(USER, SESSION)
    assert repr(token) == "AccessToken(expires_in=900)"


def test_the_lifetime_is_a_setting() -> None:
    assert AccessTokens(SECRET, timedelta(minutes=1)).issue(USER, SESSION).expires_in == 60


def test_a_token_of_another_secret_is_refused() -> None:
    token = AccessTokens(SECRET + "!").issue(USER, SESSION)
    assert refusal(AccessTokens(SECRET), token.text) == INVALID


def test_the_servers_secret_itself_signs_nothing() -> None:
    claims = jwt.decode(forged(), options={"verify_signature": False})
    assert refusal(AccessTokens(SECRET), jwt.encode(claims, SECRET, algorithm="HS256")) == INVALID


def test_another_algorithm_is_refused() -> None:
    claims = jwt.decode(forged(), options={"verify_signature": False})
    key = AccessTokens(SECRET)._keys.signer
    for token in (jwt.encode(claims, "", algorithm="none"), jwt.encode(claims, key * 2, algorithm="HS512")):
        assert refusal(AccessTokens(SECRET), token) == INVALID


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.é.é", "\ud800", ".." * 50, "a" * 3000, "a" * 1_000_000])
def test_what_is_no_token_is_refused(text: str) -> None:
    assert refusal(AccessTokens(SECRET), text) == INVALID


@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_token_that_was_tampered_with_is_refused(part: int) -> None:
    parts = AccessTokens(SECRET).issue(USER, SESSION).text.split(".")
    parts[part] = ("B" if parts[part][0] == "A" else "A") + parts[part][1:]
    assert refusal(AccessTokens(SECRET), ".".join(parts)) == INVALID


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "sid", "jti", "iat", "exp"])
def test_a_token_without_one_of_its_claims_is_refused(claim: str) -> None:
    assert refusal(AccessTokens(SECRET), forged(**{claim: None})) == INVALID


@pytest.mark.parametrize(
    "changes", [{"iss": "other"}, {"aud": "other"}, {"sub": "ada"}, {"sid": "x" * 36}, {"exp": "soon"}, {"sid": 7}]
)
def test_a_token_with_foreign_claims_is_refused(changes: dict[str, Any]) -> None:
    assert refusal(AccessTokens(SECRET), forged(**changes)) == INVALID


def test_clocks_may_differ_by_the_leeway() -> None:
    now, leeway = int(time.time()), int(LEEWAY.total_seconds())

    assert AccessTokens(SECRET).read(forged(exp=now - leeway + 5)).session_id == SESSION
    assert AccessTokens(SECRET).read(forged(iat=now + leeway - 5)).session_id == SESSION
    assert refusal(AccessTokens(SECRET), forged(exp=now - leeway - 1)) == EXPIRED
    assert refusal(AccessTokens(SECRET), forged(iat=now + leeway + 60)) == INVALID


def test_a_remembered_token_expires_too() -> None:
    now = [time.time()]
    reader = AccessTokens(SECRET, clock=lambda: now[0])
    token = reader.issue(USER, SESSION).text
    claims = reader.read(token)

    now[0] = claims.expires_at + LEEWAY.total_seconds() - 1
    assert reader.read(token) is claims
    now[0] += 1
    assert refusal(reader, token) == EXPIRED


def test_the_memory_of_tokens_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "MAX_REMEMBERED", 3)
    reader = AccessTokens(SECRET)
    issued = [reader.issue(USER, SESSION).text for _ in range(5)]
    first = [reader.read(text) for text in issued]
    again = [reader.read(text) for text in issued[2:]]

    assert [each is known for each, known in zip(again, first[2:], strict=True)] == [True, True, True]
    assert reader.read(issued[0]) is not first[0]


def test_what_lasts_gets_no_leeway() -> None:
    now = [time.time()]
    reader = AccessTokens(SECRET, timedelta(seconds=60), clock=lambda: now[0])
    token = reader.issue(USER, SESSION).text
    expires_at = reader.read(token).expires_at

    assert 59 <= reader.seconds_left(token) <= 60
    now[0] = expires_at + 1
    assert reader.seconds_left(token) == -1
    now[0] = expires_at + LEEWAY.total_seconds()
    with pytest.raises(Unauthenticated):
        reader.seconds_left(token)
