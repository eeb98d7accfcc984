"""A package that brings an authentication backend, installed as any other: a distribution of its own on the path."""

from pathlib import Path

_MODULE = """
import asyncio

from domain.accounts.profiles import Profile

PASSWORDS = {}
ASKED = []


class Directory:
    async def authenticate(self, login, password):
        ASKED.append(login)
        if login == "down":
            raise ConnectionError("it is away")
        if login == "slow":
            await asyncio.sleep(60)
        if login == "nonsense":
            return {"subject": "1"}
        if login == "nameless":
            return Profile("", None, False)
        return PASSWORDS.get((login, password))


def broken():
    raise RuntimeError("no configuration")
"""
_ENTRIES = """
[tablegraph.auth_backends]
company = company_directory:Directory
broken = company_directory:broken
password = company_directory:broken
"""


def install_auth_backend(folder: Path) -> None:
    """Put the distribution `company-directory` with its entry points into a folder; one has a name of ours."""
    (folder / "company_directory.py").write_text(_MODULE)
    metadata = folder / "company_directory-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: company-directory\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(_ENTRIES)
