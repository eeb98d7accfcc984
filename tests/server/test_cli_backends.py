"""Authentication backends that a server cannot start with."""

from pathlib import Path

from tests.support.program import Tablegraph

SECRET = "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
NOWHERE = "postgresql://nobody@/nothing?host=/nowhere"
DIRECTORY = {
    "TABLEGRAPH_AUTH_BACKENDS": "password,ldap",
    "TABLEGRAPH_LDAP_URLS": "ldaps://ldap.example.com",
    "TABLEGRAPH_LDAP_SEARCH_BASE": "dc=example,dc=com",
}


def test_backends_that_cannot_be_used_are_told_before_anything_starts(tablegraph: Tablegraph, tmp_path: Path) -> None:
    given = {"DATABASE_URL": NOWHERE, "TABLEGRAPH_SECRET_KEY": SECRET}
    absent = {**DIRECTORY, "TABLEGRAPH_LDAP_CA_FILE": str(tmp_path / "absent.pem")}

    unknown = tablegraph("run", "--port", "0", TABLEGRAPH_AUTH_BACKENDS="company", **given)
    by_file = tablegraph("run", "--port", "0", **absent, **given)
    checked = tablegraph("check", **absent, **given)

    assert (unknown.status, by_file.status, checked.status) == (1, 1, 1)
    assert "There is no authentication backend 'company'" in " ".join(unknown.errors.split())
    assert "cannot be read" in " ".join(by_file.errors.split())
    assert "cannot be read" in " ".join(checked.output.split())


def test_a_directory_that_is_not_whole_is_told_in_a_sentence(tablegraph: Tablegraph) -> None:
    ended = tablegraph("run", TABLEGRAPH_SECRET_KEY=SECRET, TABLEGRAPH_AUTH_BACKENDS="ldap")

    assert ended.status == 1
    assert "Settings: Value error, the backend ldap needs ldap_urls" in " ".join(ended.errors.split())
