"""No way around the condition by which something is the caller's."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_OWN_CONDITION = re.compile(r"(Member|mine|theirs)\.user_id == (self\.)?context\.user_id")
ALLOWED = {
    "resolvers/reach.py": "the condition itself",
    "resolvers/members.py": "leaveWorkspace, which has loaded the workspace by it",
    "resolvers/users.py": "narrowed by is_near",
    "resolvers/application_tokens.py": "of sessions alone, which reach everything",
    "resolvers/self_service/deletion.py": "likewise",
}


def test_memberships_of_the_caller_are_found_by_one_condition() -> None:
    files = sorted((ROOT / "resolvers").rglob("*.py"))
    around = {str(path.relative_to(ROOT)) for path in files if _OWN_CONDITION.search(path.read_text())}
    assert around - set(ALLOWED) == set()
