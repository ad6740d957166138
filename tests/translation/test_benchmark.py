"""benchmarks/memory.py measures what it says; its bars are for the whole of it, which takes minutes."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_small_run(tmp_path):
    figures = tmp_path / "figures.json"
    command = [sys.executable, "benchmarks/memory.py", "--memory", "300", "--segments", "50", "--json", str(figures)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in {0, 1}, done.stderr
    result = json.loads(figures.read_text())
    first, later, gone = result["runs"].values()
    assert first["segments"] == later["segments"] == gone["segments"] == 50
    assert first["memory"] == later["memory"] == gone["memory"] >= 17
    assert first["machine"] == later["machine"] == 50 - first["memory"]
    assert gone["fuzzy"] > 0 == gone["machine"]
    assert result["lookups"]["found"] >= 90
    assert (done.returncode == 0) == all(result["bars"].values())
    assert "ms each" in done.stdout
