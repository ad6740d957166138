"""Many lines to translate, a chain of engines, one answer each.

Each line is asked once: duplicates are one line, and what the journal knows is not asked at all. What an engine of the
chain cannot do goes to the next. Lines are packed into full requests and sent concurrently; a request whose answer
cannot be used is asked again in halves, which isolates the line that spoils it.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from pipeline.config import EngineSettings
from pipeline.translation.engines import Engine, Request
from pipeline.translation.engines.crew import Crew
from pipeline.translation.engines.lane import Lane, Outcome, Waits
from pipeline.translation.engines.packing import pack_requests
from pipeline.translation.journal import Journal, answer_key

__all__ = ["Answer", "Dispatcher", "EngineUsage", "Estimate", "Request"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A translation and the engine it is from, or None and why no engine could. `cached`: from the journal."""

    text: str | None
    engine: str
    error: str = ""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class EngineUsage:
    """What a run cost: requests sent, how many of them were repetitions, and characters that were translated."""

    name: str
    requests: int = 0
    characters: int = 0
    retries: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the first engine would be sent, if nothing fails: different lines, their characters, requests."""

    texts: int
    characters: int
    requests: int


class Dispatcher:
    """A chain of engines for one pair of languages. It may be used by several threads, and again and again: an engine
    that was given up on is not asked again.
    """

    def __init__(
        self,
        engines: Sequence[tuple[Engine, EngineSettings]],
        *,
        source: str,
        target: str,
        journal: Journal | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        """`source` and `target` are BCP 47 tags; raises ConfigError when an engine lacks one of them.

        `clock`, `sleep` and `random` (from 0 to 1) are for tests. Nothing is sent.
        """
        waits = Waits(clock, sleep, random)
        self._lanes = [Lane(engine, settings, source, target, waits) for engine, settings in engines]
        self._journal = journal
        self._context = any(lane.reads_context for lane in self._lanes)

    @property
    def usage(self) -> EngineUsage:
        """The cost so far, of all engines together, under the names of those that were asked."""
        asked = [lane.name for lane in self._lanes if lane.requests] or [lane.name for lane in self._lanes[:1]]
        return EngineUsage(
            ", ".join(asked),
            sum(lane.requests for lane in self._lanes),
            sum(lane.characters for lane in self._lanes),
            sum(lane.retries for lane in self._lanes),
        )

    def estimate(self, requests: Iterable[Request]) -> Estimate:
        """What `translate` would send to the first engine now."""
        lines = {self._line(request): None for request in requests if request.text.strip()}
        lines = {line: None for line in lines if not self._recalled(line)}
        if not self._lanes:
            return Estimate(len(lines), sum(len(line.text) for line in lines), 0)
        packs = _packs(self._lanes[0], lines)
        return Estimate(len(lines), sum(len(line.text) for line in lines), len(packs))

    def translate(
        self, requests: Sequence[Request], progress: Callable[[int, int], None] | None = None
    ) -> list[Answer]:
        """One answer for each request, in their order. `progress` is told how many are settled, and of how many.

        Blanks around a text are kept as they are, and a text of blanks is its own translation. Whatever an engine
        does becomes an Answer; what `progress` raises goes through.
        """
        lines = [self._line(request) for request in requests]
        weights = Counter(lines)
        answers: dict[Request, Answer] = {}
        errors: dict[Request, str] = {}
        settled = 0

        def settle(line: Request, answer: Answer) -> None:
            nonlocal settled
            answers[line] = answer
            settled += weights[line]
            if progress:
                progress(settled, len(lines))

        for line in weights:
            found = self._recalled(line) if line.text else Answer("", "")
            if found:
                settle(line, found)
        for lane in self._lanes:
            with closing(self._ask(lane, [line for line in weights if line not in answers])) as answered:
                for line, answer in answered:
                    if answer.text is not None:
                        settle(line, answer)
                    else:
                        errors[line] = " ".join(filter(None, [errors.get(line), answer.error]))
        name = self._lanes[-1].name if self._lanes else ""
        for line in weights:
            if line not in answers:
                settle(line, Answer(None, name, errors.get(line, "There is no engine to ask.")))
        return [_with_ends(request, answers[line]) for request, line in zip(requests, lines, strict=True)]

    def _line(self, request: Request) -> Request:
        """What is asked: requests that differ in nothing an engine reads are the same line."""
        text = request.text.strip()
        return replace(request, text=text) if self._context else Request(text)

    def _key(self, lane: Lane, line: Request) -> str:
        asked = line if lane.reads_context else Request(line.text)
        return answer_key(lane.name, lane.settings, (lane.source, lane.target), asked)

    def _recalled(self, line: Request) -> Answer | None:
        """What the journal knows, from whichever engine of the chain."""
        if self._journal is None:
            return None
        for lane in self._lanes:
            text = self._journal.get(self._key(lane, line))
            if text is not None:
                return Answer(text, lane.name, cached=True)
        return None

    def _ask(self, lane: Lane, lines: Sequence[Request]) -> Generator[tuple[Request, Answer], None, None]:
        """Ask one engine; every line comes back once, with an answer or an error."""

        def work(pack: list[Request]) -> Outcome:
            outcome = lane.ask(pack)
            self._keep(lane, pack, outcome)
            if outcome.split:
                half = (len(pack) + 1) // 2
                crew.put(pack[:half], pack[half:], first=True)  # deep before wide: the end of a bad pack is near
            return outcome

        crew = Crew(work, lane.settings.concurrency)
        crew.put(*_packs(lane, lines))
        for pack, outcome in crew.results():
            if outcome.answers:
                for line, text in zip(pack, outcome.answers, strict=True):
                    yield line, Answer(text, lane.name)
            elif not outcome.split:
                yield from ((line, Answer(None, lane.name, outcome.error)) for line in pack)

    def _keep(self, lane: Lane, pack: Sequence[Request], outcome: Outcome) -> None:
        """Write answers to the journal, before anything else can go wrong."""
        if self._journal is not None and outcome.answers:
            for line, text in zip(pack, outcome.answers, strict=True):
                self._journal.add(self._key(lane, line), text, lane.name)


def _packs(lane: Lane, lines: Iterable[Request]) -> list[list[Request]]:
    return pack_requests(lines, lane.max_characters, lane.max_texts)


def _with_ends(request: Request, answer: Answer) -> Answer:
    """The answer between the blanks that surround the request's text."""
    text = request.text
    if answer.text is None or text == text.strip():
        return answer
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return replace(answer, text=text[:start] + answer.text + text[end:] if start < end else text)
