"""Segments to an engine and back: the tags spelled so that they survive, the answers read strictly.

An answer that cannot be used is asked for again: in another spelling, then piece by piece between the tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pipeline.markdown import SPELLINGS, Piece, Spelling, read_answer
from pipeline.translation.dispatch import Dispatcher, Request
from pipeline.translation.draft import Draft, Job

__all__ = ["ask"]

Progress = Callable[[int, int], None]
_Open = tuple[Draft, Job]
# For text without tags: nothing in it, nor in its translation, is one.
_PLAIN = Spelling("plain", "", "", "", re.compile("(?!)()()()"))


def ask(
    dispatcher: Dispatcher, jobs: Sequence[_Open], spellings: Sequence[str], progress: Progress | None
) -> list[_Open]:
    """Give each draft the answers to its jobs; returns the jobs that no engine could do."""
    left = list(jobs)
    for round_number, name in enumerate(spellings):
        some = [entry for entry in left if round_number == 0 or _has_tags(entry[1])]
        if not some:
            break
        done = set(map(id, _round(dispatcher, some, name, progress if round_number == 0 else None)))
        left = [entry for entry in left if id(entry[1]) not in done]
        if not dispatcher.usage.requests and not done:
            return left  # no engine could be reached: other words will not help
    done = set(map(id, _piecewise(dispatcher, [entry for entry in left if _has_tags(entry[1])])))
    return [entry for entry in left if id(entry[1]) not in done]


def _has_tags(job: Job) -> bool:
    return any(piece.kind in {"open", "void"} for piece in job.what.pieces)


def _round(dispatcher: Dispatcher, entries: Sequence[_Open], name: str, progress: Progress | None) -> Iterator[Job]:
    """Ask in one spelling; yields the jobs that are done."""
    written = []
    for draft, job in entries:
        spelling = SPELLINGS[name] if _has_tags(job) else _PLAIN
        text = spelling.write(job.what.pieces)
        if text is not None:
            written.append((draft, job, spelling, text))
    requests = [Request(text, before=job.before, after=job.after) for _, job, _, text in written]
    for (draft, job, spelling, text), answer in zip(written, dispatcher.translate(requests, progress), strict=True):
        if answer.text is None:
            continue
        # An engine that answers what it was asked changes no byte, however the source spells it.
        same = answer.text.strip() == text.strip()
        pieces = job.what.pieces if same else read_answer(answer.text, job.what.pieces, spelling)
        if pieces is not None and draft.answer(job, pieces):
            yield job


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
