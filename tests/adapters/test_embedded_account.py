"""The account that the embedded PostgreSQL runs as: never root, and let through with no more rights than it needs."""

import os
from pathlib import Path

from adapters.embedded_account import Account, account_for, make_reachable


def test_postgres_never_runs_as_root(tmp_path: Path) -> None:
    account = account_for(tmp_path / "not there yet")

    assert account.uid != 0
    assert account.is_other is (os.geteuid() == 0)
    assert ("user" in account.arguments()) is account.is_other


def test_other_account_may_pass_through_a_folder_and_no_more(tmp_path: Path) -> None:
    folder = tmp_path / "closed" / "inner"
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    folder.chmod(0o750)

    make_reachable(folder, Account(1, 1, is_other=True))

    assert folder.parent.stat().st_mode & 0o777 == 0o701
    assert folder.stat().st_mode & 0o777 == 0o751


def test_own_account_needs_no_rights(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)

    make_reachable(folder, Account(os.geteuid(), os.getegid(), is_other=False))

    assert folder.stat().st_mode & 0o777 == 0o700
