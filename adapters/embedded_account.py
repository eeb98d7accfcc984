"""Which account of the machine the embedded PostgreSQL runs as: ours, or another one when we are root."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

NAME = "pgserver"
"""The account that is made, when we are root, for a server that refuses to run as root."""


class Arguments(TypedDict, total=False):
    """What `subprocess` is told so that a child runs as another account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """Numbers of the account, and whether it is another one than ours."""

    uid: int
    gid: int
    is_other: bool

    def arguments(self) -> Arguments:
        """Arguments for `subprocess`, empty where nothing has to change."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for(folder: Path) -> Account:
    """The account for a data folder: when we are root its owner, or one made for it; else we ourselves."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    if folder.exists() and folder.stat().st_uid != 0:
        return Account(folder.stat().st_uid, folder.stat().st_gid, is_other=True)
    entry = _find(NAME) or _create(NAME)
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)


def make_reachable(path: Path, account: Account) -> None:
    """Let another account pass through the folders above `path`, by the one permission bit that this needs."""
    if not account.is_other:
        return
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _create(name: str) -> pwd.struct_passwd:
    """Make a system account; raises `PermissionError` where that cannot be."""
    program = shutil.which("useradd")
    if program is None:
        raise PermissionError("PostgreSQL does not run as root, and there is no useradd to make it an account.")
    done = subprocess.run(  # noqa: S603  # our own arguments
        [program, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", name],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PermissionError(f"PostgreSQL does not run as root and got no account: {done.stderr.strip()}")
    return pwd.getpwnam(name)
