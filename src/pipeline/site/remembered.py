"""Whether a build would change anything, told by the sizes and times of files: none of them is read.

What goes into a site is taken down before a build begins, the site itself when it has ended. As long as both are as
they were, and no date has come, building again would write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import pickle
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from pipeline.config import Settings
from pipeline.content import Library, Meta
from pipeline.errors import BuildError, ContentError, PipelineError
from pipeline.files import write_atomic
from pipeline.site.articles import moment
from pipeline.site.history import head
from pipeline.site.output import MARKER
from pipeline.site.report import BuildReport
from pipeline.taken import program, taken_apart, taken_down

__all__ = ["Inputs", "Last", "Remembered", "dates", "next_date"]

log = logging.getLogger(__name__)

_KINDS: dict[str, type[PipelineError]] = {"content": ContentError, "build": BuildError}


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that goes into a site, the configuration and the program itself too: `digest` of all of it, `rest` of
    all but what the files of posts hold; those are `packed`, as they are not needed before a build has ended.
    """

    digest: str
    rest: str
    packed: bytes

    @property
    def posts(self) -> Mapping[str, bytes]:
        """What tells that one of those files has changed, by path."""
        return cast("Mapping[str, bytes]", pickle.loads(zlib.decompress(self.packed)))  # noqa: S301 (packed here)


@dataclass(frozen=True, slots=True)
class Last:
    """A build: the digest of its inputs, until when it holds, the commit that it holds for (`""`: for any), what the
    site is `taken_down` as, and what it would report if it were made again.
    """

    inputs: str
    until: datetime | None
    commit: str
    site: str
    report: BuildReport


class Remembered:
    """What is known of the last build into a directory."""

    def __init__(self, settings: Settings, out: Path, *, base_url: str | None, drafts: bool) -> None:
        """Take down what a build that begins now has to go by."""
        self._settings, self._out = settings, out
        name = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:16]
        self._path = settings.work / "builds" / f"{name}.json"
        given = [settings.model_dump_json(), str(settings.root), base_url, drafts]
        self.inputs = _inputs(settings, given)

    def report(self, last: Last | None) -> BuildReport | None:
        """What a build after `last` would report; None if it may have something to do."""
        if last is None or self.inputs is None or last.inputs != self.inputs.digest:
            return None
        return last.report if last.commit in {"", head(self._settings.root)} else None

    def last(self, now: datetime) -> Last | None:
        """The last build, if the site is as it left it, and no date has come since then."""
        if self.inputs is None:
            return None
        try:
            known = json.loads(self._path.read_bytes())
            until = datetime.fromisoformat(known["until"]) if known["until"] else None
            if not datetime.fromisoformat(known["at"]) <= now < (until or datetime.max.replace(tzinfo=now.tzinfo)):
                return None
            if known["site"] != taken_down([self._out]) or not (self._out / MARKER).is_file():
                return None
            warnings = tuple(
                _KINDS[kind](*rest[:1], path=rest[1], line=rest[2], remedy=rest[3]) for kind, *rest in known["warnings"]
            )
            report = BuildReport(known["pages"], 0, known["files"], 0, 0.0, warnings)
            return Last(known["inputs"], until, known["commit"], known["site"], report)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
            log.warning("%s is left aside: %s", self._path, error)
            return None

    def keep(
        self, report: BuildReport, now: datetime, until: datetime | None, *, by_history: bool, site: str = ""
    ) -> None:
        """Note a build that was begun with this, at `now`, and has ended well; `until` is when a date comes next, and
        `by_history` whether it shows what git tells of posts. `site` saves looking at all files once more.
        """
        site = site or taken_down([self._out]) or ""
        if self.inputs is None or not site:
            self._path.unlink(missing_ok=True)
            return
        known = {
            "inputs": self.inputs.digest,
            "site": site,
            "at": now.isoformat(),
            "until": until.isoformat() if until else "",
            "commit": head(self._settings.root) if by_history else "",
            "pages": report.pages,
            "files": report.written + report.unchanged,
            "warnings": [
                [
                    "content" if isinstance(one, ContentError) else "build",
                    one.message,
                    str(one.path or "") or None,
                    one.line,
                    one.remedy,
                ]
                for one in report.warnings
            ],
        }
        write_atomic(self._path, json.dumps(known, ensure_ascii=False).encode())


def _inputs(settings: Settings, given: Iterable[object]) -> Inputs | None:
    folders = [settings.root / name for name in ("content", "drafts", "static", "theme")]
    found = taken_apart(folders, ".md")
    if found is None:
        return None
    rest = hashlib.sha256(repr((found[0], program(), *given)).encode()).hexdigest()
    packed = zlib.compress(pickle.dumps(found[1]), 1)
    return Inputs(hashlib.sha256(rest.encode() + packed).hexdigest(), rest, packed)


def next_date(library: Library, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When a post comes out or goes next."""
    return min((date for date in dates(library, zone) if date > now), default=None)


def dates(library: Library, zone: ZoneInfo) -> Iterator[datetime]:
    """When posts come out or go: in between, a site looks the same."""
    for one in (library.source, *library.targets.values(), *library.drafts.values()):
        for post in one.posts.values():
            yield from _dates(post.meta, zone)


def _dates(meta: Meta, zone: ZoneInfo) -> Iterable[datetime]:
    found = (moment(date, zone) for date in (meta.date, meta.publish_date, meta.expiry_date))
    return [date for date in found if date]
