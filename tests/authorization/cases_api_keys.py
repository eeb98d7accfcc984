"""Who may use the root fields about API keys that are not in `cases_accounts`."""

from tests.authorization.callers import Caller
from tests.authorization.case import Case, mutation
from tests.authorization.cases_accounts import key, owners_key
from tests.authorization.outcomes import nobody_but_its_user

CASES = [
    Case(
        "Mutation.rotateApiKey",
        mutation("rotateApiKey", "secret apiKey { id }"),
        nobody_but_its_user(Caller.OWNER),
        key,
        owners_key,
    ),
]
