"""The last answer of `pipeline status`, given again as long as everything that it depends on is as it was.

It is asked for before the settings are read, which takes longer than to look at the files of many posts.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from pipeline.files import write_atomic
from pipeline.taken import TICK, program, taken_down
from pipeline.translation.state import PostState

__all__ = ["Remembered"]


class Remembered:
    """The states of all posts below a root. The first line of the file is a digest of them and of what they go by."""

    def __init__(self, root: Path) -> None:
        """Take down what an answer that is looked for from now on will go by."""
        self._path = root / ".pipeline" / "status.json"
        self._inputs = _inputs(Path(os.path.realpath(root)))

    def states(self) -> list[PostState] | None:
        """The states, in order; None if they have to be looked for."""
        try:
            digest, _, data = self._path.read_bytes().partition(b"\n")
        except OSError:
            return None
        if self._inputs is None or digest != self._digest(data):
            return None
        return [*map(PostState._make, zip(*json.loads(data), strict=True))]

    def keep(self, states: Iterable[PostState]) -> None:
        """Note all states, found without a problem. Where nothing can be written, they are looked for again."""
        if self._inputs is None:
            return
        columns = [*zip(*states, strict=True)]  # which are read in half the time of rows
        data = json.dumps(columns, separators=(",", ":")).encode()
        try:
            write_atomic(self._path, self._digest(data) + b"\n" + data)
        except OSError:
            return

    def _digest(self, data: bytes) -> bytes:
        return (
            blake2b(f"{self._inputs}\n".encode("utf-8", "surrogateescape") + data, digest_size=16).hexdigest().encode()
        )


def _inputs(root: Path) -> str | None:
    """The posts, the configuration with its overrides, and the program; None where sizes and times do not tell them."""
    until = time.time_ns() - TICK
    try:
        config = (root / "pipeline.toml").stat()
        posts = taken_down([root / "content", root / "drafts"], suffix=".md", until=until)
    except OSError:
        return None
    if posts is None or max(config.st_mtime_ns, config.st_ctime_ns) >= until:
        return None
    stamp = (config.st_size, config.st_mtime_ns, config.st_ctime_ns, config.st_ino)
    variables = sorted((name, value) for name, value in os.environ.items() if name.startswith("PIPELINE_"))
    return repr((str(root), posts, stamp, variables, program()))
