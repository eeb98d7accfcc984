"""Registered documents and the command line: `check-documents`, and a `run` that lacks them."""

from pathlib import Path

import orjson

from tests.support.program import Tablegraph


def written(path: Path, documents: dict[str, str]) -> str:
    path.write_bytes(orjson.dumps(documents))
    return str(path)


def test_documents_are_checked_against_the_schema(tablegraph: Tablegraph, tmp_path: Path) -> None:
    right = tablegraph(
        "check-documents", written(tmp_path / "right.json", {"1": "{ me { id } }", "2": "{ fieldTypes { type } }"})
    )
    wrong = tablegraph("check-documents", written(tmp_path / "wrong.json", {"1": "{ me { id } }", "2": "{ nothing }"}))

    assert (right.status, right.output) == (0, "right  2 documents\n")
    assert (wrong.status, wrong.output) == (1, "wrong  2: Cannot query field 'nothing' on type 'Query'.\n")


def test_a_server_does_not_start_without_the_documents_it_should_run(tablegraph: Tablegraph, tmp_path: Path) -> None:
    ended = tablegraph("run", "--data-dir", str(tmp_path / "data"), TABLEGRAPH_DOCUMENTS_PATH=str(tmp_path / "none"))

    assert (ended.status, ended.errors) == (
        1,
        f"Error: {tmp_path / 'none'} cannot be read: No such file or directory.\n",
    )
    assert not (tmp_path / "data" / "postgres").exists()
