"""Earlier releases: which there are, and how one is restored, without the files that it was built from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import PublishError
from pipeline.publishing.act import Change, act
from pipeline.publishing.cdn import invalidate
from pipeline.publishing.manifest import Manifest, Past, Release, state_at
from pipeline.publishing.parallel import Progress
from pipeline.publishing.plan import plan
from pipeline.publishing.provenance import publisher
from pipeline.publishing.publish import PublishReport, journal_of, report_of, standing_at
from pipeline.publishing.published import read_releases
from pipeline.publishing.stores import InertStore, Store
from pipeline.publishing.target import store_of
from pipeline.publishing.wire import release_id

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["ReleaseInfo", "releases", "rollback"]


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """One line of the list. `changes` has what the release did to each path; None if that is not known any more."""

    release: str
    published: str
    by: str
    commit: str
    note: str
    uploaded: int
    deleted: int
    current: bool
    restorable: bool
    changes: Mapping[str, Literal["added", "changed", "removed"]] | None

    def to_json(self) -> dict[str, Any]:
        """All fields by name."""
        return {name: getattr(self, name) for name in self.__slots__}


def releases(settings: PublishSettings, *, root: Path | None = None, store: Store | None = None) -> list[ReleaseInfo]:
    """The releases that the manifest knows, the newest first, in one request.

    Raises PublishError if nothing is published, and ConfigError and StoreError as `publish` does.
    """
    with store_of(settings, store, root=root) as opened:
        manifest = read_releases(opened).manifest
        versioned = opened.history == "versions"
    return list(_listed(manifest, versioned=versioned))


def rollback(
    settings: PublishSettings,
    release: str | None = None,
    *,
    dry_run: bool = False,
    lock: bool = True,
    root: Path | None = None,
    store: Store | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> PublishReport:
    """Restore a release (default: the one before the current) by copies within the store, as many as objects differ.

    `release` is its name, or the beginning of it. The result is a new release, which can be rolled back in turn. The
    other arguments are those of `publish`. Raises PublishError if there is no such release or it cannot be restored,
    and otherwise what `publish` does.
    """
    with store_of(settings, store, root=root, lock=lock) as opened:
        acting = InertStore(opened) if dry_run else opened
        before = acting.requests
        known = read_releases(acting)
        journal = None if store else journal_of(settings, opened, root)
        if journal:
            known = journal.doubted(known)
        manifest = known.manifest
        name = _named(manifest, release, opened.name)
        state = state_at(manifest, name) or {}
        wanted = {path: past.entry for path, past in state.items()}
        moment = (now or datetime.now(UTC)).astimezone(UTC)
        actions = plan(wanted, standing_at(known, settings, moment))
        sent = {action.path for action in actions if action.kind == "upload"}
        if lacking := _lacking(state, sent, versioned=opened.history == "versions"):
            raise _not_restorable(name, lacking)
        result = manifest.release
        if actions:
            deleted = sum(action.kind == "delete" for action in actions)
            result = release_id(wanted, moment)
            old = next(one for one in manifest.releases if one.release == name)
            record = Release(
                result, moment.isoformat(timespec="seconds"), publisher(), note=f"rollback to {name}",
                commit=old.commit, uploaded=len(sent), deleted=deleted, made_from=old.made_from,
            )  # fmt: skip
            standing = None if wanted == dict(manifest.objects) else record
            change = Change(actions, wanted, standing, moment, settings, lambda path: acting.restore(path, state[path]))
            act(change, store=acting, known=known, progress=progress, journal=None if dry_run else journal)
        requests = acting.requests - before
    cdn = "" if dry_run else invalidate(actions, manifest, settings)
    return report_of(actions, len(wanted), requests, result, cdn, planned=dry_run)


def _listed(manifest: Manifest, *, versioned: bool) -> Iterator[ReleaseInfo]:
    for number in range(len(manifest.releases) - 1, -1, -1):
        record = manifest.releases[number]
        state = state_at(manifest, record.release) or {}
        differing = {path for path, past in state.items() if past.entry != manifest.objects.get(path)}
        differing -= {path for path in differing if path in manifest.retired}
        changes: dict[str, Literal["added", "changed", "removed"]] = {}
        for path, past in record.undo.items():
            changes[path] = "added" if past is None else "changed" if path in state else "removed"
        yield ReleaseInfo(
            record.release, record.published, record.by, record.commit, record.note, record.uploaded, record.deleted,
            current=number == len(manifest.releases) - 1,
            restorable=not _lacking(state, differing, versioned=versioned),
            changes=changes if number else None,
        )  # fmt: skip


def _lacking(state: Mapping[str, Past], paths: Collection[str], *, versioned: bool) -> list[str]:
    """Those of the paths whose objects are kept nowhere."""
    return sorted(path for path in paths if not (state[path].kept or state[path].stamp.version or versioned))


def _named(manifest: Manifest, release: str | None, target: str) -> str:
    names = [record.release for record in manifest.releases]
    if release is None:
        if len(names) < 2:
            raise PublishError(f"there is no earlier release of {target}.", remedy="See `pipeline releases`.")
        return names[-2]
    found = [name for name in names if name == release] or [name for name in names if name.startswith(release)]
    if len(found) != 1:
        known = f"{len(found)} releases begin with" if found else "no release is named"
        raise PublishError(f"{known} {release!r} in {target}.", remedy="See `pipeline releases`.")
    return found[0]


def _not_restorable(name: str, lacking: list[str]) -> PublishError:
    return PublishError(
        f"release {name} cannot be restored: {len(lacking)} of its objects were not kept, such as {lacking[0]!r}.",
        remedy="Build the site from the release's commit and publish that. For the next time, switch on the bucket's "
        "versioning, or set [publish] `keep`.",
    )
