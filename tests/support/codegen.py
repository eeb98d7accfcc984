"""Projects of people who generate code from our schema: copies of folders of `tests/codegen`, and the tools in them."""

import asyncio
import os
import shutil
from pathlib import Path
from typing import Self

from tests.support.clients import node

SOURCES = Path(__file__).parents[1] / "codegen"
SCHEMA = Path(__file__).parents[2] / "schema.graphql"
SECONDS = 60
"""How long a tool may take before the test gives up."""


class Project:
    """A folder in which the tools may write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, name: str, folder: Path) -> Self:
        """The project of that name, in a new folder, with our schema and the packages that `make clients` installs."""
        shutil.copytree(SOURCES / name, folder)
        (folder / "node_modules").symlink_to(SOURCES / "node_modules")
        shutil.copy(SCHEMA, folder)
        return cls(folder)

    def copied(self, folder: Path) -> Self:
        """The same in another new folder, with all that was generated."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return type(self)(folder)

    async def run(self, tool: str, *arguments: str, **environment: str) -> str:
        """What a command of the packages prints; it must end well."""
        process = await asyncio.create_subprocess_exec(
            node(),
            str(self.folder / "node_modules" / ".bin" / tool),
            *arguments,
            cwd=self.folder,
            env={**os.environ, "NO_COLOR": "1", **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            async with asyncio.timeout(SECONDS):
                printed, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        output = printed.decode()
        assert process.returncode == 0, output
        return output

    def files(self, folder: str) -> dict[str, str]:
        """What stands in the files of a folder, by their names."""
        return {file.name: file.read_text() for file in (self.folder / folder).iterdir()}
