"""Other translations of some units of a post, for a person to choose from. Nothing is written."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from pipeline.config import Settings
from pipeline.content import Library
from pipeline.errors import EngineError
from pipeline.markdown import Piece, compose
from pipeline.translation.adapt import adapt
from pipeline.translation.chains import asker_for
from pipeline.translation.dispatch import Budget
from pipeline.translation.document import Document
from pipeline.translation.draft import Draft
from pipeline.translation.entries import filled
from pipeline.translation.glossary import Glossary
from pipeline.translation.known import known_memory
from pipeline.translation.memory import Memory

__all__ = ["Suggestions"]

_ALIKE = 60.0


class Suggestions:
    """The memory of one locale, and its engines."""

    def __init__(self, settings: Settings, locale: str, glossary: Glossary) -> None:
        """The memory is read when it is first asked."""
        self.settings, self.locale, self.glossary = settings, locale, glossary
        self._memory: Memory | None = None
        self._lock = threading.Lock()

    def asked(self, document: Document, units: range, engine: str) -> str:
        """What an engine answers now, whatever it answered before. Raises EngineError if it gives nothing usable."""
        draft = Draft.start(document, None, None)
        jobs = [job for job in draft.jobs() if job.unit in units]
        asker = asker_for(self.settings, self.locale, self.glossary, [engine], Budget(0))
        left = asker.ask([(draft, job) for job in jobs], None)
        if left:
            raise EngineError(f"{engine} could not translate this: {left[0][2] or 'there was no answer.'}")
        return _written(document, units, draft.targets)

    def remembered(self, document: Document, units: range) -> Iterator[tuple[str, str]]:
        """(translation, where it is from) of the best that the memory has, if it has something for every segment."""
        with self._lock:
            if self._memory is None:
                self._memory = known_memory(self.settings, Library.read(self.settings), self.locale)
        memory = self._memory
        targets: dict[int, dict[int, Sequence[Piece]]] = {}
        worst, origin = 101.0, ""
        for index in units:
            for number, segment in enumerate(document.units[index].segments):
                exact = memory.find(segment, near=document.post.key)
                found = (exact, 100.0) if exact else memory.fuzzy(segment, _ALIKE)
                if found is None:
                    return
                entry, score = found
                pieces = adapt(entry, segment, self.glossary) or filled(entry, segment)
                if pieces is None:
                    return
                targets.setdefault(index, {})[number] = pieces
                if score < worst:
                    worst, origin = score, f"memory, {score:.0f} %: {entry.origin}"
        if targets:
            yield _written(document, units, targets), origin


def _written(document: Document, units: range, targets: dict[int, dict[int, Sequence[Piece]]]) -> str:
    """Units with their translations, and what stands between them in the source."""
    parts = []
    for index in units:
        unit = document.units[index]
        if index > units.start:
            parts.append(document.text[document.units[index - 1].end : unit.start])
        parts.append(compose(unit, targets.get(index, {}), document.env) or unit.source)
    return "".join(parts)
