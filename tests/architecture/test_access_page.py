"""docs/access.md names every permission and every action of the audit log, as the code describes them."""

import re
from pathlib import Path

from domain.access.permissions import PERMISSIONS
from domain.audit.actions import AuditAction

PAGE = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([a-z_]+[:.][a-z_]+)` \| (.*) \|$", PAGE, re.MULTILINE))


def test_the_page_has_every_permission_and_action_and_no_other() -> None:
    permissions = {
        each.code: f"{each.description} Staff holds it." if each.is_for_staff else each.description
        for each in PERMISSIONS.values()
    }

    assert permissions | {action.value: action.sentence for action in AuditAction} == ROWS
