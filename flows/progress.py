"""How far a long step is, as an artifact that moves."""

from __future__ import annotations

import time
from collections.abc import Callable

from prefect.artifacts import create_progress_artifact, update_progress_artifact

__all__ = ["progress_of"]

SECONDS = 2.0  # from one word to the server to the next, and until the first


def progress_of(name: str) -> Callable[[int, int], None]:
    """A `progress(done, total)` that shows as `progress-NAME`. A step that is done at once shows nothing."""
    last, artifact = time.monotonic(), None

    def progress(done: int, total: int) -> None:
        nonlocal last, artifact
        now = time.monotonic()
        if now - last < SECONDS and not (artifact and done == total):
            return
        last = now
        percent = 100.0 * done / max(total, 1)
        told = f"{done} of {total}"
        if artifact is None:
            artifact = create_progress_artifact(percent, key=f"progress-{name}", description=told)
        else:
            update_progress_artifact(artifact, percent, description=told)

    return progress
