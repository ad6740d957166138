"""Ten missed runs publish once: a late one leaves when another did its work after this one's time."""

import datetime as dt

import pytest

pytestmark = pytest.mark.usefixtures("prefect_api")


@pytest.fixture
def client():
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        yield client


@pytest.fixture
def deployment(client):
    """A deployment of *republish* that nothing serves."""
    import uuid

    from flows.republish import republish

    return client.create_deployment(flow_id=client.create_flow(republish), name=f"late-{uuid.uuid4()}")


def late(client, deployment, root, hours):
    """A run that should have started `hours` ago, started now; its final state."""
    from prefect.flow_engine import run_flow
    from prefect.states import Scheduled

    from flows.republish import republish

    time = dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)
    run = client.create_flow_run_from_deployment(
        deployment, parameters={"options": {"root": str(root)}}, state=Scheduled(scheduled_time=time)
    )
    return run_flow(republish, flow_run=run, parameters=run.parameters, return_type="state")


def test_the_first_late_run_works_and_the_others_leave(client, deployment, site):
    assert late(client, deployment, site, 3).name == "Completed"
    state = late(client, deployment, site, 2)
    assert state.is_completed()
    assert state.name == "Skipped"
    assert "its work is done" in state.message
    assert late(client, deployment, site, 1).name == "Skipped"


def test_a_run_on_time_always_works(client, deployment, site):
    assert late(client, deployment, site, 3).name == "Completed"
    assert late(client, deployment, site, 0).name == "Completed"


def test_a_failed_run_has_done_nobodys_work(client, deployment, site, tmp_path):
    config = (site / "pipeline.toml").read_text()
    (site / "pipeline.toml").write_text("broken")
    assert late(client, deployment, site, 3).is_failed()
    (site / "pipeline.toml").write_text(config)
    assert late(client, deployment, site, 2).name == "Completed"


def test_another_site_is_another_matter(client, deployment, site, tmp_path):
    import shutil

    shutil.copytree(site, tmp_path / "other")
    assert late(client, deployment, site, 3).name == "Completed"
    assert late(client, deployment, tmp_path / "other", 2).name == "Completed"
