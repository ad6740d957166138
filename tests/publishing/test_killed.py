"""`kill -9` at fifty random moments: a reader always finds a whole site, and running again finishes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.config import PublishSettings

ROUNDS = 50


@pytest.mark.parametrize("kind", ["s3", "directory"])
def test_killed_at_fifty_random_moments(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    changes = {"concurrency": 3, "grace_hours": 0.0}
    if kind == "s3":
        settings = request.getfixturevalue("settings").model_copy(update=changes)
    else:
        settings = PublishSettings(target=str(tmp_path / "www")).model_copy(update=changes)
    done = subprocess.run(
        [sys.executable, "-m", "tests.publishing.killed", settings.model_dump_json(), str(tmp_path), str(ROUNDS), "7"],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout)["killed"] > ROUNDS / 2
