"""docs/clients.md, as somebody who pastes its programs: each runs in Node against a server and says what it should."""

import asyncio
import os
import re
from pathlib import Path
from typing import Final

import pytest

from tests.support.clients import CLIENTS, node
from tests.support.records import Records
from tests.support.tables import MadeTable

PAGE: Final = Path(__file__).parents[3] / "docs" / "clients.md"
PROGRAMS: Final = re.findall(
    r"^## (\w+)$.*?^```js\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
)
SAYS: Final = {"urql": "read 1\nCREATED Bolt\n", "Apollo": "SNAPSHOT 1\n"}


def test_every_program_has_its_output() -> None:
    assert [name for name, _ in PROGRAMS] == [*SAYS]


@pytest.mark.parametrize(("name", "program"), PROGRAMS, ids=[name for name, _ in PROGRAMS])
async def test_a_program_of_the_page_runs(
    name: str, program: str, address: str, records: Records, table: MadeTable
) -> None:
    await records.create({"Name": "Nut"})
    given = {"TABLEGRAPH_URL": f"http://{address}/graphql", "TOKEN": table.owner.access_token, "TABLE": str(table.id)}
    process = await asyncio.create_subprocess_exec(
        *(node(), "--input-type=module", "--eval", program),
        cwd=CLIENTS,
        env={**os.environ, **given},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(60):
        output, _ = await process.communicate()

    assert output.decode() == SAYS[name]
    assert process.returncode == 0
