"""Segments to an engine and back: the tags spelled so that they survive, the answers read strictly.

An answer that cannot be used is asked for again: in another spelling, then with the terms of the glossary in plain
sight, then piece by piece between the tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.markdown import SPELLINGS, Piece, Spelling, read_answer
from pipeline.translation.dispatch import Dispatcher, Request
from pipeline.translation.draft import Draft, Job
from pipeline.translation.glossary import Glossary
from pipeline.translation.terms import hidden, repaired, shown

__all__ = ["Asker"]

Progress = Callable[[int, int], None]
_Open = tuple[Draft, Job]
# For text without tags: nothing in it, nor in its translation, is one.
_PLAIN = Spelling("plain", "", "", "", re.compile("(?!)()()()"))


@dataclass(frozen=True, slots=True)
class _Message:
    """What is sent for a job."""

    draft: Draft
    job: Job
    pieces: tuple[Piece, ...]
    spelling: Spelling
    text: str

    @property
    def request(self) -> Request:
        return Request(self.text, before=self.job.before, after=self.job.after)


class Asker:
    """A dispatcher with the spellings that its engine prefers, and the glossary. `plurals`: the target language has
    them.
    """

    def __init__(self, dispatcher: Dispatcher, spellings: Sequence[str], glossary: Glossary, *, plurals: bool) -> None:
        self.dispatcher, self.spellings, self.glossary, self.plurals = dispatcher, spellings, glossary, plurals

    def ask(self, jobs: Sequence[_Open], progress: Progress | None) -> list[tuple[Draft, Job, str]]:
        """Give each draft the answers to its jobs; returns the jobs that no engine could do, and why."""
        left = list(jobs)
        errors: dict[int, str] = {}
        rounds = [(name, True) for name in self.spellings] + [(self.spellings[0], False)]
        for number, (name, hide) in enumerate(rounds):
            messages = [message for entry in left if (message := self._message(*entry, name, hide=hide))]
            if number:
                messages = [message for message in messages if self._is_another(message, hide=hide)]
            if not messages:
                continue
            done = set(map(id, self._round(messages, progress if number == 0 else None, errors)))
            left = [entry for entry in left if id(entry[1]) not in done]
            if not self.dispatcher.usage.requests and not done:
                break  # no engine could be reached: other words will not help
        else:
            done = set(map(id, self._piecewise([entry for entry in left if _has_tags(entry[1].what.pieces)], errors)))
            left = [entry for entry in left if id(entry[1]) not in done]
        return [(draft, job, errors.get(id(job), "")) for draft, job in left]

    def requests(self, jobs: Sequence[_Open]) -> list[Request]:
        """What would be sent at first."""
        messages = (self._message(*entry, self.spellings[0], hide=True) for entry in jobs)
        return [message.request for message in messages if message]

    def _message(self, draft: Draft, job: Job, name: str, *, hide: bool) -> _Message | None:
        pieces = hidden(job.what.pieces, self.glossary) if hide else job.what.pieces
        spelling = SPELLINGS[name] if _has_tags(pieces) else _PLAIN
        text = spelling.write(pieces)
        return None if text is None else _Message(draft, job, tuple(pieces), spelling, text)

    def _is_another(self, message: _Message, *, hide: bool) -> bool:
        """It differs from what has been asked before."""
        if hide:
            return _has_tags(message.pieces)
        return hidden(message.pieces, self.glossary) != message.pieces

    def _round(self, messages: Sequence[_Message], progress: Progress | None, errors: dict[int, str]) -> Iterator[Job]:
        """Ask once; yields the jobs that are done."""
        answers = self.dispatcher.translate([message.request for message in messages], progress)
        for message, answer in zip(messages, answers, strict=True):
            if answer.text is None:
                errors[id(message.job)] = answer.error
                continue
            pieces = self._read(message, answer.text)
            if pieces is not None and message.draft.answer(message.job, pieces):
                yield message.job
            else:
                errors[id(message.job)] = f"{answer.engine} answered with other tags or another structure."

    def _read(self, message: _Message, answer: str) -> Sequence[Piece] | None:
        # An engine that answers what it was asked changes no byte, however the source spells it.
        if answer.strip() == message.text.strip():
            return message.job.what.pieces
        pieces = read_answer(answer, message.pieces, message.spelling)
        if pieces is None:
            return None
        pieces = shown(pieces, self.glossary, plurals=self.plurals)
        return repaired("".join(piece.text for piece in message.job.what.pieces), pieces, self.glossary)

    def _piecewise(self, entries: Sequence[_Open], errors: dict[int, str]) -> Iterator[Job]:
        """Translate the text between the tags by itself; the tags stay where they are."""
        runs = [
            (number, index, piece)
            for number, (_, job) in enumerate(entries)
            for index, piece in enumerate(job.what.pieces)
            if piece.kind == "text" and any(character.isalpha() for character in piece.text)
        ]
        answers = self.dispatcher.translate([Request(piece.text.strip()) for _, _, piece in runs]) if runs else []
        by_job: dict[int, dict[int, Piece]] = {}
        for (number, index, piece), answer in zip(runs, answers, strict=True):
            read = read_answer(answer.text, [piece], _PLAIN) if answer.text is not None else None
            if read is not None and len(read) == 1:
                by_job.setdefault(number, {})[index] = replace(read[0], text=_with_ends(piece.text, read[0].text))
        for number, (draft, job) in enumerate(entries):
            found = by_job.get(number, {})
            if {index for other, index, _ in runs if other == number} == set(found):
                pieces = [found.get(index, piece) for index, piece in enumerate(job.what.pieces)]
                if draft.answer(job, pieces):
                    errors.pop(id(job), None)
                    yield job


def _has_tags(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind in {"open", "void"} for piece in pieces)


def _with_ends(source: str, answer: str) -> str:
    lead = source[: len(source) - len(source.lstrip())]
    return lead + answer.strip() + source[len(source.rstrip()) :]
