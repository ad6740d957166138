"""The flow *adopt*: take over a bilingual Hugo site, every translation with the English that it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.markup import plain
from flows.options import AdoptOptions
from flows.progress import progress_of
from flows.steps import adopt_step, clear
from flows.summaries import adoption_summary
from pipeline.adoption.telling import told
from pipeline.site.shortcodes import KNOWN

__all__ = ["AdoptOptions", "adopt"]


@flow(name="adopt", description=__doc__, timeout_seconds=3600)
@clear
def adopt(options: AdoptOptions) -> State[Any]:
    """Write a Hugo site as a site of this pipeline; the old one is only read.

    Args:
        options: Which Hugo site to take over.
    """
    report = adopt_step(
        Path(options.old),
        options.root,
        source=options.source or None,
        targets=options.targets,
        shortcodes=KNOWN,
        dry_run=options.dry_run,
        progress=progress_of("adopt"),
    )
    lines = [f"    {line}" for line in told(report, dry_run=options.dry_run)]
    create_markdown_artifact("\n".join(lines), key="adoption", description=plain(options.old))
    return Completed(message=adoption_summary(report, dry_run=options.dry_run), data=report)
