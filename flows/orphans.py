"""Runs that a dead process left as Running: Prefect never notices, so whoever starts next says so."""

from __future__ import annotations

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import State, StateType
from prefect.states import Crashed

__all__ = ["crash_orphans"]

_ALIVE = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


def crash_orphans() -> list[str]:
    """Set every run that is said to be alive to Crashed, and return their names.

    Only for a server that nothing else runs flows for: right after its start, nothing can be running.
    """
    alive = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_ALIVE)))
    names = []
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=alive, limit=200):
            state: State[None] = Crashed(message="The process that ran this is gone.")
            client.set_flow_run_state(run.id, state, force=True)
            names.append(run.name)
    return names
