"""Who may use the root fields about accounts, sessions and API keys."""

from tests.authorization.case import Case
from tests.authorization.outcomes import everybody

CASES = [
    Case("Query.me", "{ me { id } }", everybody("Query")),
]
