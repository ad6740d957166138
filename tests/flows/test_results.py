"""`[prefect] results`: the report of a run in a block of Prefect's, where another program finds it."""

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

from tests.flows.processes import prefect_env, running
from tests.flows.serving import write_deployments

ANOTHER_PROGRAM = """
import sys
from prefect.client.orchestration import get_client
with get_client(sync_client=True) as client:
    state = client.read_flow_run(sys.argv[1]).state
print(state.result().published.release)
"""


def block(server, slug, name, data):
    kind = server.get(f"/block_types/slug/{slug}")["id"]
    (schema,) = server.post("/block_schemas/filter", {"block_schemas": {"block_type_id": {"any_": [kind]}}})[:1]
    server.post(
        "/block_documents/",
        {"name": name, "data": data, "block_schema_id": schema["id"], "block_type_id": kind},
    )


def test_the_report_of_a_run_is_in_the_block(server, tmp_path):
    root, reports = tmp_path / "site", tmp_path / "reports"
    shutil.copytree(Path(__file__).parent / "site", root)
    with (root / "pipeline.toml").open("a") as config:
        config.write('\n[prefect]\nresults = "local-file-system/reports"\n')
    write_deployments(root)
    env = prefect_env(tmp_path / "home", server.url) | {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}
    began, log = dt.datetime.now(dt.UTC), tmp_path / "flows.log"
    with running([sys.executable, "-m", "flows"], env=env, cwd=root, log=log):
        publish = server.served(began)["publish"]["id"]
        assert "the server has no block `local-file-system/reports`" in log.read_text()
        block(server, "local-file-system", "reports", {"basepath": str(reports)})
        run = server.post(f"/deployments/{publish}/create_flow_run", {"parameters": {}})["id"]
        state = server.finished(run)
    assert state["type"] == "COMPLETED", state
    assert [path.name for path in reports.rglob("*") if path.is_file()] == [state["data"]["storage_key"]]
    shutil.rmtree(root)
    command = [sys.executable, "-c", ANOTHER_PROGRAM, run]
    told = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    assert told.stdout.strip() in state["message"]
    assert told.stdout.strip()
