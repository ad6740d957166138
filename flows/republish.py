"""The flow *republish*: on a schedule, publish what a date or a merge has made due."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.catchup import done_since
from flows.options import PublishOptions, RepublishOptions
from flows.publish import deliver
from flows.steps import clear
from pipeline.config import load

__all__ = ["RepublishOptions", "republish"]

DEFAULTS = RepublishOptions()


@flow(name="republish", description=__doc__, timeout_seconds=2 * 3600)
@clear
def republish(options: RepublishOptions = DEFAULTS) -> State[Any]:
    """Publish what has become due, unless a run that began after this one's time has done so.

    Args:
        options: Which site to look after.
    """
    if other := done_since():
        return Completed(name="Skipped", message=f"Late, and its work is done: {other} began after this run's time.")
    return deliver(load(options.root), PublishOptions(root=options.root), only_due=not options.force)
