"""The site while it is written: built again whenever something is saved, and shown at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from pipeline.config import CONFIG_NAME, Settings, load
from pipeline.errors import BuildError, PipelineError
from pipeline.site.build import build
from pipeline.site.policy import policy
from pipeline.site.report import BuildReport
from pipeline.site.server import Preview
from pipeline.site.watch import Watch

__all__ = ["serve"]

log = logging.getLogger(__name__)

_PAUSE = 0.2


def serve(
    settings: Settings,
    *,
    port: int = 8000,
    drafts: bool = False,
    ready: Callable[[str], None] | None = None,
    built: Callable[[BuildReport | PipelineError], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Build into .pipeline/preview, serve that on loopback, and build again on every change, until Ctrl-C.

    `port` 0 is any free one. `built` is called after each build with its report, or with what was wrong; `ready` once,
    after the first, with the address of the home page. `stop` ends it from another thread. Raises BuildError if the
    port is taken; a build that fails is shown in the page instead, with file and line, and the next save tries again.
    """
    stop = stop or threading.Event()
    preview = Preview(settings.work / "preview", port)
    try:
        preview.start()
        with Watch(settings.root) as watch:
            _rebuild(settings, preview, built, drafts=drafts)
            if ready:
                ready(preview.url)
            while not stop.is_set():
                changed = watch.wait(_PAUSE)
                if not changed:
                    continue
                try:
                    if any(path.name == CONFIG_NAME for path in changed):
                        settings = load(settings.root)
                except PipelineError as error:
                    _tell(error, preview, built)
                else:
                    _rebuild(settings, preview, built, drafts=drafts)
    except KeyboardInterrupt:
        log.debug("stopped by the keyboard")
    finally:
        preview.close()


def _rebuild(
    settings: Settings,
    preview: Preview,
    built: Callable[[BuildReport | PipelineError], None] | None,
    *,
    drafts: bool,
) -> None:
    preview.policy = policy(settings)
    try:
        outcome: BuildReport | PipelineError = build(
            settings, out=preview.directory, drafts=drafts, base_url=preview.url
        )
    except PipelineError as error:
        outcome = error
    except OSError as error:  # a file that goes away while it is read; the next save tries again
        outcome = BuildError(f"a file cannot be read: {error.strerror}.", path=error.filename, remedy="Save it again.")
    _tell(outcome, preview, built)


def _told(warnings: tuple[PipelineError, ...]) -> list[str]:
    return [str(warning) for warning in warnings]


def _tell(
    outcome: BuildReport | PipelineError,
    preview: Preview,
    built: Callable[[BuildReport | PipelineError], None] | None,
) -> None:
    """Open pages reload when a build changed something, and show what is wrong."""
    if isinstance(outcome, PipelineError):
        preview.announce(outcome)
    elif outcome.written or outcome.removed or preview.failure or _told(preview.warnings) != _told(outcome.warnings):
        preview.announce(warnings=outcome.warnings)
    if built:
        built(outcome)
