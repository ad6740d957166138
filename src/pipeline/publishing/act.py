"""Carrying out a plan: uploads in parallel, stage by stage, the manifest after them, deletions last."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from threading import Event, Lock

from pipeline.errors import ConflictError
from pipeline.publishing.manifest import Manifest
from pipeline.publishing.paths import MANIFEST_PATH
from pipeline.publishing.plan import Action
from pipeline.publishing.published import Published, mark_unsettled
from pipeline.publishing.stores import Store, UnreachableError

__all__ = ["Progress", "act"]

logger = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


def act(
    actions: Sequence[Action],
    *,
    store: Store,
    directory: Path,
    known: Published,
    manifest: Manifest,
    concurrency: int,
    progress: Progress | None = None,
) -> None:
    """Bring `store` from what is `known` to `manifest`, whose files are in `directory`.

    Raises StoreError, or ConflictError if somebody else wrote the manifest since it was read. What was touched until
    then is noted as unsettled in the manifest that stands.
    """
    uploads = [action for action in actions if action.kind == "upload"]
    gone = [action.path for action in actions if action.kind == "delete"]
    steps = _Steps(len(actions), progress)
    try:
        for _, stage in groupby(uploads, key=lambda action: action.stage):
            _upload(list(stage), store, directory, manifest, concurrency, steps)
        interim = replace(manifest, unsettled=frozenset(gone))
        version = store.swap(MANIFEST_PATH, interim.to_bytes(), expected=known.version)
    except BaseException as error:
        if not isinstance(error, UnreachableError):
            mark_unsettled(store, [action.path for action in uploads])
        if isinstance(error, ConflictError):
            raise _lost(store) from error
        raise
    if gone:
        store.delete(gone)
        try:
            store.swap(MANIFEST_PATH, manifest.to_bytes(), expected=version)
        except ConflictError:
            logger.warning("Another publisher began in %s before this one had tidied up.", store.name)
            mark_unsettled(store, gone)
        steps.done(len(gone))


class _Steps:
    """Counts what is done, and says so, one call at a time."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total = total
        self._progress = progress
        self._done = 0
        self._lock = Lock()

    def done(self, count: int = 1) -> None:
        with self._lock:
            self._done += count
            if self._progress:
                self._progress(self._done, self._total)


def _upload(
    stage: Sequence[Action], store: Store, directory: Path, manifest: Manifest, concurrency: int, steps: _Steps
) -> None:
    """Upload one stage; the first fault stops the others after the object they are at, and is raised."""
    waiting = deque(action.path for action in stage)
    stop = Event()

    def work() -> None:
        while not stop.is_set():
            try:
                path = waiting.popleft()
            except IndexError:
                return
            try:
                store.put(path, directory / path, manifest.objects[path])
                steps.done()
            except BaseException:
                stop.set()
                raise

    workers = min(concurrency, len(stage))
    with ThreadPoolExecutor(workers, thread_name_prefix="upload") as pool:
        try:
            for future in [pool.submit(work) for _ in range(workers)]:
                future.result()
        finally:
            stop.set()


def _lost(store: Store) -> ConflictError:
    return ConflictError(
        f"another publisher changed {store.name} while this one was at work; nothing of theirs was deleted.",
        remedy="Let only one publish at a time. Publish again to bring the site to this state.",
    )
