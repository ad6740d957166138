"""Several texts as the lines of one, for engines that take a single text."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.translation.engines.faults import EngineError

__all__ = ["join_lines", "split_lines"]


def join_lines(texts: Sequence[str]) -> str:
    """The texts without the blanks around them, a line each; blank ones are left out."""
    return "\n".join(core for core in map(str.strip, texts) if core)


def split_lines(name: str, texts: Sequence[str], answer: str) -> list[str]:
    """The lines of `answer` as the translations of `texts`, each with the blanks that were around its text.

    Engines merge, drop and double line feeds without a word. Doubled ones do no harm; any other number of lines than
    was sent raises EngineError, since nobody can say which line belongs to which text.
    """
    wanted = [len(_lines(text)) for text in texts]
    got = _lines(answer)
    if len(got) != sum(wanted):
        raise EngineError(f"{name} answered {sum(wanted)} lines with {len(got)}.")
    answers, at = [], 0
    for text, count in zip(texts, wanted, strict=True):
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        answers.append(text[:start] + "\n".join(got[at : at + count]) + text[end:] if count else text)
        at += count
    return answers


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]
