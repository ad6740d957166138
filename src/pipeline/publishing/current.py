"""The release that stands, as its manifest tells it: for a publisher that would rather not build the site again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.plan import plan
from pipeline.publishing.publish import PublishReport, journal_of, report_of, standing_at
from pipeline.publishing.published import Published
from pipeline.publishing.stores import Store
from pipeline.publishing.target import store_of
from pipeline.publishing.wire import UntrustedManifestError, parse_manifest

if TYPE_CHECKING:
    from pipeline.config import PublishSettings

__all__ = ["Current", "current"]


@dataclass(frozen=True, slots=True)
class Current:
    """What a release was `made_from`, as its publisher said (`""`: not at all), and the `report` of publishing it anew.

    `settled`: that would change nothing. Else a publish was broken off, or an unused asset has had its time.
    """

    made_from: str
    settled: bool
    report: PublishReport


def current(
    settings: PublishSettings, *, root: Path | None = None, store: Store | None = None, now: datetime | None = None
) -> Current | None:
    """The release that stands at `settings.target`, in one request; None where no manifest tells of one.

    The arguments are those of `publish`. Raises ConfigError and StoreError as that does, and PublishError for the
    manifest of a newer version of this program.
    """
    with store_of(settings, store, root=root) as opened:
        before = opened.requests
        stored = opened.read(MANIFEST_PATH)
        requests = opened.requests - before
        journal = None if store else journal_of(settings, opened, root)
    try:
        known = Published(parse_manifest(stored.data), stored.version) if stored else None
    except UntrustedManifestError:
        return None
    if known is None or not known.manifest.releases:
        return None
    known = journal.doubted(known) if journal else known
    manifest = known.manifest
    moment = (now or datetime.now(UTC)).astimezone(UTC)
    actions = plan(manifest.objects, standing_at(known, settings, moment))
    report = report_of((), len(manifest.objects), requests, manifest.release, "", planned=False)
    return Current(manifest.releases[-1].made_from, not actions, report)
