"""Engines in the order of preference, and lines that go to the first one that can do them.

Lines are packed into full requests and sent concurrently. A request whose answer cannot be used is asked again in
halves, which isolates the line that spoils it; what an engine cannot do, and what waits for one that is left alone,
goes to the next. An engine that is tried again later gets its lines back from there on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.translation.engines.base import Request
from pipeline.translation.engines.crew import Crew
from pipeline.translation.engines.lane import Lane, Outcome
from pipeline.translation.engines.packing import pack_requests

__all__ = ["Answer", "Chain", "packs_for", "spelled"]

Keep = Callable[[Lane, Request, str], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """A translation, the engine it is from and the spelling of its tags, or None and why no engine could.

    `cached`: from the journal.
    """

    text: str | None
    engine: str
    error: str = ""
    cached: bool = False
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    """Lines that belong into one request, and the numbers of the lanes that have failed at them."""

    lines: tuple[Request, ...]
    tried: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Result:
    """What came of a task: the number of the lane that was asked (None: every one is left alone), and its outcome."""

    lane: int | None = None
    outcome: Outcome = field(default_factory=Outcome)


class Chain:
    """Works lines through lanes. `keep` is called with each answer as it arrives, from any thread."""

    def __init__(self, lanes: Sequence[Lane], keep: Keep) -> None:
        self._lanes = lanes
        self._keep = keep

    def ask(self, lines: Sequence[Request]) -> Generator[tuple[Request, Answer], None, None]:
        """Every line once, with its answer, as the answers arrive. The lines differ from one another."""
        book = _Book(self._lanes)
        order = {line: number for number, line in enumerate(lines)}
        pending = list(lines)
        while pending:
            pending.sort(key=order.__getitem__)
            waiting = [line for line in pending if len(book.tried(line)) < len(self._lanes)]
            yield from ((line, book.nothing(line)) for line in pending if len(book.tried(line)) == len(self._lanes))
            pending = []
            crew = self._crew()
            crew.put(*self._tasks(book, waiting))
            for task, result in crew.results():
                if result is None:
                    continue
                if result.lane is None:
                    for line in (other for leader in task.lines for other in book.group(leader)):
                        yield line, book.nothing(line)
                elif result.outcome.answers:
                    lane = self._lanes[result.lane]
                    for leader, text in zip(task.lines, result.outcome.answers, strict=True):
                        first, *others = book.group(leader)
                        yield first, _answer(lane, first, text)
                        if lane.reads_context:
                            pending += others  # it has seen the neighbours of the first one alone
                        else:
                            yield from ((line, _answer(lane, line, text)) for line in others)
                else:
                    pending += book.failed(task.lines, result.lane, result.outcome.error)

    def _tasks(self, book: _Book, lines: Iterable[Request]) -> Iterator[_Task]:
        """Lines that the same engines have failed at, packed for the one that comes next; the same text is one line."""
        groups: dict[frozenset[int], list[Request]] = defaultdict(list)
        for line in lines:
            groups[book.tried(line)].append(line)
        for tried, group in groups.items():
            lane = next((lane for number, lane in self._open(tried) if lane.breaker.ready), None)
            for part in packs_for(lane or self._lanes[0], book.leaders(group, lane)):
                yield _Task(tuple(part), tried)

    def _crew(self) -> Crew[_Task, _Result | None]:
        """Threads that work at tasks, and at the parts that these fall into."""

        def work(task: _Task) -> _Result | None:
            result, parts = self._work(task)
            crew.put(*parts, first=True)  # deep before wide: the end of a bad pack is near
            return result

        crew = Crew(work, sum(lane.settings.concurrency for lane in self._lanes))
        return crew

    def _work(self, task: _Task) -> tuple[_Result | None, Sequence[_Task]]:
        """Ask the first engine that has not failed at these lines and is not left alone.

        What came of it, or tasks that take the place of this one: smaller ones, or itself for another engine.
        """
        for number, lane in self._open(task.tried):
            if not lane.breaker.ready:
                continue
            parts = packs_for(lane, task.lines)
            if len(parts) > 1:
                return None, [_Task(tuple(part), task.tried) for part in parts]
            how = lane.breaker.enter()
            if not how:
                continue
            outcome = lane.ask([spelled(lane, line) for line in task.lines], how)
            if outcome.closed:
                return None, [task]
            if outcome.split:
                half = (len(task.lines) + 1) // 2
                return None, [_Task(part, task.tried) for part in (task.lines[:half], task.lines[half:])]
            for line, text in zip(task.lines, outcome.answers, strict=False):
                self._keep(lane, line, text)  # before anything else can go wrong
            return _Result(number, outcome), []
        return _Result(), []

    def _open(self, tried: frozenset[int]) -> Iterator[tuple[int, Lane]]:
        return ((number, lane) for number, lane in enumerate(self._lanes) if number not in tried)


class _Book:
    """Who has failed at which lines, and which lines are asked for by another one of the same text."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._lanes = lanes
        self._errors: dict[Request, dict[int, str]] = {}
        self._groups: dict[Request, list[Request]] = {}

    def tried(self, line: Request) -> frozenset[int]:
        """The lanes that are of no use for a line."""
        if line not in self._errors:
            found = ((number, _unfit(lane, line)) for number, lane in enumerate(self._lanes))
            self._errors[line] = {number: why for number, why in found if why}
        return frozenset(self._errors[line])

    def leaders(self, lines: Sequence[Request], lane: Lane | None) -> list[Request]:
        """One line for each text, or every one for a lane that reads what stands around it."""
        first: dict[object, Request] = {}
        for line in lines:
            leader = line if lane is None or lane.reads_context else first.setdefault(spelled(lane, line), line)
            if leader is line:
                self._groups[line] = [line]
            else:
                self._groups[leader].append(line)
        return [line for line in lines if self._groups.get(line, [None])[0] is line]

    def group(self, leader: Request) -> list[Request]:
        """A line and those that it stands for."""
        return self._groups[leader]

    def failed(self, leaders: Iterable[Request], lane: int, error: str) -> list[Request]:
        """Note that a lane could not do some lines; they, and those that they stand for."""
        lines = [line for leader in leaders for line in self._groups[leader]]
        for line in lines:
            self._errors[line][lane] = error
        return lines

    def nothing(self, line: Request) -> Answer:
        """The answer to a line that nobody could do: why, from each engine."""
        errors = self._errors[line]
        told = [errors.get(number) or lane.breaker.reason for number, lane in enumerate(self._lanes)]
        return Answer(None, self._lanes[-1].name, " ".join(filter(None, told)))


def packs_for(lane: Lane, lines: Iterable[Request]) -> list[list[Request]]:
    """The lines in requests as full as the lane's limits allow."""
    return pack_requests(lines, lane.max_characters, lane.max_texts, lambda line: len(spelled(lane, line).text))


def spelled(lane: Lane, line: Request) -> Request:
    """A line as the lane's engine is asked for it."""
    found = lane.spell(line)
    return found[0] if found else line


def _answer(lane: Lane, line: Request, text: str) -> Answer:
    found = lane.spell(line)
    return Answer(text, lane.name, spelling=found[1] if found else "")


def _unfit(lane: Lane, line: Request) -> str:
    """Why a lane can never do a line; empty if it may."""
    found = lane.spell(line)
    if found is None:
        return f"{lane.name} has no other spelling of tags."
    if len(found[0].text) > lane.max_characters:
        return f"{lane.name} takes {lane.max_characters} characters at once, this text has more."
    return ""
