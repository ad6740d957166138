"""benchmarks/engines.py measures what it says; its bars are for the whole of it, which takes two minutes."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_small_run(tmp_path):
    figures = tmp_path / "figures.json"
    command = [sys.executable, "benchmarks/engines.py", "--segments", "50", "--latency", "0.01", "--json", str(figures)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    result = json.loads(figures.read_text())
    ours, threads, theirs = result["rows"]
    assert [row["requests"] for row in result["rows"]] == [-(-result["characters"] // 4999), 50, 50]
    assert [row["wrong"] for row in result["rows"]] == [0, 0, 0]
    assert theirs["seconds"] >= 50 * 0.01
    assert theirs["ratio"] == 1
    assert ours["connections"] < threads["connections"] == theirs["connections"] == 50
    assert result["bars"]["no wrong answer"]
    assert (done.returncode == 0) == all(result["bars"].values())
    assert "translate_batch" in done.stdout
