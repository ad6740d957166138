"""A real process worker that clones the content: it publishes, and it may be killed."""

import copy
import datetime as dt
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.engines.servers import LibreTranslateServer
from tests.flows.processes import poll, prefect_env, running
from tests.flows.serving import Gate, pid_of_run, served_site

ROOT = Path(__file__).parent.parent.parent
PREFECT = [sys.executable, "-m", "prefect"]
WITHIN = 40  # seconds without a heartbeat, which comes every 30


@pytest.fixture(scope="module")
def gate():
    return Gate()


@pytest.fixture(scope="module")
def engine(gate):
    with LibreTranslateServer(gate) as server:
        yield server
        gate.reopen()


def commit(root, days=0):
    """Everything, so many days ago."""
    env = {**os.environ, "GIT_COMMITTER_DATE": (dt.datetime.now(dt.UTC) - dt.timedelta(days)).isoformat()}
    who = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    for arguments in (["add", "."], [*who, "commit", "-q", "-m", "content"]):
        subprocess.run(["git", *arguments], cwd=root, check=True, env=env)


@pytest.fixture(scope="module")
def content(tmp_path_factory, engine):
    """A repository of a small site, with our prefect.yaml and an engine."""
    with served_site(tmp_path_factory.mktemp("worker") / "site", engine) as root:
        subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, check=True)
        commit(root, days=9)
        (root / "README.md").write_text("What is here.\n")
        commit(root)
        yield root


@pytest.fixture(scope="module")
def env(server, content):
    return prefect_env(content.parent / "home", server.url) | {
        "PIPELINE_WORK_POOL": "here",
        "PIPELINE_REPOSITORY": content.as_uri(),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    }


@contextmanager
def working(env, content):
    """A worker, started where no site is."""
    away = content.parent / "away"
    away.mkdir(exist_ok=True)
    start = [*PREFECT, "worker", "start", "--pool", "here", "--type", "process"]
    with running(start, env=env, cwd=away, log=content.parent / "worker.log", stop=signal.SIGTERM) as process:
        yield process


@pytest.fixture(scope="module")
def deployed(server, content, env):
    """The deployments by name, as `prefect deploy --all` makes them."""
    pool = [*PREFECT, "work-pool", "create", "here", "--type", "process"]
    for command in (pool, [*PREFECT, "--no-prompt", "deploy", "--all"]):
        done = subprocess.run(command, env=env, cwd=content, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    return {entry["name"]: entry for entry in server.post("/deployments/filter", {}) if entry["work_pool_name"]}


def start(server, deployment, **options):
    path = f"/deployments/{deployment['id']}/create_flow_run"
    return server.post(path, {"parameters": {"options": options}})["id"]


def test_a_worker_clones_the_content_and_publishes_it(server, content, env, deployed, tmp_path):
    head = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=content, capture_output=True, text=True)
    assert deployed["publish"]["version"] == head.stdout.strip()
    with working(env, content):
        state = server.finished(start(server, deployed["publish"], target=str(tmp_path / "out")))
    assert state["type"] == "COMPLETED", (state, (content.parent / "worker.log").read_text())
    assert (tmp_path / "out" / "zh" / "about" / "index.html").is_file()
    assert not (content / "public").exists(), "the work was done in a clone"


