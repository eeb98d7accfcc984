"""What a mail is as a message: headers that nobody can add to, names and addresses of all scripts."""

from email import message_from_bytes
from email.policy import SMTPUTF8

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from adapters.mail import Mail
from adapters.mail.mail import as_message
from domain.accounts.emails import email_or_none

SENDER = "Tablegraph <no-reply@example.com>"
LETTERS = st.characters(exclude_categories=("C", "Z"), exclude_characters='@"(),:;<>[\\].')
"""What the part before the @ may be made of."""


def mail(to: str = "ada@example.com", subject: str = "Hello") -> Mail:
    """A mail of little content."""
    return Mail(to, subject, "text\n", "<p>html</p>\n")


def test_a_message_has_text_and_html_and_says_who_it_is_from() -> None:
    message = message_from_bytes(as_message(mail(), SENDER).as_bytes(), policy=SMTPUTF8)

    assert (message["From"], message["To"], message["Subject"]) == (SENDER, "ada@example.com", "Hello")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.com>")
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_several_addresses_see_each_other_and_a_key_names_the_mail() -> None:
    several = Mail("a@example.com", "Hi", "text\n", "", ("b@example.com",), ("c@example.com",), key="run.1")

    read = message_from_bytes(as_message(several, SENDER).as_bytes(), policy=SMTPUTF8)
    assert (read["To"], read["Cc"]) == ("a@example.com, b@example.com", "c@example.com")
    assert read["Message-ID"] == "<run.1@example.com>"
    assert [part.get_content_type() for part in read.walk()] == ["text/plain"]
    assert Mail.from_json(several.as_json()) == several


@pytest.mark.parametrize("more", [{"others": ("nobody",)}, {"copies": ("a@x.org\r\nBcc: eve@x.org",)}])
def test_each_of_several_addresses_must_be_one(more: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="one e-mail address"):
        Mail("a@example.com", "Hi", "text\n", "", **more)  # type: ignore[arg-type]  # not the key


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\u2028", "\x00"])
def test_a_subject_cannot_bring_in_a_header(end: str) -> None:
    message = as_message(mail(subject=f"Hello{end}Bcc: eve@example.com"), SENDER)

    read = message_from_bytes(message.as_bytes(), policy=SMTPUTF8)
    assert read["Subject"] == "Hello Bcc: eve@example.com"
    assert read["Bcc"] is None
    assert set(read.keys()) == set(as_message(mail(), SENDER).keys())


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.com\r\nBcc: eve@example.com",
        "ada@example.com, eve@example.com",
        "ada@example.com\x00",
        "Ada <ada@example.com>",
        "ada@example.com>\r\nRCPT TO:<eve@example.com",
        " ada@example.com",
        "",
    ],
)
def test_a_mail_goes_to_one_address_and_nothing_else(to: str) -> None:
    with pytest.raises(ValueError, match="one e-mail address"):
        mail(to=to)


def test_a_subject_of_any_script_arrives_as_it_is() -> None:
    subject = "Größe 見積もり 🎉 " + "x" * 200
    message = message_from_bytes(as_message(mail(subject=subject), SENDER).as_bytes(), policy=SMTPUTF8)

    assert message["Subject"] == subject


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("ada@例え.jp", "ada@xn--r8jz45g.jp"),
        ("jörg@example.com", "jörg@example.com"),
        ("o'neil+x@example.com", "o'neil+x@example.com"),
    ],
)
def test_a_domain_is_punycode_and_never_another_one(address: str, sent: str) -> None:
    [parsed] = as_message(mail(to=address), SENDER)["To"].addresses

    assert parsed.addr_spec == sent


@given(st.text(LETTERS, min_size=1, max_size=20), st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_whatever_account_there_may_be_gets_one_mail(local: str, subject: str) -> None:
    to = email_or_none(f"{local}@example.com")
    assume(to is not None)

    read = message_from_bytes(as_message(mail(to, subject), SENDER).as_bytes(policy=SMTPUTF8), policy=SMTPUTF8)

    assert [address.addr_spec for address in as_message(mail(to, subject), SENDER)["To"].addresses] == [to]
    assert set(read.keys()) == set(as_message(mail(), SENDER).keys())
