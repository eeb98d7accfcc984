"""Letters: every pair of templates, what is escaped, and where links lead."""

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from adapters.mail.letters import TEMPLATES, Letters

NAMES = sorted(path.stem for path in TEMPLATES.glob("*.txt"))


def test_each_letter_is_a_pair() -> None:
    assert sorted(path.stem for path in TEMPLATES.glob("*.html") if path.stem != "layout") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_text_begins_with_its_subject(name: str) -> None:
    lines = Path(TEMPLATES / f"{name}.txt").read_text(encoding="utf-8").split("\n")

    assert lines[0].startswith("Subject: ")
    assert lines[1] == ""


@pytest.mark.parametrize("name", NAMES)
def test_what_is_put_in_is_escaped_in_html_and_plain_in_text(name: str) -> None:
    names = ["link", "lifetime", "name", "email", "new_email", "at", "address", "inviter", "workspace", "role", "until"]
    names += ["webhook", "table", "reason"]
    given = dict.fromkeys(names, "<script>&\"'")

    mail = Letters("https://app.example.com/").write(name, "ada@example.com", **given)

    assert "<script>&\"'" in mail.text
    assert "<script>" not in mail.html
    assert "&lt;script&gt;&amp;&#34;&#39;" in mail.html
    assert "{" not in mail.subject + mail.text + mail.html
    assert f"<title>{mail.subject}</title>" in mail.html


@pytest.mark.parametrize("name", NAMES)
def test_a_value_that_is_not_given_is_a_fault(name: str) -> None:
    with pytest.raises(UndefinedError):
        Letters("https://app.example.com").write(name, "ada@example.com")


def test_links_begin_with_the_public_address() -> None:
    assert Letters("https://app.example.com/x/").link("verify-email", "abc") == (
        "https://app.example.com/x/verify-email#token=abc"
    )