def test_a_republish_in_the_next_clone_builds_nothing(server, content, env, deployed, tmp_path):
    def steps(run):
        found = server.post("/task_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})
        return {step["name"].rpartition("-")[0] for step in found}

    with working(env | {"PIPELINE_PUBLISH__TARGET": str(tmp_path / "out")}, content):
        runs = [start(server, deployed["republish"])]
        assert "Due, because no release is published." in server.finished(runs[0])["message"]
        runs.append(start(server, deployed["republish"]))
        assert server.finished(runs[1])["message"].endswith(" objects are published as they are.")
        # A step is known by an event of its own, a little after the run has ended: its worker must not end before.
        assert poll(lambda: "build" in steps(runs[0]), 60)
        poll(lambda: "current" in steps(runs[1]), 60)
        assert steps(runs[1]) == {"current"}


def test_a_clone_has_the_whole_history(server, content, env, deployed):
    with working(env, content):
        run = start(server, deployed["sync"], stage="detect")
        assert server.finished(run)["type"] == "COMPLETED"
    (artifact,) = server.post("/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run]}}})
    assert {row["post"]: row["age in days"] for row in json.loads(artifact["data"])} == {"about": "", "posts/first": 9}


def test_no_person_is_waited_for_in_a_clone(server, content, env, deployed, engine):
    asked = len(engine.texts)
    with working(env, content):
        state = server.finished(start(server, deployed["sync"], wait_for_person=True))
    assert state["type"] == "FAILED"
    assert "it goes with its run, and the drafts with it. Let the run propose them" in state["message"]
    assert len(engine.texts) == asked


@pytest.fixture
def secret_title(server):
    """A block with the title of the site, which the pool's job template names."""
    kind = server.get("/block_types/slug/secret")["id"]
    (schema,) = server.post("/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind]}}})[:1]
    block = {"name": "title", "data": {"value": "Kept in a block"}, "block_schema_id": schema["id"]}
    server.post("/block_documents/", block | {"block_type_id": kind})
    template = server.get("/work_pools/here")["base_job_template"]
    changed = copy.deepcopy(template)
    changed["variables"]["properties"]["env"]["default"] = {"PIPELINE_SITE__TITLE": "{{ prefect.blocks.secret.title }}"}
    for one in (changed, template):
        server.patch("/work_pools/here", {"base_job_template": one})
        if one is changed:
            yield


def test_a_secret_of_the_pool_reaches_the_run_and_stands_nowhere(
    server, content, env, deployed, secret_title, tmp_path
):
    with working(env, content):
        run = start(server, deployed["publish"], target=str(tmp_path / "out"))
        assert server.finished(run)["type"] == "COMPLETED"
        logged = server.logs(run)  # a worker that ends ends the runs whose last words are not sent
    assert "Kept in a block" in (tmp_path / "out" / "index.html").read_text()
    told = [server.get(f"/flow_runs/{run}"), server.get(f"/deployments/{deployed['publish']['id']}")]
    assert "Kept in a block" not in json.dumps([*told, *logged])


def shut_in_the_middle(server, gate, deployment, answers=1):
    """A run of sync that waits for its engine, which gave so many answers."""
    gate.shut_after(answers)
    run = start(server, deployment)
    poll(lambda: not gate.open.is_set())
    return run


def test_a_run_ends_as_crashed_when_its_worker_is_killed(server, content, env, deployed, gate):
    with working(env, content) as worker:
        run = shut_in_the_middle(server, gate, deployed["sync"])
        worker.kill()
        worker.wait()
        gate.reopen()
        assert server.finished(run)["type"] == "CRASHED"


@contextmanager
def watched(server):
    """The shipped automation for runs without a heartbeat, less patient: a slow run could be late for it, too."""
    (_, shipped) = yaml.safe_load((ROOT / "infra" / "automations.yaml").read_text())["automations"]
    shipped["trigger"]["within"] = WITHIN
    made = server.post("/automations/", shipped)
    try:
        yield shipped
    finally:
        server.delete(f"/automations/{made['id']}")


def test_a_run_without_a_heartbeat_crashes_and_the_next_has_its_turn(server, content, env, deployed, gate):
    with watched(server) as automation:
        with working(env, content) as worker:
            run = shut_in_the_middle(server, gate, deployed["sync"])
            os.kill(pid_of_run(run), signal.SIGSTOP)  # it does not notice that its worker is gone
            os.killpg(worker.pid, signal.SIGKILL)
            os.kill(pid_of_run(run), signal.SIGKILL)
            worker.wait()
        gate.reopen()
        state = server.finished(run, 180)
        # Nobody else has said that it is not running any more.
        assert (state["type"], state["message"]) == ("CRASHED", automation["actions"][0]["message"])
    with working(env, content):
        assert server.finished(start(server, deployed["sync"]), 180)["type"] == "COMPLETED"


def test_what_a_killed_run_was_told_is_not_asked_again_in_another_clone(server, content, env, deployed, gate, engine):
    texts = [f"Paragraph {number} is a request of its own." for number in range(6)]
    (content / "content/en/posts/long.md").write_text("\n\n".join(["---\ntitle: A long post\n---", *texts]))
    commit(content)
    asked_before = len(engine.texts)
    kept = {"PIPELINE_TRANSLATION__JOURNAL": str(content.parent / "journal")}
    with working(env | kept, content):
        run = shut_in_the_middle(server, gate, deployed["sync"], answers=4)
        under_way = engine.texts[asked_before:][4:]
        os.kill(pid_of_run(run), signal.SIGKILL)
        assert server.finished(run)["type"] == "CRASHED"
        gate.reopen()
        assert server.finished(start(server, deployed["sync"]), 180)["type"] == "COMPLETED"
    assert len(under_way) == 1
    asked = Counter(engine.texts[asked_before:])
    assert {text for text, times in asked.items() if times > 1} == set(under_way)
    assert set(texts) <= asked.keys()
