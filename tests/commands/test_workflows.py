"""The workflows that `pipeline init --github` makes: what they may do, what they run, and what actionlint says."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from pipeline.workflows import workflows
from tests.commands.test_docs import parse
from tests.needed import lacking, program
from tests.standards.tools import MODULES

FILES = workflows("main", "en")
_SCRIPT = """
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
const [module, ...files] = process.argv.slice(2);
const { createLinter } = await import(pathToFileURL(module));
const lint = await createLinter();
for (const file of files) {
  for (const fault of lint(readFileSync(file, "utf8"), file)) console.log(`${file}:${fault.line}: ${fault.message}`);
}
process.exit(0);
"""


def jobs():
    for path, text in FILES.items():
        for name, job in yaml.safe_load(text)["jobs"].items():
            yield pytest.param(job, id=f"{Path(path).stem}-{name}")


def test_init_makes_them_once(empty):
    assert ".github/workflows/translate.yml" in empty.ok("init", "--github").out
    empty.write(".github/workflows/check.yml", "mine")
    assert empty.ok("init", "--github").out == "Nothing to do: everything is there.\n"
    assert empty.read(".github/workflows/check.yml") == "mine"


def test_they_are_for_the_branch_that_is_checked_out(empty):
    subprocess.run(["git", "init", "--quiet", "-b", "trunk/x"], check=True, timeout=60)
    empty.ok("init", "--github")
    published = yaml.safe_load(empty.read(".github/workflows/publish.yml"))
    assert published[True]["push"]["branches"] == ["trunk/x"]  # YAML 1.1 reads `on` as true


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_nothing_is_allowed_but_what_a_job_needs(text):
    assert yaml.safe_load(text)["permissions"] == {}


@pytest.mark.parametrize("job", list(jobs()))
def test_each_job_is_limited_pinned_and_safe(job):
    assert job["timeout-minutes"] <= 60
    assert set(job["permissions"]) <= {"contents", "pull-requests", "id-token"}
    for step in job["steps"]:
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"]), step
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False
        assert "${{" not in step.get("run", ""), "what others write is never a part of a script"


@pytest.mark.parametrize("job", list(jobs()))
def test_what_they_run_are_commands(job):
    for step in job["steps"]:
        for line in step.get("run", "").splitlines():
            if line.startswith("pipeline "):
                parse(line.split("||")[0].split(" #")[0].strip())


def test_only_pull_requests_with_no_rights_run_what_others_wrote():
    for text in FILES.values():
        triggers = yaml.safe_load(text)[True]
        assert "pull_request_target" not in triggers
        if "pull_request" in triggers:
            (job,) = yaml.safe_load(text)["jobs"].values()
            ours = "github.event.pull_request.head.repo.full_name == github.repository" in job.get("if", "")
            assert job["permissions"] == ({"contents": "read", "id-token": "write"} if ours else {"contents": "read"})
            assert "secrets." not in text


def test_actionlint_finds_nothing(tmp_path):
    linter = MODULES / "actionlint" / "node.mjs"
    if not linter.exists():
        lacking("actionlint is not installed; `make test` does it")
    script = tmp_path / "lint.mjs"
    script.write_text(_SCRIPT)
    files = []
    for path, text in {
        **FILES,
        "broken.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: 'x', uses: y}]\n",
    }.items():
        files.append(tmp_path / Path(path).name)
        files[-1].write_text(text)
    node = [program("node"), script, linter, *files]
    done = subprocess.run(node, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert [line for line in said if "broken.yml" in line], "it finds what is wrong"
    known = 'undefined variable "vars"'  # which GitHub has had since this version
    assert [line for line in said if "broken.yml" not in line and known not in line] == []
