"""`tablegraph import`: files from the server's machine, as the owner of the workspace or another user."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from vega_datasets import data

from domain.ids import Kind, new_id
from tests.support.extensions import install_extensions
from tests.support.postgres import create_database
from tests.support.program import Ended, Server, Tablegraph, serving

SECRET = "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
Cli = Callable[..., Ended]


@pytest.fixture
async def url(postgres_url: str, process_name: str) -> str:
    """URL of a database with the workspaces Works, of ann@example.com and bob@example.com, and Twin, twice."""
    url = await create_database(postgres_url, f"import_{process_name}")
    connection = await asyncpg.connect(url)
    try:
        people = {name: new_id(Kind.USER) for name in ("ann", "bob", "eve")}
        for name, id in people.items():
            await connection.execute("INSERT INTO users (id, email) VALUES ($1, $2)", id, f"{name}@example.com")
        await add_workspace(connection, "Works", {people["bob"]: "EDITOR", people["ann"]: "OWNER"})
        await add_workspace(connection, "Twin", {people["ann"]: "OWNER"})
        await add_workspace(connection, "Twin", {people["ann"]: "OWNER"})
    finally:
        await connection.close()
    return url


async def add_workspace(connection: "asyncpg.Connection[asyncpg.Record]", name: str, members: dict[UUID, str]) -> None:
    workspace = new_id(Kind.WORKSPACE)
    await connection.execute("INSERT INTO workspaces (id, name) VALUES ($1, $2)", workspace, name)
    for user, role in members.items():
        await connection.execute(
            "INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($1, $2, $3, $4)",
            *(new_id(Kind.WORKSPACE_MEMBER), workspace, user, role),
        )


@pytest.fixture
def cli(tablegraph: Tablegraph, url: str) -> Cli:
    """`cli("file.csv", …)` imports into the workspace Works, unless another one is given."""

    def run(file: Path, *arguments: str) -> Ended:
        chosen = () if "--workspace" in arguments else ("--workspace", "Works")
        return tablegraph(*("import", str(file), *chosen, *arguments), DATABASE_URL=url, TABLEGRAPH_SECRET_KEY=SECRET)

    return run


def query(url: str, statement: str) -> list[tuple[Any, ...]]:
    async def run() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(url)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(run())


TABLES = "SELECT b.name, t.name FROM tables t JOIN bases b ON b.id = t.base_id ORDER BY t.number"
RECORDS = "SELECT count(*) FROM changes WHERE kind = 'record'"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Parts.csv"
    path.write_text("Name,Price,Ready\nBolt,2.5,yes\nNut,,no\nWasher,1,yes\n")
    return path


def test_airports_are_imported_and_reported(cli: Cli, url: str) -> None:
    ended = cli(Path(data.airports.filepath))

    assert (ended.status, ended.errors) == (0, "")
    assert ended.output.startswith("Imported 3,376 rows into the table airports of the base airports: 23,632 cells in ")
    assert [line.split() for line in ended.output.splitlines()[2:]] == [
        ["Column", "Field", "Type"],
        ["iata", "iata", "TEXT", "new"],
        ["name", "name", "TEXT", "new"],
        ["city", "city", "TEXT", "new"],
        ["state", "state", "TEXT", "new"],
        ["country", "country", "SINGLE_SELECT", "new"],
        ["latitude", "latitude", "NUMBER", "new"],
        ["longitude", "longitude", "NUMBER", "new"],
    ]
    assert query(url, TABLES) == [("airports", "airports")]
    assert query(url, RECORDS) == [(3_376,)]
    assert query(url, "SELECT DISTINCT u.email FROM changes c JOIN users u ON u.id = c.actor_id") == [
        ("ann@example.com",)
    ]


def test_the_log_has_room_after_a_long_time_without_a_server(cli: Cli, url: str, file: Path) -> None:
    for (partition,) in query(
        url, "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'changes'::regclass"
    ):
        query(url, f"DROP TABLE {partition}")

    ended = cli(file)

    assert (ended.status, ended.errors) == (0, "")
    assert query(url, "SELECT kind, count(*) FROM changes GROUP BY kind ORDER BY kind") == [
        ("base", 1),
        ("field", 3),
        ("record", 3),
        ("table", 1),
    ]


def test_base_and_table_are_found_or_made_by_name(cli: Cli, url: str, file: Path) -> None:
    first = cli(file, "--base", "Stock", "--table", "Things")
    second = cli(file, "--base", "Stock", "--table", "things")
    third = cli(file, "--base", "Stock")
    fourth = cli(file, "--base", "Stock")

    assert [ended.status for ended in (first, second, third, fourth)] == [0, 0, 0, 1]
    assert query(url, TABLES) == [("Stock", "Things"), ("Stock", "Parts")]
    assert query(url, RECORDS) == [(9,)]
    assert "there already" in second.output
    assert fourth.errors == "Error: The base has a table 'Parts' already.\n"


def test_ids_name_things_too(cli: Cli, url: str, file: Path) -> None:
    cli(file, "--base", "Stock", "--table", "Things")
    [(workspace, base, table)] = query(url, "SELECT b.workspace_id, b.id, t.id FROM tables t JOIN bases b ON true")

    ended = cli(file, "--workspace", str(workspace), "--base", str(base), "--table", str(table))

    assert ended.status == 0
    assert query(url, TABLES) == [("Stock", "Things")]
    assert query(url, RECORDS) == [(6,)]


STRANGE = "01a20283-3b27-8000-8000-105989a7bd31"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--workspace", "Nowhere"), "There is no workspace 'Nowhere'. There are: 'Twin', 'Works'."),
        (("--workspace", STRANGE), f"There is no workspace '{STRANGE}'."),
        (("--workspace", "Twin"), "2 workspaces have the name 'Twin'; give the id of one: "),
        (("--base", STRANGE), f"The workspace 'Works' has no base with id {STRANGE}."),
        (("--user", "nobody@example.com"), "There is no user 'nobody@example.com'."),
        (("--user", "bob@example.com"), "You may not change bases, tables or fields here: your role is EDITOR;"),
        (("--user", "eve@example.com"), "There is no workspace with id "),
        (("--format", "pdf"), "'pdf' is not a format."),
        (("--index", "Colour"), "No new field can be indexed as 'Colour'"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    cli: Cli, url: str, file: Path, arguments: tuple[str, ...], message: str
) -> None:
    ended = cli(file, *arguments)

    assert ended.status == 1
    assert message in ended.errors
    assert "Traceback" not in ended.errors
    assert query(url, TABLES) == []


def test_file_that_is_not_there_is_told(cli: Cli, tmp_path: Path) -> None:
    ended = cli(tmp_path / "nothing.csv")

    assert ended.status == 1
    assert ended.errors.startswith("Error: ")
    assert "No such file" in ended.errors


def test_dry_run_shows_the_plan_and_makes_nothing(cli: Cli, url: str, file: Path) -> None:
    ended = cli(file, "--dry-run", "--base", "Stock")

    assert ended.status == 0
    assert ended.output.startswith("Read as CSV, encoding 'utf-8', delimiter ','; the types are those of all rows.")
    assert ["Price", "Price", "NUMBER", "new"] in [line.split() for line in ended.output.splitlines()]
    assert query(url, "SELECT name FROM bases") == []


def test_choices_are_made_where_that_is_wanted(cli: Cli, url: str, tmp_path: Path) -> None:
    path = tmp_path / "Kinds.csv"
    path.write_text("Name,Kind\n" + "a,red\nb,blue\n" * 3)
    assert cli(path).status == 0
    path.write_text("Name,Kind\nc,green\nd,RED\n")
    into = ("--base", "Kinds", "--table", "Kinds", "--create-choices")
    kinds = "SELECT jsonb_path_query_array(options, '$.choices[*].name')::text FROM fields WHERE name = 'Kind'"

    tried = cli(path, *into, "--dry-run")
    before = query(url, kinds)
    done = cli(path, *into)

    assert "The field 'Kind' would get the choice 'green'." in tried.output
    assert before == [('["red", "blue"]',)]
    assert "The field 'Kind' has got the choice 'green'." in done.output
    assert query(url, kinds) == [('["red", "blue", "green"]',)]


def test_types_of_columns_are_said(cli: Cli, url: str, file: Path) -> None:
    said = ("--type", 'price = currency {"currency_symbol": "€"}', "--type", "Name=LONG_TEXT")

    ended = cli(file, *said)

    assert ended.status == 0
    kinds = "SELECT type, options ->> 'currency_symbol' FROM fields WHERE name IN ('Name', 'Price') ORDER BY position"
    assert query(url, kinds) == [("long_text", None), ("currency", "€")]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("Price", "'Price' is not NAME=TYPE"),
        ("Price=NUMBRE", "There is no type 'NUMBRE'."),
        ("Price=NUMBER{precision}", "The options of 'Price' are not JSON"),
        ("Cost=NUMBER", "The file has no column 'Cost'."),
    ],
)
def test_types_that_cannot_be_are_told(cli: Cli, url: str, file: Path, said: str, message: str) -> None:
    ended = cli(file, "--type", said)

    assert ended.status != 0
    assert message in " ".join(ended.errors.replace("│", " ").split())
    assert query(url, TABLES) == []


def test_user_acts_where_one_is_named(cli: Cli, url: str, file: Path) -> None:
    cli(file, "--base", "Stock", "--table", "Things")

    ended = cli(file, "--base", "Stock", "--table", "Things", "--user", "BOB@example.com")

    assert ended.status == 0
    changes = "SELECT u.email FROM changes c JOIN users u ON u.id = c.actor_id WHERE c.kind = 'record'"
    assert query(url, f"SELECT email, count(*) FROM ({changes}) actors GROUP BY 1 ORDER BY 1") == [
        ("ann@example.com", 3),
        ("bob@example.com", 3),
    ]


@pytest.fixture
def misfits(cli: Cli, tmp_path: Path, file: Path) -> Path:
    """A file with 25 prices that are none, for a table that is there."""
    cli(file, "--base", "Stock", "--table", "Things")
    path = tmp_path / "misfits.csv"
    path.write_text("Name,Price\n" + "".join(f"x,[bad] {n}\n" for n in range(25)))
    return path


def test_first_20_problems_are_shown_and_all_written(cli: Cli, misfits: Path, tmp_path: Path) -> None:
    ended = cli(misfits, "--base", "Stock", "--table", "Things", "--problems", str(tmp_path / "problems.jsonl"))

    assert ended.status == 0
    shown = ended.output.partition("things do not fit:\n")
    assert shown[0].endswith("\n25 ")
    lines = shown[2].splitlines()
    assert lines[0] == "  line 2, 'Price': This is not a number. It is '[bad] 0'."
    assert lines[20] == "  … and 5 more; --problems FILE writes all of them."
    assert len(lines) == 21
    written = [json.loads(line) for line in (tmp_path / "problems.jsonl").read_text().splitlines()]
    assert len(written) == 25
    assert written[24] == {"line": 26, "message": "This is not a number.", "column": "Price", "value": "[bad] 24"}


def test_strict_import_tells_the_problems_and_imports_nothing(cli: Cli, url: str, misfits: Path) -> None:
    ended = cli(misfits, "--base", "Stock", "--table", "Things", "--strict")

    assert ended.status == 1
    lines = ended.errors.splitlines()
    assert lines[0] == "  line 2, 'Price': This is not a number."
    assert lines[20].startswith("Error: Nothing was imported: the file has 25 problems, the first in line 2, 'Price':")
    assert query(url, RECORDS) == [(3,)]


def test_flags_say_how_the_file_is_read(cli: Cli, url: str, tmp_path: Path) -> None:
    path = tmp_path / "data.bin"
    path.write_bytes("Größe\t05/06/2024\t1.234\n".encode("cp1252"))

    ended = cli(
        path,
        *("--encoding", "cp1252", "--delimiter", "\\t", "--format", "csv", "--no-header"),
        *("--date-order", "dmy", "--decimal-mark", ","),
    )

    assert ended.status == 0
    [(after,)] = query(url, "SELECT after FROM changes WHERE kind = 'record'")
    assert [value for column, value in json.loads(after).items() if column.startswith("f_")] == [
        "Größe",
        "2024-06-05",
        1234,
    ]


def test_import_joins_the_database_of_a_running_server(tablegraph: Tablegraph, tmp_path: Path, file: Path) -> None:
    folder = tmp_path / "data"
    register = 'mutation { register(input: {email: "a@example.com", password: "a long password"}) { accessToken } }'
    into = ("import", str(file), "--workspace", "Works", "--data-dir", str(folder))
    with serving(folder) as server:
        token = server.query(register)["register"]["accessToken"]
        made = ask(server, token, 'mutation { createWorkspace(input: {name: "Works"}) { workspace { id } } }')
        beside = tablegraph(*into)
        id = made["createWorkspace"]["workspace"]["id"]
        document = "query ($id: ID!) { bases(workspaceId: $id) { name tables { records { totalCount } } } }"
        bases = ask(server, token, document, id=id)["bases"]
    alone = tablegraph(*into, "--base", "Another")

    assert (beside.status, alone.status) == (0, 0)
    assert bases == [{"name": "Parts", "tables": [{"records": {"totalCount": 3}}]}]


def ask(server: Server, token: str, document: str, **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    request = {"query": document, "variables": variables}
    answer = httpx.post(f"{server.address}/graphql", json=request, headers=headers).json()
    assert "errors" not in answer, answer
    return answer["data"]


def test_hooks_of_extensions_are_called(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_extensions(tmp_path, "greetings")
    monkeypatch.syspath_prepend(str(tmp_path))
    file = tmp_path / "guarded.csv"
    file.write_text("Name,Size\nNut,1\n,2\n")

    ended = cli(file, "--table", "Guarded")
    noted = sys.modules.pop("greetings").STARTED

    assert ended.status == 1
    assert "Every record needs a name." in " ".join(ended.errors.split())
    assert noted == ["started", "stopped"]
