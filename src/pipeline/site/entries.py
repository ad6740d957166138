"""Posts as lists show them, in a file: those who look at many of them look at few parts of the memory."""

from __future__ import annotations

import os
import pickle
from array import array
from collections.abc import Callable, Iterable
from dataclasses import replace
from tempfile import TemporaryFile
from typing import cast

from markupsafe import Markup

from pipeline.site.views import Body, Entry

__all__ = ["EntryBook"]

_NOTHING = Markup()


def _nothing() -> Markup:
    return _NOTHING


class EntryBook:
    """Entries, each at its place. Copies of this process may read it, all at once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take them down, but for what their bodies are."""
        self._file = TemporaryFile()  # noqa: SIM115 (it goes when nobody needs it any more)
        self._starts = array("Q", [0])
        for entry in entries:
            data = pickle.dumps((entry.body.digest, replace(entry, body=Body(_nothing, ""))), pickle.HIGHEST_PROTOCOL)
            self._starts.append(self._starts[-1] + self._file.write(data))
        self._file.flush()

    def __del__(self) -> None:
        self._file.close()

    def entry(self, place: int, load: Callable[[], Markup]) -> Entry:
        """The entry there, with a body that is loaded when it is asked for."""
        start, end = self._starts[place : place + 2]
        data = os.pread(self._file.fileno(), end - start, start)
        digest, entry = cast("tuple[str, Entry]", pickle.loads(data))  # noqa: S301 (a file without a name)
        return replace(entry, body=Body(load, digest))
