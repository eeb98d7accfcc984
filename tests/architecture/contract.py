"""The contract check of `make check`: runs the public contract's own script and compares what it finds broken with
the list of what later work will add, so that neither a new break nor a forgotten entry passes.

Usage: python -m tests.architecture.contract CHECK_CONTRACT.py
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schema.graphql"
PENDING = ROOT / "docs" / "contract-pending.txt"


def main(script: str) -> int:
    """0 when just the pending names are broken; prints every other one."""
    done = subprocess.run([sys.executable, script, SCHEMA], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or not done.stdout:
        print(done.stderr)
        return 2
    *breaks, summary = done.stdout.splitlines()
    broken = {line.partition(": ")[0]: line for line in breaks}
    pending = pending_names()
    unexpected = [line for name, line in broken.items() if name not in pending]
    kept = [name for name in sorted(pending) if name not in broken]
    for line in unexpected:
        print(f"broken: {line}")
    for name in kept:
        print(f"kept by now, take it out of {PENDING.relative_to(ROOT)}: {name}")
    print(f"Contract: {summary}, {len(pending)} pending.")
    return 1 if unexpected or kept else 0


def pending_names() -> set[str]:
    """The names that the contract promises and later work adds; empty lines and comments do not count."""
    lines = PENDING.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
