"""Extensions of a server in a process of its own: it starts without those that fail, unless they are required."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.extensions import install_extensions, path_with
from tests.support.program import ROOT, SECONDS, Server, serving

pytestmark = pytest.mark.long

CALL = 'mutation { callFunction(input: {name: "greet", arguments: {name: "you"}}) { functionCall { output } } }'

QUEUE = """
mutation {
  callFunction(input: {name: "wait_for_end", arguments: {seconds: 2}, mode: QUEUED}) { functionCall { id status } }
}
"""
READ = "query ($id: ID!) { functionCall(id: $id) { status output error } }"
REGISTER = 'mutation { register(input: {email: "ada@example.com", password: "a long password"}) { accessToken } }'


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


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_server_ends_where_a_required_one_does_not_start(tmp_path: Path, workers: str) -> None:
    folder = tmp_path / "packages"
    install_extensions(folder, "greetings", "needed")

    ended = run(folder, tmp_path / "data", TABLEGRAPH_WORKERS=workers)

    assert ended.returncode == 3
    assert "The extension 'needed' is required, and failed: It did not start: ConnectionError" in ended.stderr


def test_a_disabled_one_does_no_harm(tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    install_extensions(folder, "greetings", "needed")

    with serving(tmp_path / "data", **path_with(folder), TABLEGRAPH_DISABLED_EXTENSIONS="needed") as server:
        answer = server.query(CALL)

    assert answer == {"callFunction": {"functionCall": {"output": {"text": "Hello you"}}}}


def query(server: Server, token: str, document: str, **variables: Any) -> Any:
    """`data` of an answer that must have no errors, as a user."""
    answer = server.post(document, variables, {"Authorization": f"Bearer {token}"}).json()
    assert "errors" not in answer, answer
    return answer["data"]


def wait_for(log: Path, *lines: str) -> None:
    """Wait until the extension has noted these lines, and no others."""
    deadline = time.monotonic() + SECONDS
    while (log.read_text().splitlines() if log.exists() else []) != list(lines):
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def test_a_queued_call_whose_server_is_killed_is_made_by_the_next_one(tmp_path: Path) -> None:
    folder, data, log = tmp_path / "packages", tmp_path / "data", tmp_path / "log"
    install_extensions(folder, "greetings")
    variables = {**path_with(folder), "GREETINGS_LOG": str(log), "TABLEGRAPH_JOB_TAKEOVER": "PT1S"}

    with serving(data, **variables) as server:
        token = server.query(REGISTER)["register"]["accessToken"]
        made = query(server, token, QUEUE)["callFunction"]["functionCall"]
        id = made["id"]
        wait_for(log, "started", f"begun {id}")
        server.kill()
    with serving(data, **variables) as server:
        wait_for(log, "started", f"begun {id}", "started", f"begun {id}", f"done {id}")
        deadline = time.monotonic() + SECONDS
        while (found := query(server, token, READ, id=id)["functionCall"])["status"] == "RUNNING":
            assert time.monotonic() < deadline
            time.sleep(0.05)

    assert made["status"] == "QUEUED"
    assert found == {"status": "SUCCEEDED", "output": "done", "error": None}
    wait_for(log, "started", f"begun {id}", "started", f"begun {id}", f"done {id}", "stopped")


def test_a_worker_of_its_own_makes_queued_calls(tmp_path: Path) -> None:
    folder, data, log = tmp_path / "packages", tmp_path / "data", tmp_path / "log"
    install_extensions(folder, "greetings")
    variables = {**path_with(folder), "GREETINGS_LOG": str(log)}

    with serving(data, **variables, TABLEGRAPH_RUNS_JOBS="false") as server:
        token = server.query(REGISTER)["register"]["accessToken"]
        made = query(server, token, QUEUE)["callFunction"]["functionCall"]
        command = [sys.executable, "-m", "server.cli", "worker", "--data-dir", str(data)]
        environment = {"PATH": "/usr/bin:/bin", **variables}
        with subprocess.Popen(command, cwd=ROOT, env=environment) as worker:
            wait_for(log, "started", "started", f"begun {made['id']}", f"done {made['id']}")
            worker.terminate()  # it has time to say so
            status = worker.wait(SECONDS)
        found = query(server, token, READ, id=made["id"])["functionCall"]

    assert (status, found) == (0, {"status": "SUCCEEDED", "output": "done", "error": None})
