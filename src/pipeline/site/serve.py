"""The site while it is written: built again whenever something is saved, and shown at once.

A text that was saved is on its own pages within a moment. The whole site follows behind it, as soon as nobody has
saved anything for a while; a build that has become stale is given up.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import CONFIG_NAME, Settings, load
from pipeline.errors import BuildError, PipelineError
from pipeline.files import write_atomic
from pipeline.site.build import Superseded, report_of, whole
from pipeline.site.policy import policy
from pipeline.site.report import BuildReport
from pipeline.site.server import Preview
from pipeline.site.watch import Watch

if TYPE_CHECKING:
    from pipeline.site.shortcut import Shortcut

__all__ = ["serve"]

log = logging.getLogger(__name__)

_PAUSE = 0.2
# Seconds without a save, after which the whole site follows the pages that were shown at once.
_QUIET = 0.4

Built = Callable[[BuildReport | PipelineError], None]


def serve(
    settings: Settings,
    *,
    port: int = 8000,
    drafts: bool = False,
    ready: Callable[[str], None] | None = None,
    built: Built | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Build into .pipeline/preview, serve that on loopback, and build again on every change, until Ctrl-C.

    `port` 0 is any free one. `built` is called after each build with its report, or with what was wrong; `ready` once,
    after the first, with the address of the home page. `stop` ends it from another thread. Raises BuildError if the
    port is taken; a build that fails is shown in the page instead, with file and line, and the next save tries again.
    """
    stop = stop or threading.Event()
    preview = Preview(settings.work / "preview", port)
    builder = _Builder(settings, preview, built, drafts=drafts)
    try:
        preview.start()
        with Watch(settings.root) as watch:
            builder.build()
            if ready:
                ready(preview.url)
            while not stop.is_set():
                if changed := watch.wait(_PAUSE):
                    builder.saved(changed)
                builder.follow()
    except KeyboardInterrupt:
        log.debug("stopped by the keyboard")
    finally:
        builder.close()
        preview.close()


@dataclass
class _Builder:
    """The newest build, and the one that is under way. Only `build` runs in a thread of its own."""

    settings: Settings
    preview: Preview
    built: Built | None
    drafts: bool = field(kw_only=True)
    _shortcut: Shortcut | None = None
    _due: float | None = None  # when the whole site is to be built, by the monotonic clock
    _thread: threading.Thread | None = None
    _stale: threading.Event = field(default_factory=threading.Event)

    def saved(self, changed: set[Path]) -> None:
        """Something was saved: show what can be shown at once."""
        self._stale.set()
        self._due = time.monotonic()
        shortcut, self._shortcut = self._shortcut, None
        try:
            if any(path.name == CONFIG_NAME for path in changed):
                self.settings = load(self.settings.root)
            elif shortcut and not self.preview.failure and self._shown(shortcut, changed):
                self._shortcut = shortcut
                self._due += _QUIET
        except PipelineError as error:
            self._due = None
            _tell(error, self.preview, self.built)

    def _shown(self, shortcut: Shortcut, changed: set[Path]) -> bool:
        """The pages of the one post that was saved are up to date."""
        # Editors leave files of their own beside what they save.
        named = [path for path in changed if not path.name.startswith(".") and not path.name.endswith("~")]
        known = [path for path in named if path.suffix == ".md" or path.exists()]
        pages = shortcut.pages(known[0]) if len(known) == 1 else None
        for name, data in (pages or {}).items():
            write_atomic(self.preview.directory / name, data)
        if pages:
            self.preview.announce(warnings=self.preview.warnings)
        return pages is not None

    def follow(self) -> None:
        """Begin with the whole site, if that is due and no other build is under way."""
        if self._due is None or time.monotonic() < self._due or (self._thread and self._thread.is_alive()):
            return
        self._due = None
        self._stale = threading.Event()
        self._thread = threading.Thread(target=self.build, daemon=True)
        self._thread.start()

    def build(self) -> None:
        """The whole site, unless it becomes stale meanwhile."""
        stale, settings = self._stale, self.settings
        self.preview.policy = policy(settings)
        started = time.perf_counter()
        outcome: BuildReport | PipelineError
        try:
            work = whole(
                settings,
                self.preview.directory,
                drafts=self.drafts,
                base_url=self.preview.url,
                moment=datetime.now(UTC),
                go_on=lambda: not stale.is_set(),
            )
            outcome = report_of(work, started)
            from pipeline.site.shortcut import Shortcut  # which renders

            shortcut = Shortcut(work)
            if not stale.is_set():
                self._shortcut = shortcut
        except Superseded:
            return
        except PipelineError as error:
            outcome = error
        except OSError as error:  # a file that goes away while it is read; the next save tries again
            outcome = BuildError(
                f"a file cannot be read: {error.strerror}.", path=error.filename, remedy="Save it again."
            )
        _tell(outcome, self.preview, self.built)

    def close(self) -> None:
        """Give up what is under way."""
        self._stale.set()
        if self._thread:
            self._thread.join()


def _told(warnings: tuple[PipelineError, ...]) -> list[str]:
    return [str(warning) for warning in warnings]


def _tell(outcome: BuildReport | PipelineError, preview: Preview, built: Built | None) -> None:
    """Open pages reload when a build changed something, and show what is wrong."""
    if isinstance(outcome, PipelineError):
        preview.announce(outcome)
    elif outcome.written or outcome.removed or preview.failure or _told(preview.warnings) != _told(outcome.warnings):
        preview.announce(warnings=outcome.warnings)
    if built:
        built(outcome)
