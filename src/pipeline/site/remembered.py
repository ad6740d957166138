"""Whether a build would change anything, told by the sizes and times of files: none of them is read.

What goes into a site is taken down before a build begins, the site itself when it has ended. As long as both are as
they were, and no date has come, building again would write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pipeline.config import Settings
from pipeline.content import Library, Meta
from pipeline.errors import BuildError, ContentError, PipelineError
from pipeline.files import write_atomic
from pipeline.site.articles import moment
from pipeline.site.output import MARKER
from pipeline.site.report import BuildReport
from pipeline.taken import program, taken_down

__all__ = ["Remembered"]

log = logging.getLogger(__name__)

_KINDS: dict[str, type[PipelineError]] = {"content": ContentError, "build": BuildError}


class Remembered:
    """What is known of the last build into a directory."""

    def __init__(self, settings: Settings, out: Path, *, base_url: str | None, drafts: bool) -> None:
        """Take down what a build that begins now has to go by."""
        self._settings, self._out = settings, out
        name = hashlib.sha256(str(out.resolve()).encode()).hexdigest()[:16]
        self._path = settings.work / "builds" / f"{name}.json"
        self._inputs = _inputs(settings, [settings.model_dump_json(), str(settings.root), base_url, drafts])

    def report(self, now: datetime) -> BuildReport | None:
        """What a build at `now` would report; None if it may have something to do."""
        if self._inputs is None:
            return None
        try:
            known = json.loads(self._path.read_bytes())
            until = datetime.fromisoformat(known["until"]) if known["until"] else None
            if known["inputs"] != self._inputs or not datetime.fromisoformat(known["at"]) <= now < (
                until or datetime.max.replace(tzinfo=now.tzinfo)
            ):
                return None
            if known["site"] != taken_down([self._out]) or not (self._out / MARKER).is_file():
                return None
            warnings = tuple(
                _KINDS[kind](*rest[:1], path=rest[1], line=rest[2], remedy=rest[3]) for kind, *rest in known["warnings"]
            )
            return BuildReport(known["pages"], 0, known["files"], 0, 0.0, warnings)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
            log.warning("%s is left aside: %s", self._path, error)
            return None

    def keep(self, report: BuildReport, library: Library, now: datetime) -> None:
        """Note a build that was begun with this, at `now`, and has ended well."""
        site = taken_down([self._out])
        if self._inputs is None or site is None:
            self._path.unlink(missing_ok=True)
            return
        until = _next_date(library, now, ZoneInfo(self._settings.site.timezone))
        known = {
            "inputs": self._inputs,
            "site": site,
            "at": now.isoformat(),
            "until": until.isoformat() if until else "",
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


def _inputs(settings: Settings, given: Iterable[object]) -> str | None:
    """Everything that goes into a site: the content, the theme, the configuration, and the program itself."""
    found = taken_down([settings.root / name for name in ("content", "drafts", "static", "theme")])
    return None if found is None else hashlib.sha256(repr((found, program(), *given)).encode()).hexdigest()


def _next_date(library: Library, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When a post comes out or goes next."""
    collections = (library.source, *library.targets.values(), *library.drafts.values())
    dates = (date for one in collections for post in one.posts.values() for date in _dates(post.meta, zone))
    return min((date for date in dates if date > now), default=None)


def _dates(meta: Meta, zone: ZoneInfo) -> Iterable[datetime]:
    found = (moment(date, zone) for date in (meta.date, meta.publish_date, meta.expiry_date))
    return [date for date in found if date]
