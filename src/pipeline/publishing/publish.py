"""Publishing a built site: read what is published, plan, act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import PublishError
from pipeline.publishing.act import Progress, act
from pipeline.publishing.contents import read_site
from pipeline.publishing.headers import is_page
from pipeline.publishing.manifest import Manifest, release_id
from pipeline.publishing.plan import Action, plan
from pipeline.publishing.published import read_published
from pipeline.publishing.stores import InertStore, Store, open_store

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["PublishReport", "publish"]


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publish did, or would do. `actions` has the reason for each object."""

    uploaded: int
    unchanged: int
    deleted: int
    requests: int
    release: str
    actions: tuple[Action, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The numbers and the release, without the actions."""
        return {
            "uploaded": self.uploaded,
            "unchanged": self.unchanged,
            "deleted": self.deleted,
            "requests": self.requests,
            "release": self.release,
        }


def publish(
    directory: Path,
    settings: PublishSettings,
    *,
    dry_run: bool = False,
    allow_deletions: bool = False,
    root: Path | None = None,
    store: Store | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> PublishReport:
    """Make `settings.target` hold the site that is in `directory`; if it does already, that costs one request.

    `dry_run` changes nothing. `allow_deletions` lets more than half of the pages go. A relative target counts from
    `root` (default: the working directory). `progress(done, total)` is called for every action, one call at a time but
    from several threads. A `store` given here is used instead of the target's, and stays open.

    Raises PublishError if there is no whole site in `directory` or too much would be deleted, ConfigError for a target
    that cannot be used, StoreError if the store fails, ConflictError if another publisher was faster. After any of
    them the site can be read, and publishing again finishes the work.
    """
    site = read_site(directory)
    opened = store or open_store(settings, root=root or Path.cwd(), site=directory)
    try:
        acting = InertStore(opened) if dry_run else opened
        before = acting.requests
        known = read_published(acting, site.keys())
        actions = plan(site, known.manifest.objects, known.manifest.unsettled)
        release = known.manifest.release
        if actions:
            if not allow_deletions:
                _guard_deletions(known.manifest, actions, opened.name)
            moment = now or datetime.now(UTC)
            release = release_id(site, moment)
            act(
                actions,
                store=acting,
                directory=directory,
                known=known,
                manifest=Manifest(release, moment.astimezone(UTC).isoformat(timespec="seconds"), site),
                concurrency=settings.concurrency,
                progress=progress,
            )
        requests = acting.requests - before
    finally:
        if store is None:
            opened.close()
    uploaded = sum(action.kind == "upload" for action in actions)
    return PublishReport(uploaded, len(site) - uploaded, len(actions) - uploaded, requests, release, actions)


def _guard_deletions(published: Manifest, actions: Sequence[Action], name: str) -> None:
    pages = sum(map(is_page, published.objects))
    gone = sum(action.kind == "delete" and is_page(action.path) for action in actions)
    if gone * 2 > pages:
        raise PublishError(
            f"this would delete {gone} of the {pages} pages in {name}, which is more than half.",
            remedy="Check that the build is whole; if it is meant, publish again with --allow-deletions.",
        )
