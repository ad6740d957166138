"""The seam between the pipeline and a machine translator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

__all__ = ["Capabilities", "ContextEngine", "Engine", "GlossaryEngine", "Request"]


@dataclass(frozen=True, slots=True)
class Request:
    """One line to translate, opaque to the engines, and the text around it.

    Where engines differ in which spelling of inline tags survives them, `forms` has the text by the names of the
    spellings, and each engine is sent the best of those that it names; `text` is the same for people. `refused` are
    engines and spellings, in pairs, whose answer could not be used. An engine itself sees neither.
    """

    text: str
    before: str = ""
    after: str = ""
    forms: tuple[tuple[str, str], ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine takes in one request, and what it is careful with.

    `max_characters` bounds the texts of one request joined by line feeds, `max_texts` their number; `per_second` is how
    many requests the service takes in a second, 0 if nobody knows. `tags` names the spellings of numbered inline tags
    that survive this engine, best first: `xml` is `<1>…</1>` and `<2/>`, `bracket` is `[[1]]…[[/1]]` and `[[2/]]`.
    `fingerprint` stands for what decides its answers beside its settings, such as the text of its instructions.
    """

    max_characters: int
    max_texts: int
    tags: tuple[str, ...]
    needs_network: bool = True
    per_second: float = 0.0
    fingerprint: str = ""


class Engine(Protocol):
    """One machine translator. Several threads call it at once."""

    @property
    def name(self) -> str:
        """The engine's name in the configuration."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """Its limits; constant."""
        ...

    def language(self, tag: str) -> str:
        """The engine's own code of a BCP 47 tag, found without any request.

        Raises ConfigError when the engine has no such language. Simplified Chinese (zh, zh-CN, zh-Hans) and
        Traditional Chinese (zh-TW, zh-HK, zh-Hant) are never taken for one another.
        """
        ...

    def translate(self, texts: Sequence[str], *, source: str, target: str) -> list[str]:
        """The translations of `texts`, one each and in their order, by one request within the limits.

        `source` and `target` are codes that `language` gave. Raises EngineBusy when the same request may succeed
        later, EngineRefused when no request will, EngineError when a smaller request may.
        """
        ...


@runtime_checkable
class ContextEngine(Engine, Protocol):
    """An engine whose answer depends on the text around a line too. It is asked through this method alone."""

    def translate_in_context(self, requests: Sequence[Request], *, source: str, target: str) -> list[str]:
        """As `translate`, with what stands before and after each text."""
        ...


@runtime_checkable
class GlossaryEngine(Engine, Protocol):
    """An engine that can be told how terms are translated."""

    def use_terms(self, terms: Mapping[str, str]) -> None:
        """Translate these terms so. Called before the first request, if at all; sends nothing."""
        ...
