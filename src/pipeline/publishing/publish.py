"""Publishing a built site: read what is published, plan, act."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConflictError
from pipeline.publishing.act import Change, act
from pipeline.publishing.cdn import invalidate
from pipeline.publishing.contents import read_site
from pipeline.publishing.guards import guard_deletions, guard_shrinking
from pipeline.publishing.journal import Journal
from pipeline.publishing.manifest import Entry, Manifest, Release
from pipeline.publishing.parallel import Progress
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.plan import Action, Standing, plan
from pipeline.publishing.provenance import commit_of, publisher
from pipeline.publishing.published import Published, read_published
from pipeline.publishing.stores import InertStore, Store
from pipeline.publishing.target import store_of
from pipeline.publishing.verify import verified
from pipeline.publishing.wire import release_id, to_bytes

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["PublishReport", "journal_of", "publish", "report_of", "standing_at"]


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What a publish did, or (`planned`) would do. `actions` has the reason for each object.

    `cdn` says what the CDN was told, or that it could not be; empty if there was nothing to tell.
    """

    uploaded: int
    unchanged: int
    deleted: int
    requests: int
    release: str
    actions: tuple[Action, ...] = ()
    cdn: str = ""
    planned: bool = False

    def to_json(self) -> dict[str, Any]:
        """The numbers and the release; of a plan, the actions too."""
        found: dict[str, Any] = {
            "uploaded": self.uploaded,
            "unchanged": self.unchanged,
            "deleted": self.deleted,
            "requests": self.requests,
            "release": self.release,
        }
        if self.planned:
            actions = [{"action": act.kind, "path": act.path, "reason": act.reason} for act in self.actions]
            found["actions"] = actions
        return found


def publish(
    directory: Path,
    settings: PublishSettings,
    *,
    dry_run: bool = False,
    allow_deletions: bool = False,
    adopt: bool = False,
    incomplete: bool = False,
    verify: bool = False,
    made_from: str = "",
    lock: bool = True,
    root: Path | None = None,
    store: Store | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> PublishReport:
    """Make `settings.target` hold the site that is in `directory`; if it does already, that costs one request.

    `dry_run` changes nothing. `allow_deletions` lets more pages go than the settings allow, `adopt` publishes among
    objects of others, `incomplete` publishes what looks like half of a site, `verify` lists the target and repairs what
    has drifted, and without `lock` a server that ignores conditional writes will do. `made_from` is noted with the
    release, for `current`: whatever tells this site from others. A relative target counts from `root` (default: the
    working directory). `progress(done, total)` is called for every action, one call at a time but from several threads.
    A `store` given here is used instead of the target's, and stays open.

    Raises PublishError if there is no whole site in `directory` or what is planned is hardly meant, ConfigError for a
    target that cannot be used, StoreError if the store fails, ConflictError if another publisher was faster. After any
    of them the site can be read, and publishing again finishes the work.
    """
    site = read_site(directory, settings, incomplete=incomplete)
    with store_of(settings, store, root=root, site=directory, lock=lock) as opened:
        acting = InertStore(opened) if dry_run else opened
        before = acting.requests
        known = read_published(acting, site, adopt=adopt)
        journal = None if store else journal_of(settings, opened, root)
        if journal:
            known = journal.doubted(known)
        if verify and known.trusted:
            known = verified(acting, known)
        moment = (now or datetime.now(UTC)).astimezone(UTC)
        actions = plan(site, standing_at(known, settings, moment))
        release = known.manifest.release
        if actions:
            if not allow_deletions:
                guard_deletions(known.manifest, actions, settings, opened.name)
            if not incomplete:
                guard_shrinking(known.manifest, site, settings, opened.name)
            record = _record(site, known, actions, moment, root or directory, made_from)
            release = record.release if record else release
            known = known if record else replace(known, manifest=_made_from(known.manifest, made_from))
            change = Change(
                actions, site, record, moment, settings, lambda path: acting.put(path, directory / path, site[path])
            )
            act(change, store=acting, known=known, progress=progress, journal=None if dry_run else journal)
        else:
            _note(made_from, acting, known)
        requests = acting.requests - before
    cdn = "" if dry_run else invalidate(actions, known.manifest, settings)
    return report_of(actions, len(site), requests, release, cdn, planned=dry_run)


def journal_of(settings: PublishSettings, store: Store, root: Path | None) -> Journal:
    """Where notes about this target are left."""
    return Journal((root or Path.cwd()) / ".pipeline" / "publishing", f"{settings.endpoint_url} {store.name}")


def standing_at(known: Published, settings: PublishSettings, now: datetime) -> Standing:
    """What the plan has to know of the store, at a moment."""
    grace = timedelta(hours=settings.grace_hours)
    retired = known.manifest.retired
    return Standing(
        known.manifest.objects,
        {path: old.entry for path, old in retired.items()},
        known.manifest.unsettled,
        known.drifted,
        frozenset(path for path, old in retired.items() if now - datetime.fromisoformat(old.since) >= grace),
        graceful=bool(grace) and known.trusted,
    )


def report_of(
    actions: tuple[Action, ...], objects: int, requests: int, release: str, cdn: str, *, planned: bool
) -> PublishReport:
    """The numbers of a plan that was carried out."""
    uploaded = sum(action.kind == "upload" for action in actions)
    deleted = sum(action.kind == "delete" for action in actions)
    return PublishReport(uploaded, objects - uploaded, deleted, requests, release, actions, cdn, planned)


def _record(
    site: Mapping[str, Entry], known: Published, actions: tuple[Action, ...], now: datetime, where: Path, made_from: str
) -> Release | None:
    """The new release; None if the site is that of the last one, and only what is stored is put right."""
    if known.manifest.releases and known.manifest.objects == site:
        return None
    return Release(
        release_id(site, now),
        now.isoformat(timespec="seconds"),
        publisher(),
        commit_of(where),
        uploaded=sum(action.kind == "upload" for action in actions),
        deleted=sum(action.kind == "delete" for action in actions),
        made_from=made_from,
    )


def _made_from(manifest: Manifest, made_from: str) -> Manifest:
    """The manifest of a site that comes of something else as well; the same one if that is not said, or not new."""
    if not manifest.releases or made_from in {"", manifest.releases[-1].made_from}:
        return manifest
    *earlier, last = manifest.releases
    return replace(manifest, releases=(*earlier, replace(last, made_from=made_from)))


def _note(made_from: str, store: Store, known: Published) -> None:
    """Note what the release that stands was made from; where somebody else published meanwhile, it is not that one."""
    manifest = _made_from(known.manifest, made_from)
    if manifest is known.manifest:
        return
    manifest = replace(manifest, conditional=manifest.conditional or store.refuses_stale_writes())
    with suppress(ConflictError):
        store.swap(MANIFEST_PATH, to_bytes(manifest), expected=known.version)
