"""The Dockerfile is one that a linter accepts, and what it copies is there and not ignored."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "Dockerfile").read_text()


def test_the_linter_has_nothing_to_say():
    linter = Path(sys.executable).with_name("hadolint")
    command = [linter if linter.exists() else shutil.which("hadolint"), ROOT / "Dockerfile"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_what_it_copies_is_there_and_not_ignored():
    kept = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
    copied = [name for names in re.findall(r"^COPY (?!--from)(.+) \S+$", TEXT, re.MULTILINE) for name in names.split()]
    assert set(copied) == kept
    assert all((ROOT / name).exists() for name in copied)


def test_nothing_runs_as_root():
    assert re.findall(r"^USER (\S+)$", TEXT, re.MULTILINE)[-1] != "0"


def test_what_a_worker_says_is_what_runs():
    assert "ENTRYPOINT" not in re.sub(r"^#.*$", "", TEXT, flags=re.MULTILINE)


def test_it_may_write_where_it_clones_and_keeps_its_journal():
    """A directory that WORKDIR or a volume makes would be root's."""
    users = re.findall(r"^USER (\S+)$", TEXT, re.MULTILINE)
    places = re.findall(r"^WORKDIR (\S+)$", TEXT, re.MULTILINE)
    docs = (ROOT / "docs" / "prefect.md").read_text(encoding="utf-8")
    (journal,) = set(re.findall(r"PIPELINE_TRANSLATION__JOURNAL: (\S+)", docs))
    assert f"install --directory --owner {users[-1]} {places[-1]} {journal}\n" in TEXT


def test_the_deployments_and_the_settings_are_part_of_the_package():
    for name in ("prefect.toml", "prefect.yaml"):
        assert (ROOT / "flows" / name).read_bytes() == (ROOT / name).read_bytes()
    assert 'flows = ["prefect.toml", "prefect.yaml"]' in (ROOT / "pyproject.toml").read_text()
