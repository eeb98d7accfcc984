"""node, of users, sessions and API keys"""

from tests.graph.accounts.documents import SESSIONS, make_key
from tests.support.api import Api

NODE = """
    query ($id: ID!) {
      node(id: $id) { id __typename ... on User { email } ... on Session { isCurrent } ... on ApiKey { prefix } }
    }
"""


async def test_ones_own_user_session_and_key_are_nodes(api: Api) -> None:
    ada = await api.register()
    key = (await make_key(api, ada))["apiKey"]
    [session] = (await api.execute(SESSIONS, as_=ada)).ok["sessions"]

    nodes = [(await api.execute(NODE, {"id": id}, as_=ada)).ok["node"] for id in (ada.id, session["id"], key["id"])]

    assert nodes == [
        {"__typename": "User", "id": str(ada.id), "email": ada.email},
        {"__typename": "Session", "id": session["id"], "isCurrent": True},
        {"__typename": "ApiKey", "id": key["id"], "prefix": key["prefix"]},
    ]


async def test_those_of_strangers_do_not_exist(api: Api) -> None:
    ada, bob = await api.register(), await api.register()
    key = (await make_key(api, bob))["apiKey"]
    [session] = (await api.execute(SESSIONS, as_=bob)).ok["sessions"]

    for id in (bob.id, session["id"], key["id"]):
        result = await api.execute(NODE, {"id": id}, as_=ada)
        assert (result.codes, result.data) == (["NOT_FOUND"], {"node": None})
