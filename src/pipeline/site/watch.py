"""Word of every change to what a site is made from."""

from __future__ import annotations

import queue
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline.config import CONFIG_NAME

__all__ = ["Watch"]

FOLDERS = ("content", "drafts", "static", "theme")
# Milliseconds of quiet after which a save counts as finished.
_SETTLE = 50


class Watch:
    """Watches the folders of a site and its configuration; folders may come and go. A context manager."""

    def __init__(self, root: Path) -> None:
        """`root` holds pipeline.toml. Other folders there (environments, repositories) are not looked at."""
        self._root = root.resolve()
        self._news: queue.Queue[set[Path]] = queue.Queue()
        self._stop = _Stop()
        self._stop_folders = _Stop()

    def __enter__(self) -> Self:
        """Every change from here on is told."""
        self._start([self._root], self._stop, recursive=False)
        self._watch_folders()
        self._stop.begun.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._stop_folders.set()

    def wait(self, seconds: float) -> set[Path]:
        """The paths that changed, as soon as some have; empty after `seconds` without."""
        try:
            changed = self._news.get(timeout=seconds)
        except queue.Empty:
            return set()
        while not self._news.empty():
            changed |= self._news.get_nowait()
        if any(path.parent == self._root and path.name in FOLDERS for path in changed):
            self._watch_folders()
        return changed

    def _watch_folders(self) -> None:
        """The watch before this one ends when this one has begun, so that nothing is missed in between."""
        before, self._stop_folders = self._stop_folders, _Stop()
        if present := [self._root / name for name in FOLDERS if (self._root / name).is_dir()]:
            self._start(present, self._stop_folders, recursive=True)
            self._stop_folders.begun.wait()
        before.set()

    def _start(self, paths: list[Path], stop: _Stop, *, recursive: bool) -> None:
        threading.Thread(target=self._run, args=(paths, stop), kwargs={"recursive": recursive}, daemon=True).start()

    def _run(self, paths: list[Path], stop: _Stop, *, recursive: bool) -> None:
        from watchfiles import watch

        known = {CONFIG_NAME, *FOLDERS}
        try:
            for changes in watch(*paths, stop_event=stop, step=_SETTLE, recursive=recursive, raise_interrupt=False):
                found = {Path(path) for _, path in changes}
                found = found if recursive else {path for path in found if path.name in known}
                if found:
                    self._news.put(found)
        finally:
            stop.begun.set()  # or else nobody would go on where a watch cannot begin


class _Stop:
    """Ends a watch. It asks for that for the first time when it watches already: `begun` tells."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.begun = threading.Event()

    def set(self) -> None:
        self._event.set()

    def is_set(self) -> bool:
        self.begun.set()
        return self._event.is_set()
