"""The flow *republish*: on a schedule, publish what a date or a merge has made due."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import BaseModel, ConfigDict, Field

from flows.catchup import done_since
from flows.publish import deliver
from flows.steps import clear

__all__ = ["RepublishOptions", "republish"]


class RepublishOptions(BaseModel):
    """Which site to look after."""

    model_config = ConfigDict(extra="forbid")

    root: Path = Field(default=Path(), description="Directory of pipeline.toml, from where the flow's process runs.")


DEFAULTS = RepublishOptions()


@flow(name="republish", description=__doc__)
@clear
def republish(options: RepublishOptions = DEFAULTS) -> State[Any]:
    """Publish what has become due, unless a run that began after this one's time has done so.

    Args:
        options: Which site to look after.
    """
    if other := done_since():
        return Completed(name="Skipped", message=f"Late, and its work is done: {other} began after this run's time.")
    return deliver(options.root)
