"""One engine during one run: its spelling, its pace, its retries, and when it is left alone."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines.base import ContextEngine, Engine, GlossaryEngine, Request
from pipeline.translation.engines.breaker import Breaker, Pass
from pipeline.translation.engines.faults import (
    EngineBusy,
    EngineCrash,
    EngineError,
    EngineRefused,
    EngineTimeout,
    EngineUnreachable,
)
from pipeline.translation.engines.pace import Pace
from pipeline.translation.engines.window import Slot, Window

__all__ = ["Lane", "Outcome", "Waits"]

logger = logging.getLogger(__name__)

_LONGEST_WAIT = 60.0
_OFFLINE_SECONDS = 1.0
_SMALLER = (EngineTimeout, EngineCrash)  # a smaller request may do better
_OWN = (*_SMALLER, EngineUnreachable)  # says nothing about how many requests are too many


@dataclass(frozen=True, slots=True)
class Waits:
    """Time and chance, to be replaced in tests."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either one answer for each text, or why not, and what is worth a try: the halves of the pack (`split`), or the
    same pack with another engine, since nobody has looked at these texts (`closed`).
    """

    answers: Sequence[str] = ()
    error: str = ""
    split: bool = False
    closed: bool = False


class _ClosedError(Exception):
    """The breaker opened while a request waited for its turn."""


class Lane:
    """Asks one engine, from any number of threads. Raises nothing that an engine may do."""

    def __init__(self, engine: Engine, settings: EngineSettings, source: str, target: str, waits: Waits) -> None:
        """Raises ConfigError when the engine lacks one of the languages (BCP 47 tags)."""
        self.engine = engine
        self.settings = settings
        self.name = engine.name
        self.source = engine.language(source)
        self.target = engine.language(target)
        limits = engine.capabilities
        self.max_texts = max(1, limits.max_texts)
        self.max_characters = min(limits.max_characters, settings.max_characters or limits.max_characters)
        self.reads_context = isinstance(engine, ContextEngine)
        self.reads_terms = isinstance(engine, GlossaryEngine)
        self.breaker = Breaker(waits.clock)
        self.requests = self.characters = self.retries = 0
        self._waits = waits
        per_second = settings.requests_per_second or limits.per_second
        self._pace = Pace(per_second, settings.characters_per_minute, waits.clock, waits.sleep)
        self._window = Window(settings.concurrency)
        self._lock = Lock()
        self._refusals = 0  # in a row, whoever's
        self._answered = self._told = False

    def spell(self, line: Request) -> tuple[Request, str] | None:
        """What this engine is asked for a line, and the name of the spelling: the best that it has not refused yet.

        None when there is none left.
        """
        forms = dict(line.forms) or {"": line.text}
        for spelling in self.engine.capabilities.tags if line.forms else ("",):
            if spelling in forms and (self.name, spelling) not in line.refused:
                before, after = (line.before, line.after) if self.reads_context else ("", "")
                return Request(forms[spelling], before, after), spelling
        return None

    def ask(self, pack: Sequence[Request], how: Pass = "free") -> Outcome:
        """The answers to one pack, after as many tries as its faults are worth; one if this is the breaker's trial."""
        started, tries = self._waits.clock(), 0
        while how == "trial" or not self.breaker.open:
            with self._window.slot() as slot:  # until what came of it is told: whoever has the place next knows of it
                found = self._tried(pack, how, slot, tries, started)
            if isinstance(found, Outcome):
                return found
            tries += 1
            self._waits.sleep(found)
        return Outcome(error=self.breaker.reason, closed=True)

    def _tried(self, pack: Sequence[Request], how: Pass, slot: Slot, tries: int, started: float) -> Outcome | float:
        """What came of one more request after so many tries, or the seconds until the next one."""
        try:
            return self._success(pack, self._send(pack, how, slot, again=tries > 0), how)
        except EngineBusy as fault:
            wait = None if how == "trial" else self._wait(fault, tries + 1, started, len(pack))
            if wait is None:
                return self._failure(fault, len(pack), how)
            if not isinstance(fault, _OWN):
                self._pace.refuse(wait)  # what is too much for it from one of us is too much from all
            return wait
        except _ClosedError:
            return Outcome(error=self.breaker.reason, closed=True)
        except (EngineError, ConfigError) as fault:
            return self._failure(fault, len(pack), how)
        except Exception as fault:  # noqa: BLE001  an engine may be anyone's; its message may hold a key
            error = EngineError(f"{self.name} failed with {type(fault).__name__}.")
            return self._failure(error, len(pack), how)

    def _send(self, pack: Sequence[Request], how: Pass, slot: Slot, *, again: bool) -> list[str]:
        self._pace.wait(sum(len(request.text) for request in pack))
        if self.breaker.open and how == "free":
            raise _ClosedError
        with self._lock:
            self.requests += 1
            self.retries += again
        try:
            answers = self._translations(pack)
        except EngineUnreachable:
            raise
        except EngineBusy as fault:
            narrowed = self._window.narrow(slot)
            self._refusals += narrowed and not isinstance(fault, _OWN)
            raise
        self._refusals = 0
        self._window.widen()
        self._pace.succeed()
        if len(answers) != len(pack):
            raise EngineError(f"{self.name} answered {len(pack)} texts with {len(answers)}.")
        if not all(isinstance(answer, str) and answer.strip() for answer in answers):
            raise EngineError(f"{self.name} answered with an empty text.")
        try:
            "".join(answers).encode()
        except UnicodeEncodeError:
            raise EngineError(f"{self.name} answered with half a character.") from None
        return answers

    def _translations(self, pack: Sequence[Request]) -> list[str]:
        if isinstance(self.engine, ContextEngine):
            return self.engine.translate_in_context(pack, source=self.source, target=self.target)
        texts = [request.text for request in pack]
        return self.engine.translate(texts, source=self.source, target=self.target)

    def _wait(self, fault: EngineBusy, tries: int, started: float, texts: int) -> float | None:
        """Seconds until the pack is worth another try; None when it is not."""
        if tries > self.settings.retries:
            return None
        if isinstance(fault, EngineTimeout) and (texts > 1 or tries > 1):
            return None
        if isinstance(fault, EngineCrash) and texts > 1 and tries > 1:
            return None
        if isinstance(fault, EngineUnreachable) and not self._answered:
            wait = 0.25 * tries
            return wait if self._waits.clock() + wait - started <= _OFFLINE_SECONDS else None
        if fault.retry_after is not None:
            return fault.retry_after + self._waits.random() / 4 if fault.retry_after <= _LONGEST_WAIT else None
        # A success of another request forgives what they have in common.
        faults = tries if isinstance(fault, _OWN) else max(1, min(tries, self._refusals))
        return min(_LONGEST_WAIT / 2, 2.0 ** (faults - 1)) * (0.5 + self._waits.random() / 2)

    def _success(self, pack: Sequence[Request], answers: list[str], how: Pass) -> Outcome:
        with self._lock:
            self._answered = True
            self.characters += sum(len(request.text) for request in pack)
        if self.breaker.succeed(how):
            logger.info("The engine %s answers again.", self.name)
        return Outcome([answer.strip() for answer in answers])

    def _failure(self, fault: ConfigError | EngineError, texts: int, how: Pass) -> Outcome:
        smaller = isinstance(fault, _SMALLER) or not isinstance(fault, (EngineBusy, EngineRefused))
        split = texts > 1 and smaller
        seconds = (fault.retry_after or 0.0) if isinstance(fault, EngineBusy) else 0.0
        final = isinstance(fault, (EngineRefused, ConfigError))
        weight = _weight(fault, split=split)
        if self.breaker.fail(how, weight, str(fault), math.inf if final else seconds) and not self._told:
            self._told = True
            left = "not asked again in this run" if final or seconds > _LONGEST_WAIT else "left alone for a while"
            logger.warning("The engine %s is %s: %s", self.name, left, fault)
        closed = self.breaker.open and (how == "trial" or isinstance(fault, (EngineBusy, EngineRefused, ConfigError)))
        return Outcome(error=str(fault), split=split and not self.breaker.open, closed=closed)


def _weight(fault: ConfigError | EngineError, *, split: bool) -> float:
    """How much a failed request says about the engine, rather than about the request: all of it is 1."""
    match fault:
        case EngineRefused() | EngineUnreachable() | ConfigError():
            return 1
        case EngineTimeout() | EngineCrash():
            return 1 / 6 if split else 1 / 3
        case EngineBusy(retry_after=seconds):
            return 1 if (seconds or 0) > _LONGEST_WAIT else 1 / 3
        case _:
            return 0 if split else 1 / 6  # halves will tell which text was at fault
