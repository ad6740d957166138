"""Work pools whose workers start containers: what the documentation says of them is what their types know."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import prefect
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.flows.processes import prefect_env

ROOT = Path(__file__).parent.parent.parent
PREFECT = [sys.executable, "-m", "prefect"]
TYPES = {"docker": "prefect-docker", "kubernetes": "prefect-kubernetes", "ecs": "prefect-aws"}
KNOWN = Path(prefect.__file__).parent / "server/api/collections_data/views/aggregate-worker-metadata.json"


def documented():
    """`definitions` in the documentation, and what Docker has besides."""
    text = (ROOT / "docs" / "prefect.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(definitions:\n.*?)```", text, re.DOTALL)
    (more,) = re.findall(r"Docker also has `(volumes: .*?)`", text)
    return yaml.safe_load(block)["definitions"], yaml.safe_load(more)


@pytest.mark.parametrize("kind", TYPES)
def test_the_job_variables_are_those_of_the_pool(kind):
    template = json.loads(KNOWN.read_text())[TYPES[kind]][kind]["default_base_job_configuration"]
    definitions, more = documented()
    given = definitions["work_pool"]["job_variables"] | (more if kind == "docker" else {})
    assert given.keys() <= template["variables"]["properties"].keys()
    assert [error.message for error in Draft202012Validator(template["variables"]).iter_errors(given)] == []
    job = json.dumps(template["job_configuration"])
    assert re.search(r'"(command|args)": "{{ command }}"', job), "what runs is the worker's word"
    assert "entrypoint" not in job.lower()


@pytest.mark.parametrize("kind", TYPES)
def test_the_deployments_go_to_such_a_pool_and_secrets_stay_in_their_blocks(kind, server, tmp_path):
    flows = yaml.safe_load((ROOT / "prefect.yaml").read_text())
    pool = documented()[0]["work_pool"]
    flows["definitions"]["work_pool"] = pool
    flows["pull"][0]["prefect.deployments.steps.git_clone"]["access_token"] = "{{ prefect.blocks.secret.forge }}"
    flows["deployments"] = [entry | {"work_pool": pool} for entry in flows["deployments"] if entry["name"] == "preview"]
    (tmp_path / "prefect.yaml").write_text(yaml.safe_dump(flows, sort_keys=False))
    env = prefect_env(tmp_path / "home", server.url) | {
        "PIPELINE_WORK_POOL": f"of-{kind}",
        "PIPELINE_REPOSITORY": "https://forge.example.org/site.git",
    }
    shutil.copytree(ROOT / "flows", tmp_path / "flows", symlinks=False, ignore=shutil.ignore_patterns("__pycache__"))
    git = ["git", "-C", str(tmp_path), "-c", "user.name=A", "-c", "user.email=a@example.org"]
    for command in (
        [*git, "init", "-q"],
        [*git, "commit", "-q", "--allow-empty", "-m", "content"],
        [*PREFECT, "work-pool", "create", f"of-{kind}", "--type", kind],
        [*PREFECT, "--no-prompt", "deploy", "--all"],
    ):
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    made = server.get("/deployments/name/preview/preview")
    assert (made["work_pool_name"], made["job_variables"]) == (f"of-{kind}", pool["job_variables"])
    clone = made["pull_steps"][0]["prefect.deployments.steps.git_clone"]
    assert clone["access_token"] == "{{ prefect.blocks.secret.forge }}"
