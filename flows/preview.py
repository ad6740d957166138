"""The flow *preview*: the site with its open drafts, or as it will be some day, beside the real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.artifacts import show_link
from flows.limits import publisher_slot
from flows.options import PreviewOptions
from flows.progress import progress_of
from flows.publish import elsewhere
from flows.spreading import spread_articles_by
from flows.steps import build_step, clear, publish_step
from flows.summaries import preview_summary
from pipeline.config import load

__all__ = ["PreviewOptions", "preview"]

DEFAULTS = PreviewOptions()


@flow(name="preview", description=__doc__, timeout_seconds=3600)
@clear
def preview(options: PreviewOptions = DEFAULTS) -> State[Any]:
    """Build the site with its drafts into .pipeline/preview, and publish that where [prefect] says.

    Args:
        options: What the preview shows.
    """
    settings = load(options.root)
    where = settings.prefect
    moment = datetime.now(UTC) + timedelta(days=options.in_days)
    out = settings.work / "preview"
    beside = elsewhere(settings, where.preview_target or str(out))
    with publisher_slot(beside):
        base_url = where.preview_url or None
        spread = spread_articles_by(settings)
        built = build_step(
            settings,
            out=out,
            drafts=options.drafts,
            base_url=base_url,
            now=moment,
            spread=spread,
            progress=progress_of("build"),
        )
        published = None
        if where.preview_target:
            published = publish_step(out, beside.publish, allow_deletions=True, root=settings.root)
    show_link("preview", f"{where.preview_url}/" if where.preview_url else "", f"Preview of {settings.site.title}")
    return Completed(message=preview_summary(built, published, where.preview_url or str(out)), data=built)
