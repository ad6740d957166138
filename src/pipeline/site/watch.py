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
        self._stop = threading.Event()
        self._stop_folders = threading.Event()

    def __enter__(self) -> Self:
        self._start([self._root], self._stop, recursive=False)
        self._watch_folders()
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
        self._stop_folders.set()
        self._stop_folders = threading.Event()
        if present := [self._root / name for name in FOLDERS if (self._root / name).is_dir()]:
            self._start(present, self._stop_folders, recursive=True)

    def _start(self, paths: list[Path], stop: threading.Event, *, recursive: bool) -> None:
        threading.Thread(target=self._run, args=(paths, stop), kwargs={"recursive": recursive}, daemon=True).start()

    def _run(self, paths: list[Path], stop: threading.Event, *, recursive: bool) -> None:
        from watchfiles import watch

        known = {CONFIG_NAME, *FOLDERS}
        for changes in watch(*paths, stop_event=stop, step=_SETTLE, recursive=recursive, raise_interrupt=False):
            found = {Path(path) for _, path in changes}
            found = found if recursive else {path for path in found if path.name in known}
            if found:
                self._news.put(found)
