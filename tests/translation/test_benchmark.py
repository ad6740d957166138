"""The benchmarks measure what they say; their bars are for the whole of them, which takes minutes."""

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


def test_a_small_first_translation(tmp_path):
    """benchmarks/translate.py: the phases are the whole, and an edit sends what was edited."""
    figures = tmp_path / "figures.json"
    command = [sys.executable, "benchmarks/translate.py", "--memory", "300", "--posts", "10", "--json", str(figures)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in {0, 1}, done.stderr
    result = json.loads(figures.read_text())
    first = result["first"]
    assert (first["posts"], first["problems"]) == (10, 0)
    assert sum(first["origins"].values()) == first["segments"] > 200
    assert abs(sum(first["phases"].values()) - first["ms"]) < 0.001
    assert 3 < first["parsed"]["as blocks"] < 6
    assert 0.5 < first["parsed"]["inline"] < 3
    assert result["memory"]["segments"] >= 250
    assert [row["sent"] for row in result["edits"]["rows"]] == [1, 2, 3, 5, 8] * 2
    assert "ms a segment" in done.stdout
