"""Segments to an engine and back: the tags spelled so that they survive, the answers read strictly.

An answer that cannot be used is asked for again: in another spelling, then with the terms of the glossary in plain
sight, then piece by piece between the tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.markdown import SPELLINGS, Piece, Segment, Spelling, read_answer
from pipeline.translation.dispatch import Answer, Dispatcher, Request
from pipeline.translation.draft import Draft, Job
from pipeline.translation.glossary import Glossary
from pipeline.translation.terms import hidden, repaired, shown

__all__ = ["Asker"]

Progress = Callable[[int, int], None]
Pieces = Sequence[Piece]
_Open = tuple[Draft, Job]
# For text without tags: nothing in it, nor in its translation, is one.
_PLAIN = Spelling("plain", "", "", "", re.compile("(?!)()()()"))


@dataclass(frozen=True, slots=True)
class _Message:
    """What is sent for a job: its text in every spelling that it allows; each engine is asked in the one it likes best.

    `refused` are engines and spellings whose answer could not be used.
    """

    draft: Draft
    job: Job
    pieces: tuple[Piece, ...]
    refused: tuple[tuple[str, str], ...] = ()

    @property
    def request(self) -> Request:
        """As the dispatcher takes it."""
        if not _has_tags(self.pieces):
            return Request(_PLAIN.write(self.pieces) or "", self.job.before, self.job.after, refused=self.refused)
        forms = {name: spelling.write(self.pieces) for name, spelling in SPELLINGS.items()}
        known = tuple((name, text) for name, text in forms.items() if text is not None)
        return Request(self.job.what.message, self.job.before, self.job.after, known, self.refused)


class Asker:
    """A dispatcher with the glossary, and with the typography of the target language."""

    def __init__(
        self, dispatcher: Dispatcher, glossary: Glossary, *, plurals: bool, tidy: Callable[[Pieces], Pieces] = tuple
    ) -> None:
        """`plurals`: the target language has them. `tidy` puts the typography of an answer right."""
        self.dispatcher, self.glossary, self.plurals, self.tidy = dispatcher, glossary, plurals, tidy

    def ask(self, jobs: Sequence[_Open], progress: Progress | None) -> list[tuple[Draft, Job, str]]:
        """Give each draft the answers to its jobs; returns the jobs that no engine could do, and why."""
        errors: dict[int, str] = {}
        refused = self._ask([self._hidden(*entry) for entry in jobs], progress, errors)
        # What an engine made of a hidden term may have been the fault.
        plain = [
            _Message(message.draft, message.job, message.job.what.pieces)
            for message in refused
            if message.pieces != message.job.what.pieces
        ]
        self._ask(plain, None, errors)
        tried = {id(message.job) for message in refused if _has_tags(message.job.what.pieces)}
        self._piecewise([entry for entry in jobs if id(entry[1]) in tried & errors.keys()], errors)
        return [(draft, job, errors[id(job)]) for draft, job in jobs if id(job) in errors]

    def requests(self, jobs: Sequence[_Open]) -> list[Request]:
        """What would be sent at first."""
        return [self._hidden(*entry).request for entry in jobs]

    def _hidden(self, draft: Draft, job: Job) -> _Message:
        """A job with its untranslated terms out of the engine's sight."""
        return _Message(draft, job, hidden(job.what.pieces, self.glossary))

    def _ask(self, messages: Sequence[_Message], progress: Progress | None, errors: dict[int, str]) -> list[_Message]:
        """Ask until each message has an answer that can be used, or nobody is left to answer it; returns those that
        were answered in vain. `errors` has why each job that is not done is not.
        """
        asked, in_vain = list(messages), []
        while asked:
            again = []
            answers = self.dispatcher.translate([message.request for message in asked], progress)
            for message, answer in zip(asked, answers, strict=True):
                job = message.job
                if answer.text is None:
                    errors.setdefault(id(job), answer.error)
                    if message.refused:
                        in_vain.append(message)
                elif (pieces := self._read(message, answer)) is not None and self._put(message.draft, job, pieces):
                    errors.pop(id(job), None)
                else:
                    errors[id(job)] = f"{answer.engine} answered with other tags or another structure."
                    again.append(replace(message, refused=(*message.refused, (answer.engine, answer.spelling))))
            asked, progress = again, None
        return in_vain

    def _put(self, draft: Draft, job: Job, pieces: Pieces) -> bool:
        """Give an answer to its draft, in good typography if it can be written so. What was asked stays as it is."""
        same = Segment("text", 0, 0, tuple(pieces)).message == job.what.message
        tidied = pieces if same else self.tidy(pieces)
        return draft.answer(job, tidied) or (tidied != pieces and draft.answer(job, pieces))

    def _read(self, message: _Message, answer: Answer) -> Pieces | None:
        text, spelling = answer.text or "", SPELLINGS.get(answer.spelling, _PLAIN)
        # An engine that answers what it was asked changes no byte, however the source spells it.
        if text.strip() == (spelling.write(message.pieces) or "").strip():
            return message.job.what.pieces
        pieces = read_answer(text, message.pieces, spelling)
        if pieces is None:
            return None
        pieces = shown(pieces, self.glossary, plurals=self.plurals)
        return repaired("".join(piece.text for piece in message.job.what.pieces), pieces, self.glossary)

    def _piecewise(self, entries: Sequence[_Open], errors: dict[int, str]) -> None:
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
                if self._put(draft, job, pieces):
                    errors.pop(id(job), None)


def _has_tags(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind in {"open", "void"} for piece in pieces)


def _with_ends(source: str, answer: str) -> str:
    lead = source[: len(source) - len(source.lstrip())]
    return lead + answer.strip() + source[len(source.rstrip()) :]
