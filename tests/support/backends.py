"""A package that brings a token backend, installed as any other: a distribution of its own on the path."""

from pathlib import Path

_MODULE = """
import asyncio
from datetime import UTC, datetime, timedelta

from domain.accounts.token_backends import Identity

KNOWN = {}
ASKED = []


class Backend:
    def recognises(self, token):
        if token == "sso_broken":
            raise RuntimeError("broken")
        return token.startswith("sso_")

    async def identify(self, token):
        ASKED.append(token)
        if token == "sso_down":
            raise ConnectionError("the provider is away")
        if token == "sso_slow":
            await asyncio.sleep(60)
        return KNOWN.get(token)


def broken():
    raise RuntimeError("no configuration")
"""
_ENTRIES = """
[tablegraph.token_backends]
company = company_sso:Backend
broken = company_sso:broken
absent = company_sso:Nothing
"""


def install_backend(folder: Path) -> None:
    """Put the distribution `company-sso` with its entry points `company`, `broken` and `absent` into a folder."""
    (folder / "company_sso.py").write_text(_MODULE)
    metadata = folder / "company_sso-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: company-sso\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(_ENTRIES)
