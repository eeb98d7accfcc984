"""Settings: where they come from, which wins, what is refused."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from server.settings import Settings


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "TABLEGRAPH_PORT", "TABLEGRAPH_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_defaults_serve_this_machine_from_an_embedded_database() -> None:
    settings = Settings()

    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert settings.is_embedded
    assert settings.data_dir == Path(".data")
    assert settings.registration_open


def test_defaults_hold_what_clients_send_within_bounds() -> None:
    settings = Settings()

    sizes = settings.max_body_bytes, settings.max_message_bytes, settings.max_header_bytes, settings.max_headers
    assert sizes == (1 << 20, 1 << 20, 64 << 10, 100)
    assert (settings.max_document_tokens, settings.max_query_depth, settings.max_query_aliases) == (2_000, 15, 30)
    assert (settings.max_query_directives, settings.max_root_fields) == (50, 20)
    assert settings.max_operations_per_socket == 100
    assert settings.request_timeout == settings.slow_client_timeout == timedelta(seconds=30)
    assert settings.execution_timeout == settings.socket_init_timeout == timedelta(seconds=10)
    assert (settings.statement_timeout_ms, settings.shutdown_seconds) == (10_000, 10)
    assert (settings.cors_origins, settings.allowed_origins, settings.graphiql, settings.introspection) == (
        "",
        "",
        None,
        None,
    )
    assert settings.environment == "development"


def test_flag_wins_over_environment_and_that_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tablegraph.toml").write_text("port = 1\nhost = 'file'\nworkers = 3\n")
    monkeypatch.setenv("TABLEGRAPH_PORT", "2")
    monkeypatch.setenv("TABLEGRAPH_HOST", "environment")

    settings = Settings(port=4)

    assert (settings.port, settings.host, settings.workers) == (4, "environment", 3)


def test_database_url_has_no_prefix(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tablegraph.toml").write_text("database_url = 'postgresql://file'\n")
    from_file = Settings()
    monkeypatch.setenv("DATABASE_URL", "postgresql://environment")

    assert from_file.database_url == "postgresql://file"
    assert Settings().database_url == "postgresql://environment"
    assert not Settings().is_embedded


def test_limits_follow_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLEGRAPH_MAX_BATCH_RECORDS", "7")
    monkeypatch.setenv("TABLEGRAPH_IDEMPOTENCY_RETENTION", "PT2H")

    limits = Settings().limits

    assert limits.max_batch_records == 7
    assert limits.idempotency_retention == timedelta(hours=2)


@pytest.mark.parametrize(
    "text",
    [
        "prot = 1",
        "port = 65536",
        "port = -1",
        "workers = 0",
        "pool_size = 0",
        "log_level = 'loud'",
        "change_retention = 'PT59M'",
    ],
)
def test_unknown_and_impossible_settings_are_refused(folder: Path, text: str) -> None:
    (folder / "tablegraph.toml").write_text(text)

    with pytest.raises(ValidationError, match=text.split(maxsplit=1)[0]):
        Settings()


@pytest.mark.parametrize("text", ["slow_operation_time = 'PT-1S'", "max_slow_operations_per_minute = 0"])
def test_impossible_observation_is_refused(folder: Path, text: str) -> None:
    (folder / "tablegraph.toml").write_text(text)

    with pytest.raises(ValidationError, match=text.split(maxsplit=1)[0]):
        Settings()


@pytest.mark.parametrize("url", ["redis://h", "rediss://:p@h:1/2", "valkey://h", "valkeys://h"])
def test_bus_goes_over_redis_and_valkey(url: str) -> None:
    assert Settings(bus_url=url).bus_url == url


@pytest.mark.parametrize("url", ["amqp://u:swordfish@h", "h:6379", "redis://h:port"])
def test_bus_over_anything_else_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(bus_url=url)

    [fault] = refused.value.errors()
    assert (fault["type"], fault["loc"]) == ("bus_url", ("bus_url",))
    assert fault["msg"].startswith("the URL of the bus ")
    assert "swordfish" not in fault["msg"]


def test_secret_is_not_shown() -> None:
    assert "swordfish" not in repr(Settings(secret_key="swordfish"))


def test_what_is_brought_back_from_the_log_is_as_old_as_the_log_at_most() -> None:
    limits = Settings(change_retention=timedelta(hours=2), trash_retention=timedelta(days=3)).limits

    assert (limits.trash_retention, limits.undo_window) == (timedelta(hours=2), timedelta(hours=1))
    assert Settings().limits.trash_retention == timedelta(days=7)
