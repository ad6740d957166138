"""Segments to an engine and back: the tags spelled so that they survive, the answers read strictly.

An answer that cannot be used is asked for again: in another spelling, then piece by piece between the tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.markdown import SPELLINGS, Piece, Spelling, read_answer
from pipeline.translation.dispatch import Answer, Dispatcher, Request
from pipeline.translation.draft import Draft, Job

__all__ = ["ask"]

Progress = Callable[[int, int], None]
_Open = tuple[Draft, Job]
# For text without tags: nothing in it, nor in its translation, is one.
_PLAIN = Spelling("plain", "", "", "", re.compile("(?!)()()()"))


def ask(dispatcher: Dispatcher, jobs: Sequence[_Open], progress: Progress | None) -> list[_Open]:
    """Give each draft the answers to its jobs; returns the jobs that no engine could do."""
    asked: Sequence[_Open] = jobs
    refused: dict[int, tuple[tuple[str, str], ...]] = {}
    done: set[int] = set()
    while asked:
        requests = [_request(job, refused.get(id(job), ())) for _, job in asked]
        again = []
        for (draft, job), answer in zip(asked, dispatcher.translate(requests, progress), strict=True):
            if answer.text is None:
                continue
            if _taken(draft, job, answer):
                done.add(id(job))
            else:
                refused[id(job)] = (*refused.get(id(job), ()), (answer.engine, answer.spelling))
                again.append((draft, job))
        asked, progress = again, None
    left = [entry for entry in jobs if id(entry[1]) not in done]
    done |= set(
        map(id, _piecewise(dispatcher, [entry for entry in left if id(entry[1]) in refused and _has_tags(entry[1])]))
    )
    return [entry for entry in left if id(entry[1]) not in done]


def _has_tags(job: Job) -> bool:
    return any(piece.kind in {"open", "void"} for piece in job.what.pieces)


def _request(job: Job, refused: tuple[tuple[str, str], ...]) -> Request:
    """A job in every spelling that its text allows; each engine is asked in the one that it likes best."""
    forms = {name: spelling.write(job.what.pieces) for name, spelling in SPELLINGS.items()} if _has_tags(job) else {}
    known = tuple((name, text) for name, text in forms.items() if text is not None)
    text = job.what.message if forms else _PLAIN.write(job.what.pieces) or ""
    return Request(text, job.before, job.after, known, refused)


def _taken(draft: Draft, job: Job, answer: Answer) -> bool:
    """Whether an answer could be used."""
    spelling = SPELLINGS.get(answer.spelling, _PLAIN)
    # An engine that answers what it was asked changes no byte, however the source spells it.
    same = (answer.text or "").strip() == (spelling.write(job.what.pieces) or "").strip()
    pieces = job.what.pieces if same else read_answer(answer.text or "", job.what.pieces, spelling)
    return pieces is not None and draft.answer(job, pieces)


def _piecewise(dispatcher: Dispatcher, entries: Sequence[_Open]) -> Iterator[Job]:
    """Translate the text between the tags by itself; the tags stay where they are."""
    runs = [
        (number, index, piece)
        for number, (_, job) in enumerate(entries)
        for index, piece in enumerate(job.what.pieces)
        if piece.kind == "text" and any(character.isalpha() for character in piece.text)
    ]
    answers = dispatcher.translate([Request(piece.text.strip()) for _, _, piece in runs]) if runs else []
    by_job: dict[int, dict[int, Piece]] = {}
    for (number, index, piece), answer in zip(runs, answers, strict=True):
        read = read_answer(answer.text, [piece], _PLAIN) if answer.text is not None else None
        if read is not None and len(read) == 1:
            by_job.setdefault(number, {})[index] = replace(read[0], text=_with_ends(piece.text, read[0].text))
    for number, (draft, job) in enumerate(entries):
        wanted = {index for other, index, _ in runs if other == number}
        if wanted == set(by_job.get(number, {})):
            pieces = [by_job.get(number, {}).get(index, piece) for index, piece in enumerate(job.what.pieces)]
            if draft.answer(job, pieces):
                yield job


def _with_ends(source: str, answer: str) -> str:
    lead = source[: len(source) - len(source.lstrip())]
    return lead + answer.strip() + source[len(source.rstrip()) :]
