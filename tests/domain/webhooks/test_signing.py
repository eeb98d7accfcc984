"""Signatures of Standard Webhooks: the specification's example, the package's own verifier, and no signatures."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from domain.errors import BadRequest
from domain.webhooks.signing import (
    MAX_SIGNATURES,
    InvalidSignature,
    check_secret,
    new_secret,
    signed_headers,
    verify,
)

# The example of the reference libraries (standard-webhooks/standard-webhooks).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
AT = datetime.fromtimestamp(1614265330, UTC)
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_specification_is_signed_as_it_says() -> None:
    assert signed_headers(BODY, MESSAGE, AT, [SECRET]) == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_the_verifier_of_the_package_reads_what_is_signed() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    headers = signed_headers('{"a": "ä"}'.encode(), "m1", datetime.now(UTC), [new, old])

    assert Webhook(old).verify('{"a": "ä"}'.encode(), headers) == {"a": "ä"}
    assert Webhook(new).verify('{"a": "ä"}'.encode(), headers) == {"a": "ä"}
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify('{"a": "ä"}'.encode(), headers)


def test_what_the_package_signs_is_verified() -> None:
    secret, at = new_secret(), datetime.now(UTC)
    signature = Webhook(secret).sign("m1", at, "{}")
    headers = {
        "Webhook-Id": "m1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": f"v2,abc {signature}",
    }

    assert verify(b"{}", headers, [new_secret(), secret]) == "m1"


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_text_are_signed_too(body: bytes) -> None:
    headers = signed_headers(body, MESSAGE, AT, [SECRET])

    assert verify(body, headers, [SECRET], AT) == MESSAGE
    with pytest.raises(InvalidSignature, match="No signature"):
        verify(body + b" ", headers, [SECRET], AT)


@pytest.mark.parametrize(
    ("seconds", "reason"), [(-301, "too new"), (301, "too old"), (-300, None), (300, None), (0, None)]
)
def test_a_message_counts_for_five_minutes(seconds: int, reason: str | None) -> None:
    headers = signed_headers(BODY, MESSAGE, AT, [SECRET])
    now = AT + timedelta(seconds=seconds)
    if reason is None:
        assert verify(BODY, headers, [SECRET], now) == MESSAGE
    else:
        with pytest.raises(InvalidSignature, match=reason):
            verify(BODY, headers, [SECRET], now)


def test_the_tolerance_can_be_another() -> None:
    headers = signed_headers(BODY, MESSAGE, AT, [SECRET])
    with pytest.raises(InvalidSignature, match="too old"):
        verify(BODY, headers, [SECRET], AT + timedelta(seconds=11), timedelta(seconds=10))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_each_header_is_needed(name: str) -> None:
    headers = signed_headers(BODY, MESSAGE, AT, [SECRET])
    del headers[name]
    with pytest.raises(InvalidSignature, match=f"{name} is missing"):
        verify(BODY, headers, [SECRET], AT)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": "1614265331"},
        {"webhook-signature": SIGNATURE.replace("v1,", "v2,")},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,###"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,ä"},
        {"webhook-signature": " ".join(["v1,AAAA"] * MAX_SIGNATURES + [SIGNATURE])},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "9" * 5_000},
        {"webhook-id": "x" * 257},
    ],
)
def test_what_was_changed_is_refused(changed: dict[str, str]) -> None:
    headers = signed_headers(BODY, MESSAGE, AT, [SECRET]) | changed
    with pytest.raises(InvalidSignature):
        verify(BODY, headers, [SECRET], AT)


def test_without_secrets_nothing_is_signed() -> None:
    with pytest.raises(InvalidSignature, match="No signature"):
        verify(BODY, signed_headers(BODY, MESSAGE, AT, [SECRET]), [], AT)


@pytest.mark.parametrize("size", [24, 64])
def test_secrets_of_the_specification_s_sizes_are_taken(size: int) -> None:
    check_secret("whsec_" + base64.b64encode(bytes(size)).decode())


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_!",
        "whsec_ä",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
    ],
)
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(BadRequest):
        check_secret(secret)


def test_new_secrets_are_secrets_and_no_two_are_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}

    assert len(secrets) == 100
    for secret in secrets:
        check_secret(secret)
