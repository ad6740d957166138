"""Many lines to translate, a chain of engines, one answer each.

Each line is asked once: duplicates are one line, what the journal knows is not asked at all, and what is more than the
run may send is left for another one.
"""

from __future__ import annotations

import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from pipeline.config import EngineSettings
from pipeline.translation.engines import Engine, GlossaryEngine, Request
from pipeline.translation.engines.budget import Budget
from pipeline.translation.engines.chain import Answer, Chain, packs_for, spelled
from pipeline.translation.engines.lane import Lane, Waits
from pipeline.translation.journal import Answers, Journal, answer_key, relevant

__all__ = ["Answer", "Budget", "Dispatcher", "EngineUsage", "Estimate", "Request"]

logger = logging.getLogger(__name__)

_REASONS = 3  # that are told of each call


@dataclass(frozen=True, slots=True)
class EngineUsage:
    """What a run cost: requests sent, how many of them were repetitions, characters that were translated, and the money
    for those, None where no engine has a price.
    """

    name: str
    requests: int = 0
    characters: int = 0
    retries: int = 0
    cost: float | None = None
    currency: str = ""

    def plus(self, other: EngineUsage) -> EngineUsage:
        """Both together; in two currencies there is no sum."""
        known = [usage for usage in (self, other) if usage.cost is not None]
        one = len({usage.currency for usage in known}) == 1
        return EngineUsage(
            other.name or self.name,
            self.requests + other.requests,
            self.characters + other.characters,
            self.retries + other.retries,
            sum(usage.cost or 0.0 for usage in known) if one else None,
            known[0].currency if one else "",
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the first engine would be sent, if nothing fails: different lines, their characters, requests, and the money
    for it, None if the engine has no price. `held_back` are lines that are more than the run may send.
    """

    texts: int
    characters: int
    requests: int
    cost: float | None = None
    currency: str = ""
    held_back: int = 0


class Dispatcher:
    """A chain of engines for one pair of languages. It may be used by several threads, and again and again: an engine
    that was given up on is not asked again, or not soon.
    """

    def __init__(
        self,
        engines: Sequence[tuple[Engine, EngineSettings]],
        *,
        source: str,
        target: str,
        journal: Answers | Journal | None = None,
        terms: Mapping[str, str] | None = None,
        budget: Budget | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        """`source` and `target` are BCP 47 tags; raises ConfigError when an engine lacks one of them.

        `terms` are the glossary's, with their translations. Dispatchers of one run share a `budget`. `clock`, `sleep`
        and `random` (from 0 to 1) are for tests. Nothing is sent.
        """
        waits = Waits(clock, sleep, random)
        self._lanes = [Lane(engine, settings, source, target, waits) for engine, settings in engines]
        self._journal = journal
        self._relevant = {lane.name: relevant(lane.settings) for lane in self._lanes}
        self._budget = budget or Budget(0)
        self._terms = {term.casefold(): wanted for term, wanted in (terms or {}).items()}
        for engine, _ in engines if terms else ():
            if isinstance(engine, GlossaryEngine):
                engine.use_terms(terms or {})
        self._context = any(lane.reads_context for lane in self._lanes)
        self._chain = Chain(self._lanes, self._keep)
        self._told: set[str] = set()

    @property
    def usage(self) -> EngineUsage:
        """The cost so far, of all engines together, under the names of those that were asked."""
        asked = [lane.name for lane in self._lanes if lane.requests] or [lane.name for lane in self._lanes[:1]]
        cost, currency = _cost((lane, lane.characters) for lane in self._lanes)
        return EngineUsage(
            ", ".join(asked),
            sum(lane.requests for lane in self._lanes),
            sum(lane.characters for lane in self._lanes),
            sum(lane.retries for lane in self._lanes),
            cost,
            currency,
        )

    def estimate(self, requests: Iterable[Request]) -> Estimate:
        """What `translate` would send to the first engine now."""
        lines = {self._line(request): None for request in requests if request.text.strip()}
        unknown = [line for line in lines if not self._recalled(line)]
        sent: list[Request] = []
        left = self._budget.left
        for line in unknown:
            if left is None or len(line.text) <= left:
                sent.append(line)
                left = left - len(line.text) if left is not None else None
        first = self._lanes[:1]
        asked = [spelled(lane, line) for lane in first for line in sent] or sent
        characters = sum(len(line.text) for line in asked)
        cost, currency = _cost((lane, characters) for lane in first)
        packs = sum(len(packs_for(lane, sent)) for lane in first)
        return Estimate(len(sent), characters, packs, cost, currency, len(unknown) - len(sent))

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
        settled = 0

        def settle(line: Request, answer: Answer) -> None:
            nonlocal settled
            answers[line] = answer
            settled += weights[line]
            if progress:
                progress(settled, len(lines))

        for line in weights:
            found = self._recalled(line) if line.text else Answer("", "")
            if found or not self._lanes:
                settle(line, found or Answer(None, "", "There is no engine to ask."))
            elif not self._budget.take(len(line.text)):
                said = f"this run may send {self._budget.most} characters to engines, and has."
                settle(line, Answer(None, self._lanes[-1].name, said))
        failed: Counter[str] = Counter()
        with closing(self._chain.ask([line for line in weights if line not in answers])) as answered:
            for line, answer in answered:
                if answer.text is None:
                    self._budget.give_back(len(line.text))
                    failed[answer.error] += weights[line]
                settle(line, answer)
        self._tell(failed)
        return [_with_ends(request, answers[line]) for request, line in zip(requests, lines, strict=True)]

    def recalled(self, requests: Iterable[Request]) -> dict[str, str]:
        """What the journal knows of the answers to `requests`, by its keys."""
        keys = (self._key(lane, self._line(request)) for request in requests for lane in self._lanes)
        found = {key: self._journal.get(key) for key in keys if key} if self._journal is not None else {}
        return {key: text for key, text in found.items() if text is not None}

    def _line(self, request: Request) -> Request:
        """What is asked: requests that differ in nothing an engine reads are the same line."""
        forms = tuple((spelling, text.strip()) for spelling, text in request.forms)
        line = replace(request, text=request.text.strip(), forms=forms)
        return line if self._context else replace(line, before="", after="")

    def _key(self, lane: Lane, line: Request) -> str | None:
        """Under what the journal has the lane's answer to a line; None if the lane is not asked for it."""
        found = lane.spell(line)
        if found is None:
            return None
        text = found[0].text.casefold()
        terms = sorted(item for item in self._terms.items() if item[0] in text) if lane.reads_terms else ()
        fingerprint = lane.engine.capabilities.fingerprint
        return answer_key(
            lane.name, self._relevant[lane.name], (lane.source, lane.target), found[0], (fingerprint, *terms)
        )

    def _recalled(self, line: Request) -> Answer | None:
        """What the journal knows, from whichever engine of the chain."""
        if self._journal is None:
            return None
        for lane in self._lanes:
            key, found = self._key(lane, line), lane.spell(line)
            text = self._journal.get(key) if key else None
            if text is not None and found:
                return Answer(text, lane.name, cached=True, spelling=found[1])
        return None

    def _tell(self, failed: Counter[str]) -> None:
        """Say why texts were not translated, each reason once; that an engine is left alone has been said already."""
        reasons = [lane.breaker.reason for lane in self._lanes]
        self._told |= {*reasons, " ".join(filter(None, reasons))}
        for error, count in failed.most_common(_REASONS):
            if error not in self._told:
                self._told.add(error)
                texts = "1 text was" if count == 1 else f"{count} texts were"
                logger.warning("%s not translated: %s", texts, error)

    def _keep(self, lane: Lane, line: Request, text: str) -> None:
        """Write an answer to the journal."""
        key = self._key(lane, line)
        if self._journal is not None and key:
            self._journal.add(key, text, lane.name)


def _cost(spent: Iterable[tuple[Lane, int]]) -> tuple[float | None, str]:
    """The money for so many characters of each lane; None if no lane has a price, or if they are in two currencies."""
    priced = [(lane.settings, characters) for lane, characters in spent if lane.settings.price]
    currencies = {settings.currency for settings, _ in priced}
    if len(currencies) != 1:
        return None, ""
    return sum(settings.price * characters / 1e6 for settings, characters in priced), currencies.pop()


def _with_ends(request: Request, answer: Answer) -> Answer:
    """The answer between the blanks that surround the request's text."""
    text = request.text
    if answer.text is None or text == text.strip():
        return answer
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return replace(answer, text=text[:start] + answer.text + text[end:] if start < end else text)
