"""The flow *publish*: build the site from what is approved, and upload what changed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import BaseModel, ConfigDict, Field

from flows.artifacts import show_publish
from flows.steps import build_step, clear, publish_step
from flows.summaries import publish_summary
from pipeline.config import load
from pipeline.publishing import PublishReport
from pipeline.site import BuildReport

__all__ = ["Delivered", "PublishOptions", "deliver", "publish"]


class PublishOptions(BaseModel):
    """What to publish."""

    model_config = ConfigDict(extra="forbid")

    root: Path = Field(default=Path(), description="Directory of pipeline.toml, from where the flow's process runs.")
    dry_run: bool = Field(default=False, description="Build and plan; upload and delete nothing.")
    allow_deletions: bool = Field(default=False, description="Let more than half of the published pages go.")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was rendered, and what was sent."""

    built: BuildReport
    published: PublishReport


DEFAULTS = PublishOptions()


@flow(name="publish", description=__doc__)
@clear
def publish(options: PublishOptions = DEFAULTS) -> State[Any]:
    """Build the site and upload what changed.

    Args:
        options: What to publish.
    """
    return deliver(options.root, dry_run=options.dry_run, allow_deletions=options.allow_deletions)


def deliver(root: Path, *, dry_run: bool = False, allow_deletions: bool = False) -> State[Any]:
    """Build and publish inside a flow's run; its final state holds a Delivered and one line that sums it up."""
    settings = load(root)
    built = build_step(settings)
    published = publish_step(
        settings.public, settings.publish, dry_run=dry_run, allow_deletions=allow_deletions, root=settings.root
    )
    show_publish(settings, published, dry_run=dry_run)
    return Completed(message=publish_summary(built, published, dry_run=dry_run), data=Delivered(built, published))
