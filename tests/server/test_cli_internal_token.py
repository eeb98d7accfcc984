"""`tablegraph internal-token`"""

from adapters.tokens import InternalTokens
from domain.ids import Kind, new_id
from tests.support.program import Tablegraph

SECRET = "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
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
