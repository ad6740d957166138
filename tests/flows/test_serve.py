"""`python -m flows` against a real server: the names, the schedules, and runs that end well."""

import datetime as dt
import shutil
import signal
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from prefect.serializers import PickleSerializer

from tests.flows.processes import free_port, poll, prefect_env, running
from tests.flows.serving import write_deployments

ROOT = Path(__file__).parent.parent.parent
NAMES = ["adopt", "preview", "publish", "republish", "rollback", "sync"]


@pytest.fixture(scope="module")
def served(server, tmp_path_factory):
    """The deployments by name, while a process serves them from a scratch site."""
    root = tmp_path_factory.mktemp("served") / "site"
    shutil.copytree(Path(__file__).parent / "site", root)
    shutil.copy(ROOT / "prefect.toml", root)
    write_deployments(root)
    with (root / "pipeline.toml").open("a") as config:
        config.write('\n[prefect]\nresults = "./results"\n')
    env = prefect_env(root.parent / "home", server.url) | {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    began = dt.datetime.now(dt.UTC)
    with running([sys.executable, "-m", "flows"], env=env, cwd=root, log=root.parent / "flows.log"):
        yield server.served(began), root


def test_the_deployments_have_their_names_tags_and_schedules(served):
    deployments, _root = served
    assert sorted(deployments) == NAMES
    for entry in deployments.values():
        assert entry["description"]
        assert "site" in entry["tags"]
        assert not entry["paused"]
        assert entry["global_concurrency_limit"]["limit"] == 1
        assert entry["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    (schedule,) = deployments["republish"]["schedules"]
    assert schedule["active"]
    assert schedule["schedule"]["timezone"] == "Europe/Berlin"


def test_a_schedule_really_produces_runs(served, server):
    # The server starts, and its pages work, with libraries that make its scheduler create nothing: only runs prove it.
    deployments, _root = served

    def scheduled():
        """An active schedule made runs."""
        return server.runs(deployments["republish"]["id"], state={"type": {"any_": ["SCHEDULED"]}})

    runs = poll(scheduled)
    assert all(run["auto_scheduled"] for run in runs)
    (schedule,) = deployments["republish"]["schedules"]
    minute, hour, *_ = schedule["schedule"]["cron"].split()
    times = [
        dt.datetime.fromisoformat(run["expected_start_time"]).astimezone(ZoneInfo("Europe/Berlin")) for run in runs
    ]
    assert {(time.minute, time.hour) for time in times} == {(int(minute), int(hour))}
    assert not server.runs(deployments["sync"]["id"]), "an inactive schedule makes no runs"


def test_a_run_asked_for_by_its_form_publishes(served, server):
    deployments, root = served
    parameters = {"options": {"root": str(root), "dry_run": False}}
    run = server.post(f"/deployments/{deployments['publish']['id']}/create_flow_run", {"parameters": parameters})
    state = server.finished(run["id"])
    assert state["type"] == "COMPLETED", state
    assert "uploaded" in state["message"]
    assert (root / "published" / "index.html").is_file()
    delivered = PickleSerializer().loads((root / "results" / state["data"]["storage_key"]).read_bytes())
    assert delivered.published.uploaded > 0
    assert delivered.published.release in state["message"]


def test_missed_runs_are_caught_up_once(served, server):
    deployments, root = served
    now = dt.datetime.now(dt.UTC)
    runs = [
        server.post(
            f"/deployments/{deployments['republish']['id']}/create_flow_run",
            {
                "parameters": {"options": {"root": str(root)}},
                "state": {
                    "type": "SCHEDULED",
                    "state_details": {"scheduled_time": (now - dt.timedelta(hours=hours)).isoformat()},
                },
            },
        )
        for hours in (4, 3, 2, 1)
    ]
    states = [server.finished(run["id"]) for run in runs]
    assert [state["name"] for state in states].count("Completed") == 1, states
    assert {state["name"] for state in states} <= {"Completed", "Cancelled", "Skipped"}


def test_a_parameter_out_of_bounds_is_refused_before_the_run(served, server):
    deployments, _root = served
    with pytest.raises(Exception, match="409"):
        server.post(
            f"/deployments/{deployments['sync']['id']}/create_flow_run",
            {"parameters": {"options": {"locale": "not a locale"}}},
        )


def test_a_run_that_fails_says_why(served, server, tmp_path):
    deployments, _root = served
    run = server.post(
        f"/deployments/{deployments['sync']['id']}/create_flow_run",
        {"parameters": {"options": {"root": str(tmp_path)}}},
    )
    state = server.finished(run["id"])
    assert state["type"] == "FAILED"
    assert f"there is no pipeline.toml in {tmp_path}" in state["message"]
    traces = [entry["message"] for entry in server.logs(run["id"]) if "Traceback" in entry["message"]]
    assert not [trace for trace in traces if "pipeline" in trace], "nobody needs one for what they can mend"


def test_no_server_is_one_message_and_quick(tmp_path):
    api = f"http://127.0.0.1:{free_port()}/api"
    shutil.copy(ROOT / "prefect.yaml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "flows"],
        env=prefect_env(tmp_path / "home", api),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,  # seconds, for a start and no waiting
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: no Prefect server answers at {api}.")
    assert "prefect server start" in done.stderr
    assert "Traceback" not in done.stderr


def test_serving_ends_on_a_signal_and_leaves_its_deployments_active(server, tmp_path):
    write_deployments(tmp_path)
    log = tmp_path / "flows.log"
    env = prefect_env(tmp_path / "home", server.url)

    def triggers():
        """Ids by name. A start makes them anew; half-way one of them is missing, and its event would start nothing."""
        return {entry["name"]: entry["id"] for entry in server.post("/automations/filter", {})}

    before = triggers()
    with running([sys.executable, "-m", "flows"], env=env, cwd=tmp_path, log=log) as process:
        poll(lambda: "republish" in log.read_text() or process.poll() is not None)
        poll(lambda: (now := triggers()).keys() >= before.keys() and before.items().isdisjoint(now.items()))
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert not [entry["name"] for entry in server.post("/deployments/filter", {}) if entry["paused"]]


def test_an_event_of_a_push_starts_sync(served, server):
    deployments, _root = served
    before = {run["id"] for run in server.runs(deployments["sync"]["id"])}
    event = {
        "id": str(uuid.uuid4()),
        "event": "content.pushed",
        "occurred": dt.datetime.now(dt.UTC).isoformat(),
        "resource": {"prefect.resource.id": "content.repository"},
        "payload": {},
    }

    def started():
        """A run of sync, which the automation of its trigger made."""
        return [run for run in server.runs(deployments["sync"]["id"]) if run["id"] not in before]

    server.post("/events", [event])
    (run,) = poll(started)
    assert server.finished(run["id"])["type"] == "COMPLETED"


def test_a_failure_is_told_as_the_shipped_automation_says(served, server, tmp_path):
    deployments, _root = served
    heard = []

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Ear) as ear:
        threading.Thread(target=ear.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        known = server.get("/block_types/slug/webhook/block_documents")
        assert known == []
        kind = server.get("/block_types/slug/webhook")
        (schema,) = server.post("/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind["id"]]}}})[
            :1
        ]
        url = f"http://127.0.0.1:{ear.server_port}/"
        data = {"method": "POST", "url": url, "allow_private_urls": True}
        block = {"name": "ear", "data": data, "block_schema_id": schema["id"], "block_type_id": kind["id"]}
        made = server.post("/block_documents/", block)
        automations = yaml.safe_load((ROOT / "infra" / "automations.yaml").read_text())["automations"]
        automations[0]["actions"][0]["block_document_id"] = made["id"]
        told = [server.post("/automations/", automation)["id"] for automation in automations]
        options = {"options": {"root": str(tmp_path)}}
        server.post(f"/deployments/{deployments['publish']['id']}/create_flow_run", {"parameters": options})
        said = poll(lambda: [one for one in heard if str(tmp_path) in one])  # others may fail, too
        for automation in told:
            server.delete(f"/automations/{automation}")
        ear.shutdown()
    assert "publish" in said[0]
    assert f"there is no pipeline.toml in {tmp_path}" in said[0]
