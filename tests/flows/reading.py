"""What a Prefect server knows, read through its own client."""

import datetime as dt

from tests.flows.processes import poll


def artifacts(key):
    """Artifacts of a key, the newest first."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
    from prefect.client.schemas.sorting import ArtifactSort

    with get_client(sync_client=True) as client:
        return client.read_artifacts(
            artifact_filter=ArtifactFilter(key=ArtifactFilterKey(any_=[key])), sort=ArtifactSort.CREATED_DESC
        )


def events(name, *, since, resource):
    """Events of a name about a resource. They arrive a little after the run that sent them has ended."""
    import httpx
    from prefect.settings import PREFECT_API_URL

    asked = {
        "filter": {
            "event": {"name": [name]},
            "resource": {"id": [resource]},
            "occurred": {
                "since": since.isoformat(),
                "until": (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)).isoformat(),
            },
        }
    }

    def arrived():
        """The event is there."""
        answer = httpx.post(f"{PREFECT_API_URL.value()}/events/filter", json=asked, timeout=30)
        answer.raise_for_status()
        return answer.json()["events"]

    return poll(arrived, 30)


def tasks(state, count, ends=""):
    """Of the run that ended so: its `count` task runs whose names have this end, and how each ended, in which words.

    The server learns of each by an event of its own, some of them after the run has ended: that those it knows are
    final does not say that there are no others.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

    run = FlowRunFilter(id=FlowRunFilterId(any_=[state.state_details.flow_run_id]))

    def ended():
        """All of them are known, and final."""
        with get_client(sync_client=True) as client:
            found = [one for one in client.read_task_runs(flow_run_filter=run) if one.name.endswith(ends)]
        return len(found) >= count and all(one.state and one.state.is_final() for one in found) and found

    return {one.name: (one.state.name, one.state.message) for one in poll(ended, 60)}
