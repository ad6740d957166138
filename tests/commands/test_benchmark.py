"""benchmarks/status.py and start.py measure what they say; their bars are for larger sites and a quiet machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ("status.py", {"the first look", "pipeline status", "git status"}),
        ("start.py", {"pipeline --help", "pipeline status, a post edited", "python -c pass"}),
    ],
)
def test_it_measures(tmp_path, script, names):
    figures = tmp_path / "figures.json"
    sizes = ["--posts", "20", "--repeat", "1", "--bar", "1000", "--json", str(figures)]
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / script, *sizes], capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(figures.read_text())
    cpu = found.get("cpu") or {row["name"]: row["cpu"] for row in found["rows"]}
    assert names <= cpu.keys()
    assert all(seconds >= 0 for seconds in cpu.values())
