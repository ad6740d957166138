"""The flow *rollback*: bring back an earlier release, without building it."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.artifacts import show_publish
from flows.limits import publisher_slot
from flows.lineage import emit
from flows.options import RollbackOptions
from flows.progress import progress_of
from flows.steps import clear, rollback_step
from flows.summaries import rollback_summary
from pipeline.config import load
from pipeline.explain import built_files

__all__ = ["RollbackOptions", "rollback"]

DEFAULTS = RollbackOptions()


@flow(name="rollback", description=__doc__, timeout_seconds=3600)
@clear
def rollback(options: RollbackOptions = DEFAULTS) -> State[Any]:
    """Restore a release by copies within the store. Switch the schedule of *republish* off first.

    Args:
        options: Which release to bring back.
    """
    settings = load(options.root)
    with publisher_slot(settings):
        report = rollback_step(
            settings.publish,
            options.release or None,
            dry_run=options.dry_run,
            root=settings.root,
            progress=progress_of("publish"),
        )
    show_publish(settings, report, built_files(settings), dry_run=options.dry_run)
    if not options.dry_run and (report.uploaded or report.deleted):
        payload = {"release": report.release, "uploaded": report.uploaded, "deleted": report.deleted, "rollback": True}
        emit("release.published", f"release.{report.release}", payload)
    return Completed(message=rollback_summary(report, dry_run=options.dry_run), data=report)
