"""Extensions of a server in a process of its own: it starts without those that fail, unless they are required."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.extensions import install_extensions, path_with
from tests.support.program import ROOT, SECONDS, serving

CALL = 'mutation { callFunction(input: {name: "greet", arguments: {name: "you"}}) { functionCall { output } } }'


def run(folder: Path, data: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """`tablegraph run` that ends by itself."""
    command = [sys.executable, "-m", "server.cli", "run", "--port", "0", "--data-dir", str(data)]
    environment = {"PATH": "/usr/bin:/bin", **path_with(folder), **variables}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )


def test_a_server_starts_without_those_that_fail(tmp_path: Path) -> None:
    folder, log = tmp_path / "packages", tmp_path / "log"
    install_extensions(folder, "greetings", "broken-import", "broken-start")

    with serving(tmp_path / "data", **path_with(folder), GREETINGS_LOG=str(log)) as server:
        answer = server.query(CALL)
        said = "".join(server.lines)
        status = server.interrupt()

    assert answer == {"callFunction": {"functionCall": {"output": {"text": "Hello you"}}}}
    assert "the extension broken-import failed, and is left out: It cannot be loaded: RuntimeError" in said
    assert "the extension broken-start failed, and is left out: It did not start: ConnectionError" in said
    assert status == 0
    assert log.read_text().splitlines() == ["started", "stopped"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("broken-import", "The extension 'broken-import' is required, and failed: It cannot be loaded"),
        ("absent", "The extension 'absent' is required, and not installed"),
    ],
)
def test_a_server_says_which_required_one_it_cannot_load(tmp_path: Path, name: str, said: str) -> None:
    folder, data = tmp_path / "packages", tmp_path / "data"
    install_extensions(folder, "greetings", "broken-import")

    ended = run(folder, data, TABLEGRAPH_REQUIRED_EXTENSIONS=name)

    assert ended.returncode == 1
    assert said in " ".join(ended.stderr.split())
    assert not (data / "postgres").exists()


def test_a_server_ends_where_a_required_one_does_not_start(tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    install_extensions(folder, "greetings", "needed")

    ended = run(folder, tmp_path / "data")

    assert ended.returncode != 0
    assert "The extension 'needed' is required, and failed: It did not start: ConnectionError" in ended.stderr


def test_a_disabled_one_does_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    install_extensions(folder, "greetings", "needed")

    with serving(tmp_path / "data", **path_with(folder), TABLEGRAPH_DISABLED_EXTENSIONS="needed") as server:
        answer = server.query(CALL)

    assert answer == {"callFunction": {"functionCall": {"output": {"text": "Hello you"}}}}
