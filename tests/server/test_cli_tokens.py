"""`tablegraph internal-token`, and settings of tokens that a server cannot start with."""

from pathlib import Path

from adapters.tokens import InternalTokens
from domain.ids import Kind, new_id
from tests.support.keys import new_key, write_keys
from tests.support.program import Tablegraph

SECRET = "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
NOWHERE = "postgresql://nobody@/nothing?host=/nowhere"
USER = new_id(Kind.USER)


def test_it_prints_a_token_that_the_server_takes(tablegraph: Tablegraph) -> None:
    given = ("internal-token", str(USER), "--service", "worker", "--scope", "read", "--scope", "write")
    ended = tablegraph(*given, TABLEGRAPH_SECRET_KEY=SECRET)

    stated = InternalTokens(SECRET).read(ended.output.strip())
    assert ended.status == 0
    assert (stated.user_id, stated.service, stated.scopes) == (USER, "worker", frozenset({"read", "write"}))


def test_what_makes_no_sense_is_told_in_a_sentence(tablegraph: Tablegraph) -> None:
    given = ("internal-token", "ada", "--service", "worker", "--scope", "read")
    nobody = tablegraph(*given, TABLEGRAPH_SECRET_KEY=SECRET)
    nothing = tablegraph("internal-token", str(USER), *given[2:-1], "all", TABLEGRAPH_SECRET_KEY=SECRET)

    assert (nobody.status, nobody.errors) == (1, "Error: 'ada' is no id of a user.\n")
    assert nothing.status == 1
    assert nothing.errors.startswith("Error: ")
    assert "Traceback" not in nothing.errors


def test_settings_that_do_not_go_together_are_told_in_a_sentence(tablegraph: Tablegraph) -> None:
    ended = tablegraph("run", TABLEGRAPH_SECRET_KEY=SECRET, TABLEGRAPH_TOKEN_ALGORITHM="RS256")

    assert ended.status == 1
    assert ended.errors.startswith("Error: Settings: ")
    assert "token_keys_path goes with a token_algorithm of RS256" in " ".join(ended.errors.split())


def test_keys_and_backends_that_cannot_be_used_are_told_before_anything_starts(
    tablegraph: Tablegraph, tmp_path: Path
) -> None:
    keys = {"TABLEGRAPH_TOKEN_ALGORITHM": "EdDSA", "TABLEGRAPH_TOKEN_KEYS_PATH": str(tmp_path / "keys.toml")}
    write_keys(tmp_path, now={"key": new_key("EdDSA")})
    by_keys = tablegraph("run", "--port", "0", DATABASE_URL=NOWHERE, TABLEGRAPH_SECRET_KEY=SECRET, **keys)
    backends = {"TABLEGRAPH_TOKEN_BACKENDS": "company"}
    by_backends = tablegraph("run", "--port", "0", DATABASE_URL=NOWHERE, TABLEGRAPH_SECRET_KEY=SECRET, **backends)
    checked = tablegraph("check", DATABASE_URL=NOWHERE, TABLEGRAPH_SECRET_KEY=SECRET, **keys)

    assert (by_keys.status, by_backends.status, checked.status) == (1, 1, 1)
    assert "one key, and only one, needs `signs = true`" in " ".join(by_keys.errors.split())
    assert "There is no token backend 'company'" in " ".join(by_backends.errors.split())
    assert "one key, and only one, needs `signs = true`" in " ".join(checked.output.split())
