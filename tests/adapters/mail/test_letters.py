"""Letters: every pair of templates, what is escaped, and where links lead."""

from pathlib import Path

import pytest

from adapters.mail.letters import TEMPLATES, Letters

NAMES = sorted(path.stem for path in TEMPLATES.glob("*.txt"))


def test_each_letter_is_a_pair() -> None:
    assert sorted(path.stem for path in TEMPLATES.glob("*.html") if path.stem != "layout") == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_text_begins_with_its_subject(name: str) -> None:
    lines = Path(TEMPLATES / f"{name}.txt").read_text(encoding="utf-8").split("\n")

    assert lines[0].startswith("Subject: ")
    assert lines[1] == ""


def test_what_is_put_in_is_escaped_in_html_and_plain_in_text() -> None:
    letters = Letters("https://app.example.com/")

    mail = letters.write("verify_email", "ada@example.com", link='https://x/?a=1&b="<script>', hours="<b>")

    assert mail.subject == "Confirm your e-mail address"
    assert 'https://x/?a=1&b="<script>' in mail.text
    assert "<script>" not in mail.html
    assert "<b>" not in mail.html
    assert "https://x/?a=1&amp;b=&#34;&lt;script&gt;" in mail.html


def test_links_begin_with_the_public_address() -> None:
    assert Letters("https://app.example.com/x/").link("verify-email", "abc") == (
        "https://app.example.com/x/verify-email#token=abc"
    )
