"""The secret key: strong or refused, generated once for an embedded database."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from server.secret import SecretRefused, secret_of
from server.settings import Settings

STRONG = "kJ8-2mPq_vX0zLr4TtYw9sNbE7hGcAfD"
EXTERNAL = "postgresql://somewhere/else"


def test_strong_secret_is_taken_as_it_is() -> None:
    assert len(STRONG) == 32
    assert secret_of(Settings(secret_key=SecretStr(STRONG), database_url=EXTERNAL)) == STRONG


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        (STRONG[:31], "31 characters"),
        ("", "0 characters"),
        ("ab" * 20, "repeats"),
        ("changeme-changeme-0123456789-abcdef", "placeholder"),
        ("django-Insecure-0123456789-abcdefgh", "placeholder"),
    ],
)
def test_weak_secret_is_refused(secret: str, fault: str) -> None:
    with pytest.raises(SecretRefused, match=fault):
        secret_of(Settings(secret_key=SecretStr(secret)))


def test_external_database_needs_a_secret_from_outside(tmp_path: Path) -> None:
    with pytest.raises(SecretRefused, match="TABLEGRAPH_SECRET_KEY"):
        secret_of(Settings(database_url=EXTERNAL, data_dir=tmp_path))

    assert list(tmp_path.iterdir()) == []


def test_secret_is_generated_once_and_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    first = secret_of(settings)
    second = secret_of(settings)

    assert first == second
    assert len(first) == 64
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["secret_key"]


def test_each_folder_has_its_own_secret(tmp_path: Path) -> None:
    assert secret_of(Settings(data_dir=tmp_path / "a")) != secret_of(Settings(data_dir=tmp_path / "b"))
