"""One engine during one run: its pace, its retries, and the breaker that gives up on it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock

from pipeline.config import EngineSettings
from pipeline.errors import ConfigError
from pipeline.translation.engines.base import ContextEngine, Engine, Request
from pipeline.translation.engines.faults import (
    EngineBusy,
    EngineError,
    EngineRefused,
    EngineTimeout,
    EngineUnreachable,
)
from pipeline.translation.engines.pace import Pace

__all__ = ["Lane", "Outcome", "Waits"]

logger = logging.getLogger(__name__)

_STRIKES = 12  # what closes a lane, when no request succeeds in between
_LONGEST_WAIT = 60.0
_OFFLINE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Waits:
    """Time and chance, to be replaced in tests."""

    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Either one answer for each text, or why not, and whether the halves of the pack are worth a try."""

    answers: Sequence[str] = ()
    error: str = ""
    split: bool = False


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
        self.closed = ""
        self.requests = self.characters = self.retries = 0
        self._waits = waits
        self._pace = Pace(settings.requests_per_second, waits.clock, waits.sleep)
        self._room = BoundedSemaphore(settings.concurrency)
        self._lock = Lock()
        self._strikes = 0
        self._answered = False

    @property
    def reads_context(self) -> bool:
        """Whether the text around a line changes its translation."""
        return isinstance(self.engine, ContextEngine)

    def ask(self, pack: Sequence[Request]) -> Outcome:
        """The answers to one pack, after as many tries as its faults are worth."""
        if len(pack) == 1 and len(pack[0].text) > self.max_characters:
            return Outcome(error=f"{self.name} takes {self.max_characters} characters at once, this text has more.")
        started, tries = self._waits.clock(), 0
        while not self.closed:
            try:
                return self._success(pack, self._send(pack, again=tries > 0))
            except EngineBusy as fault:
                tries += 1
                wait = self._wait(fault, tries, started, len(pack))
                if wait is None:
                    return self._failure(fault, len(pack))
                if fault.retry_after is not None:
                    self._pace.pause(wait)
                self._waits.sleep(wait)
            except (EngineError, ConfigError) as fault:
                return self._failure(fault, len(pack))
            except Exception as fault:  # noqa: BLE001  an engine may be anyone's; its message may hold a key
                return self._failure(EngineError(f"{self.name} failed with {type(fault).__name__}."), len(pack))
        return Outcome(error=self.closed)

    def _send(self, pack: Sequence[Request], *, again: bool) -> list[str]:
        with self._room:
            self._pace.wait()
            if self.closed:
                raise EngineRefused(self.closed)
            with self._lock:
                self.requests += 1
                self.retries += again
            if isinstance(self.engine, ContextEngine):
                answers = self.engine.translate_in_context(pack, source=self.source, target=self.target)
            else:
                texts = [request.text for request in pack]
                answers = self.engine.translate(texts, source=self.source, target=self.target)
        if len(answers) != len(pack):
            raise EngineError(f"{self.name} answered {len(pack)} texts with {len(answers)}.")
        if not all(isinstance(answer, str) and answer.strip() for answer in answers):
            raise EngineError(f"{self.name} answered with an empty text.")
        try:
            "".join(answers).encode()
        except UnicodeEncodeError:
            raise EngineError(f"{self.name} answered with half a character.") from None
        return answers

    def _wait(self, fault: EngineBusy, tries: int, started: float, texts: int) -> float | None:
        """Seconds until the pack is worth another try; None when it is not."""
        if tries > self.settings.retries:
            return None
        if isinstance(fault, EngineTimeout) and (texts > 1 or tries > 1):
            return None
        if isinstance(fault, EngineUnreachable) and not self._answered:
            wait = 0.25 * tries
            return wait if self._waits.clock() + wait - started <= _OFFLINE_SECONDS else None
        if fault.retry_after is not None:
            return fault.retry_after + self._waits.random() / 4 if fault.retry_after <= _LONGEST_WAIT else None
        return min(_LONGEST_WAIT / 2, 2.0 ** (tries - 1)) * (0.5 + self._waits.random() / 2)

    def _success(self, pack: Sequence[Request], answers: list[str]) -> Outcome:
        with self._lock:
            self._strikes = 0
            self._answered = True
            self.characters += sum(len(request.text) for request in pack)
        return Outcome([answer.strip() for answer in answers])

    def _failure(self, fault: ConfigError | EngineError, texts: int) -> Outcome:
        split = texts > 1 and (isinstance(fault, EngineTimeout) or not isinstance(fault, (EngineBusy, EngineRefused)))
        with self._lock:
            self._strikes += _weight(fault, split=split)
            closes = self._strikes >= _STRIKES and not self.closed
            if closes:
                self.closed = str(fault)
        if closes:
            logger.warning("The engine %s is not asked again in this run: %s", self.name, fault)
        return Outcome(error=str(fault), split=split and not self.closed)


def _weight(fault: ConfigError | EngineError, *, split: bool) -> int:
    """How much a failed request says about the engine, rather than about the request."""
    match fault:
        case EngineRefused() | EngineUnreachable() | ConfigError():
            return _STRIKES
        case EngineTimeout():
            return 2 if split else 4
        case EngineBusy(retry_after=seconds):
            return _STRIKES if (seconds or 0) > _LONGEST_WAIT else 4
        case _:
            return 0 if split else 2  # halves will tell which text was at fault
