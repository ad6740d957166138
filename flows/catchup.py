"""Missed runs are caught up once: Prefect starts every run it missed while it was down."""

from __future__ import annotations

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.context import FlowRunContext

__all__ = ["done_since"]


def done_since() -> str | None:
    """Name of another run of the same deployment and parameters that began after this run's time and did its work.

    All that was due at this run's time was due when that one began. A run that left early has another state's name
    (Skipped), and one that failed has another too: neither counts.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or run.deployment_id is None or run.expected_start_time is None:
        return None
    same = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[run.deployment_id]),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=["Completed"])),
        start_time=FlowRunFilterStartTime(after_=run.expected_start_time),
    )
    with get_client(sync_client=True) as client:
        others = client.read_flow_runs(flow_run_filter=same, limit=20)
    return next((other.name for other in others if other.parameters == run.parameters), None)
