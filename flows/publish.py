"""The flow *publish*: build the site from what is approved, and upload what changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.artifacts import changed_posts, show_link, show_publish
from flows.due import due, made_from
from flows.inputs import inputs
from flows.limits import publisher_slot
from flows.lineage import emit, made, show_posts
from flows.options import AS_CONFIGURED, PublishOptions
from flows.progress import progress_of
from flows.spreading import spread_articles_by
from flows.steps import build_step, clear, publish_step, step
from flows.summaries import build_summary, publish_summary
from pipeline.config import Settings, load
from pipeline.explain import built_files
from pipeline.publishing import PublishReport, current
from pipeline.site import BuildReport

__all__ = ["Delivered", "PublishOptions", "deliver", "publish"]


class Delivered:
    """What was rendered (None: what was built already was left as it is), and what was sent.

    No dataclass: Prefect would search it, and every file in it, for futures.
    """

    def __init__(self, built: BuildReport | None, published: PublishReport) -> None:
        self.built = built
        self.published = published


DEFAULTS = PublishOptions()
current_step = step(current)


@flow(name="publish", description=__doc__, timeout_seconds=2 * 3600)
@clear
def publish(options: PublishOptions = DEFAULTS) -> State[Any]:
    """Build the site and upload what changed.

    Args:
        options: What to publish, and where to.
    """
    settings = load(options.root)
    if options.stage == "build":
        with publisher_slot(settings):
            built = build_step(settings, spread=spread_articles_by(settings), progress=progress_of("build"))
        return Completed(message=build_summary(built), data=built)
    return deliver(settings, options)


def deliver(
    settings: Settings, options: PublishOptions, *, only_due: bool = False, now: datetime | None = None
) -> State[Any]:
    """Build and publish inside a flow's run; its final state holds a Delivered and one line that sums it up.

    With `only_due`, nothing is built when neither an edit nor a date makes it necessary: the published manifest tells
    what the site was made from. `now` decides what is due.
    """
    if options.target != AS_CONFIGURED:
        settings = elsewhere(settings, options.target)
    with publisher_slot(settings):
        moment = now or datetime.now(UTC)
        found = inputs(settings)
        stands = current_step(settings.publish, root=settings.root, now=now) if only_due else None
        why = due(settings, found, stands, moment) if only_due else ""
        if stands and not why:
            return Completed(message=publish_summary(None, stands.report), data=Delivered(None, stands.report))
        built, note = None, ""
        if options.stage == "all":
            built = build_step(settings, now=moment, spread=spread_articles_by(settings), progress=progress_of("build"))
            note = made_from(settings, found, moment)
        published = publish_step(
            settings.public,
            settings.publish,
            dry_run=options.dry_run,
            allow_deletions=options.allow_deletions,
            verify=options.force,
            made_from=note,
            root=settings.root,
            now=now,
            progress=progress_of("publish"),
        )
    _tell(settings, published, dry_run=options.dry_run)
    message = publish_summary(built, published, dry_run=options.dry_run, why=why)
    return Completed(message=message, data=Delivered(built, published))


def elsewhere(settings: Settings, target: str) -> Settings:
    """The same site, published to another target, of which no CDN knows."""
    from pipeline.config.publishing import CloudFrontSettings

    publish = settings.publish.model_copy(update={"target": target, "cloudfront": CloudFrontSettings()})
    return settings.model_copy(update={"publish": publish})


def _tell(settings: Settings, report: PublishReport, *, dry_run: bool) -> None:
    """The release, as artifacts, events, assets and a page for each post that changed."""
    posts = built_files(settings)
    show_publish(settings, report, posts, dry_run=dry_run)
    if dry_run or not (report.uploaded or report.deleted):
        return
    base = settings.site.base_url
    show_link("site", f"{base}/", settings.site.title)
    payload = {"release": report.release, "uploaded": report.uploaded, "deleted": report.deleted, "site": f"{base}/"}
    emit("release.published", f"release.{report.release}", payload)
    changed = changed_posts(report.actions, posts)
    made("page", {name: f"{base}/{action.path.removesuffix('index.html')}" for name, action in changed})
    if changed:
        release = {name: f"{report.release}, because {action.reason}" for name, action in changed}
        show_posts(settings, [name.partition("/")[2] for name, _ in changed], release)
