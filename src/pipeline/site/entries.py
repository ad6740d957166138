"""Posts as lists show them, in a file: those who look at many of them look at few parts of the memory."""

from __future__ import annotations

import os
import pickle
from array import array
from collections.abc import Callable, Iterable
from dataclasses import fields
from operator import attrgetter
from tempfile import TemporaryFile

from markupsafe import Markup

from pipeline.site.views import Body, Entry, TermView

__all__ = ["EntryBook"]

# As tuples, which are sooner written and read than what they are the values of.
_values = attrgetter(*(one.name for one in fields(Entry)[:-2]))  # all but body and categories
_values_of_term = attrgetter(*(one.name for one in fields(TermView)))


class EntryBook:
    """Entries, each at its place. Copies of this process may read it, all at once."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Take them down, but for what their bodies are."""
        self._file = TemporaryFile()  # noqa: SIM115 (it goes when nobody needs it any more)
        self._starts = array("Q", [0])
        for entry in entries:
            terms = [_values_of_term(term) for term in entry.categories]
            data = pickle.dumps((_values(entry), entry.body.digest, terms), pickle.HIGHEST_PROTOCOL)
            self._starts.append(self._starts[-1] + self._file.write(data))
        self._file.flush()

    def __del__(self) -> None:
        self._file.close()

    def entry(self, place: int, load: Callable[[], Markup]) -> Entry:
        """The entry there, with a body that is loaded when it is asked for."""
        start, end = self._starts[place : place + 2]
        data = os.pread(self._file.fileno(), end - start, start)
        values, digest, terms = pickle.loads(data)  # noqa: S301 (a file without a name)
        return Entry(*(*values, Body(load, digest), tuple(TermView(*term) for term in terms)))
