"""The command line: what each command does, and failures told in a sentence with status 1."""

import asyncio
import io
import socket
from importlib import metadata
from pathlib import Path

import asyncpg
import pytest

import migrations
from adapters.embedded import start
from adapters.embedded_tuning import Tuning
from tests.support.postgres import create_database
from tests.support.program import Tablegraph

SECRET = "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
NOWHERE = "postgresql://nobody@/nothing?host=/nowhere"


@pytest.fixture
async def empty_url(postgres_url: str, process_name: str) -> str:
    """URL of a database without a table in it."""
    return await create_database(postgres_url, f"cli_{process_name}", migrated=False)


@pytest.fixture
async def migrated_url(postgres_url: str, process_name: str) -> str:
    """URL of a database with every migration."""
    return await create_database(postgres_url, f"cli_{process_name}")


async def rows(url: str, query: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        return [row[0] for row in await connection.fetch(query)]
    finally:
        await connection.close()


EVERY_VERSION = ", ".join(
    sorted(path.name[:4] for path in (Path(migrations.__file__).parent / "versions").glob("0*.py"))
)


def test_help_names_every_command(tablegraph: Tablegraph) -> None:
    shown = tablegraph("--help").output

    for command in (
        *("run", "migrate", "rollback", "makemigration", "showmigrations", "check", "check-documents", "schema"),
        *("create-superuser", "import", "re-encrypt-secrets", "reset-db", "settings-docs", "formula-docs"),
    ):
        assert f" {command} " in shown


def test_migrations_go_up_and_down(tablegraph: Tablegraph, empty_url: str) -> None:
    before = tablegraph("showmigrations", DATABASE_URL=empty_url)
    up = tablegraph("migrate", DATABASE_URL=empty_url)
    down = tablegraph("rollback", DATABASE_URL=empty_url)

    assert [ended.status for ended in (before, up, down)] == [0, 0, 0]
    *earlier, last = before.output.splitlines()
    assert earlier[0].startswith("pending  0001  The catalog")
    assert up.output.splitlines() == [line.replace("pending", "applied") for line in (*earlier, last)]
    assert down.output.splitlines() == [*(line.replace("pending", "applied") for line in earlier), last]


def test_unknown_version_is_told_in_a_sentence(tablegraph: Tablegraph, migrated_url: str) -> None:
    ended = tablegraph("migrate", "9999", DATABASE_URL=migrated_url)

    assert ended.status == 1
    assert ended.errors.startswith("Error: ")
    assert "9999" in ended.errors
    assert "Traceback" not in ended.errors


def test_migration_of_an_unmigrated_database_is_not_made(tablegraph: Tablegraph, empty_url: str) -> None:
    ended = tablegraph("makemigration", "nothing", DATABASE_URL=empty_url)

    assert ended.status == 1
    assert "not up to date" in ended.errors


def test_check_passes_for_a_server_that_could_start(tablegraph: Tablegraph, migrated_url: str) -> None:
    ended = tablegraph("check", DATABASE_URL=migrated_url, TABLEGRAPH_SECRET_KEY=SECRET)

    assert (ended.status, ended.output) == (0, "right  secret key, database, migrations\n")


def test_check_names_everything_that_is_wrong(tablegraph: Tablegraph, empty_url: str) -> None:
    ended = tablegraph("check", DATABASE_URL=empty_url, TABLEGRAPH_SECRET_KEY="weak")

    assert ended.status == 1
    assert ended.output.splitlines() == [
        "wrong  TABLEGRAPH_SECRET_KEY has 4 characters; it needs 32 or more.",
        f"wrong  Migrations are pending: {EVERY_VERSION}. Run `tablegraph migrate`.",
    ]


def test_check_of_a_database_that_cannot_be_reached_fails(tablegraph: Tablegraph) -> None:
    ended = tablegraph("check", DATABASE_URL=NOWHERE, TABLEGRAPH_SECRET_KEY=SECRET)

    assert ended.status == 1
    assert ended.output.startswith("wrong  The database cannot be used: ")


def test_database_of_a_newer_program_is_told_in_a_sentence(tablegraph: Tablegraph, migrated_url: str) -> None:
    asyncio.run(rows(migrated_url, "UPDATE alembic_version SET version_num = '9999' RETURNING version_num"))

    checked = tablegraph("check", DATABASE_URL=migrated_url, TABLEGRAPH_SECRET_KEY=SECRET)
    shown = tablegraph("showmigrations", DATABASE_URL=migrated_url)

    assert (checked.status, shown.status) == (1, 1)
    assert checked.output.startswith("wrong  The database has version 9999, and ")
    assert shown.errors.startswith("Error: The database has version 9999, and ")


def test_run_on_an_external_database_without_a_secret_is_refused(tablegraph: Tablegraph, empty_url: str) -> None:
    ended = tablegraph("run", "--port", "0", DATABASE_URL=empty_url, TABLEGRAPH_ENVIRONMENT="production")

    assert ended.status == 1
    assert ended.errors.startswith("Error: An external DATABASE_URL needs TABLEGRAPH_SECRET_KEY")


def test_run_on_a_port_that_is_taken_is_refused(tablegraph: Tablegraph, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = tablegraph("run", "--port", str(port), "--data-dir", str(tmp_path / "data"))

    assert ended.status == 1
    assert ended.errors == f"Error: Cannot listen on 127.0.0.1:{port}: Address already in use.\n"
    assert not (tmp_path / "data" / "postgres").exists()


def test_run_on_a_data_folder_that_is_served_is_refused(tablegraph: Tablegraph, tmp_path: Path) -> None:
    first = start(tmp_path, Tuning(connections=5, durable=False))
    try:
        ended = tablegraph("run", "--port", "0", "--data-dir", str(tmp_path))
    finally:
        first.stop()

    assert ended.status == 1
    assert ended.errors == f"Error: Another server runs on the data folder {tmp_path}; stop it first.\n"


def test_impossible_setting_is_named(tablegraph: Tablegraph) -> None:
    ended = tablegraph("showmigrations", TABLEGRAPH_PORT="70000")

    assert ended.status == 1
    assert ended.errors.startswith("Error: TABLEGRAPH_PORT: ")


async def superusers(url: str) -> list[str]:
    return await rows(url, "SELECT email FROM users WHERE is_superuser")


def test_superuser_is_made(tablegraph: Tablegraph, migrated_url: str) -> None:
    ended = tablegraph(
        *("create-superuser", "--email", "Root@Example.com"),
        DATABASE_URL=migrated_url,
        TABLEGRAPH_SECRET_KEY=SECRET,
        TABLEGRAPH_SUPERUSER_PASSWORD="a long password of mine",
    )

    assert ended.status == 0
    assert [email.lower() for email in asyncio.run(superusers(migrated_url))] == ["root@example.com"]


def test_superuser_with_a_weak_password_is_not_made(tablegraph: Tablegraph, migrated_url: str) -> None:
    ended = tablegraph(
        *("create-superuser", "--email", "root@example.com"),
        DATABASE_URL=migrated_url,
        TABLEGRAPH_SECRET_KEY=SECRET,
        TABLEGRAPH_SUPERUSER_PASSWORD="short",
    )

    assert ended.status == 1
    assert "password" in ended.errors.lower()
    assert asyncio.run(superusers(migrated_url)) == []


FILL = "INSERT INTO workspaces (id, name) VALUES (gen_random_uuid(), 'w'); CREATE SCHEMA base_1"


def test_reset_asks_first(tablegraph: Tablegraph, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(execute(migrated_url, FILL))
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    ended = tablegraph("reset-db", DATABASE_URL=migrated_url)

    assert ended.status == 1
    assert asyncio.run(rows(migrated_url, "SELECT name FROM workspaces")) == ["w"]


def test_reset_leaves_an_empty_migrated_database(tablegraph: Tablegraph, migrated_url: str) -> None:
    asyncio.run(execute(migrated_url, FILL))

    ended = tablegraph("reset-db", "--yes", DATABASE_URL=migrated_url)

    assert (ended.status, ended.output) == (0, "The database is empty.\n")
    assert asyncio.run(rows(migrated_url, "SELECT name FROM workspaces")) == []
    assert asyncio.run(rows(migrated_url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'base%'")) == []


async def execute(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


@pytest.mark.parametrize("command", ["schema", "settings-docs", "formula-docs"])
def test_generated_file_is_written_and_checked(tablegraph: Tablegraph, tmp_path: Path, command: str) -> None:
    file = tmp_path / "generated"

    missing = tablegraph(command, "--check", "--file", str(file))
    written = tablegraph(command, "--write", "--file", str(file))
    current = tablegraph(command, "--check", "--file", str(file))
    printed = tablegraph(command)
    file.write_text(file.read_text() + "more")
    outdated = tablegraph(command, "--check", "--file", str(file))

    assert [ended.status for ended in (missing, written, current, printed, outdated)] == [1, 0, 0, 0, 1]
    assert printed.output + "more" == file.read_text()
    assert f"tablegraph {command} --write" in outdated.errors


def test_version_is_told(tablegraph: Tablegraph) -> None:
    ended = tablegraph("--version")

    assert (ended.status, ended.output) == (0, f"tablegraph {metadata.version('tablegraph')}\n")


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("prot = 8080\n", "'prot' in tablegraph.toml is no setting; port is."),
        ("[zzz]\nport = 8080\n", "'zzz' in tablegraph.toml is no setting."),
        (
            '[oauth_providers.corp]\nissuer = "https://id.example.com"\nclient_id = "a"\nclient_secrt = "b"\n',
            "TABLEGRAPH_OAUTH_PROVIDERS: corp: client_secret: Field required. "
            "TABLEGRAPH_OAUTH_PROVIDERS: corp: client_secrt: Extra inputs are not permitted.",
        ),
        (
            "port 8080\n",
            "tablegraph.toml is not TOML: Expected '=' after a key in a key/value pair (at line 1, column 6).",
        ),
    ],
)
def test_mistake_in_the_settings_file_is_told_in_a_sentence(
    tablegraph: Tablegraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, told: str
) -> None:
    (tmp_path / "tablegraph.toml").write_text(file)
    monkeypatch.chdir(tmp_path)

    ended = tablegraph("check")

    assert (ended.status, ended.output, ended.errors) == (1, "", f"Error: {told}\n")


def test_misspelled_variable_is_told_and_others_are_not(tablegraph: Tablegraph, migrated_url: str) -> None:
    ended = tablegraph(
        "check",
        DATABASE_URL=migrated_url,
        TABLEGRAPH_SECRET_KEY=SECRET,
        TABLEGRAPH_SUPERUSER_PASSWORD="a long password of mine",
        TABLEGRAPH_WOKERS="4",
        TABLEGRAPH_ZZZ="1",
    )

    assert ended.status == 0
    assert ended.errors.splitlines() == [
        "Warning: TABLEGRAPH_WOKERS in the environment is no setting; TABLEGRAPH_WORKERS is.",
        "Warning: TABLEGRAPH_ZZZ in the environment is no setting.",
    ]
