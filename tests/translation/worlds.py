"""Posts as Hypothesis makes them: blocks of sentences in two languages, the edits of an author and of a reviewer.

A sentence is a number; its English and its Chinese are functions of it, so whoever reads a draft can tell which
sentences are in it, and whether a person or a machine has written them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hypothesis import strategies as st

__all__ = ["Block", "author_edits", "blocks", "chinese", "english", "name", "render", "reviewer_edits", "sentences_of"]

_WORDS = [
    "the",
    "parser",
    "reads",
    "every",
    "token",
    "before",
    "a",
    "scheduler",
    "may",
    "start",
    "and",
    "nobody",
    "waits",
    "for",
    "what",
    "was",
    "cached",
    "long",
    "ago",
]
_HAN = "解析器在调度开始之前读完每一个记号谁也不必等待早已缓存的东西"


def name(sentence: int) -> str:
    """A word of Latin letters that stands for the sentence in both languages."""
    return "N" + "".join("abcdefghij"[int(digit)] for digit in str(sentence))


def english(sentence: int) -> str:
    start = sentence % 11
    middle = " ".join(_WORDS[(start + step * 3) % len(_WORDS)] for step in range(4 + sentence % 4))
    return f"Case {name(sentence)} of the {middle} is known."


def chinese(sentence: int) -> str:
    start = sentence % 11
    middle = "".join(_HAN[(start + step * 5) % len(_HAN)] for step in range(7 + sentence % 4))
    return f"情形 {name(sentence)} 中{middle}。"


@dataclass(frozen=True)
class Block:
    """`kind` with its texts: a paragraph has one, a list one an item, a table one a cell of two columns."""

    kind: str
    texts: tuple[tuple[int, ...], ...]

    def write(self, say: Callable[[int], str], join: str) -> str:
        lines = [join.join(map(say, text)) for text in self.texts]
        if self.kind == "table":
            cells = [*lines, ""][: len(lines) + len(lines) % 2]
            rows = [f"| {one} | {other} |" for one, other in zip(cells[::2], cells[1::2], strict=True)]
            return "\n".join([rows[0], "| --- | --- |", *rows[1:]])
        forms = {
            "paragraph": lambda number, line: line,
            "heading": lambda number, line: f"## {line}",
            "list": lambda number, line: f"- {line}",
            "steps": lambda number, line: f"{number + 1}. {line}",
            "quote": lambda number, line: f"> {line}",
            "code": lambda number, line: f"```\nrun({self.texts})\n```",
        }
        separator = "\n>\n" if self.kind == "quote" else "\n"
        return separator.join(forms[self.kind](number, line) for number, line in enumerate(lines))


def render(content: Sequence[Block], say: Callable[[int], str], join: str = " ", title: str = "A title") -> str:
    return f"---\ntitle: {title}\n---\n\n" + "".join(block.write(say, join) + "\n\n" for block in content)


def sentences_of(content: Sequence[Block]) -> list[int]:
    return [sentence for block in content if block.kind != "code" for text in block.texts for sentence in text]


@st.composite
def blocks(draw, least: int = 1, most: int = 9, kinds: Sequence[str] = ()) -> list[Block]:
    """Blocks whose sentences are all different."""
    shapes = {"paragraph": 1, "heading": 1, "list": 4, "steps": 3, "quote": 2, "table": 6, "code": 1}
    number = 100
    content: list[Block] = []
    for kind in draw(st.lists(st.sampled_from(list(kinds or shapes)), min_size=least, max_size=most)):
        texts = []
        for _ in range(draw(st.integers(1, shapes[kind]))):
            size = draw(st.integers(1, 4)) if kind in {"paragraph", "list", "quote"} else 1
            texts.append(tuple(range(number, number + size)))
            number += size
        if content and content[-1].kind == kind and kind in {"list", "steps", "quote", "table"}:
            kind = "paragraph"
            texts = texts[:1]
        content.append(Block(kind, tuple(texts)))
    return content


@st.composite
def author_edits(draw, content: Sequence[Block], most: int = 5) -> tuple[list[Block], set[int]]:
    """What an author makes of it, and the sentences that are new."""
    result = list(content)
    fresh: set[int] = set()
    number = 5000
    for _ in range(draw(st.integers(0, most))):
        if not result:
            break
        place = draw(st.integers(0, len(result) - 1))
        block = result[place]
        edit = draw(st.sampled_from(["sentence", "insert", "delete", "move", "more", "less"]))
        if edit == "sentence" and block.kind != "code":
            text = draw(st.integers(0, len(block.texts) - 1))
            at = draw(st.integers(0, len(block.texts[text]) - 1))
            texts = [list(one) for one in block.texts]
            texts[text][at] = number
            fresh.add(number)
            result[place] = replace(block, texts=tuple(map(tuple, texts)))
        elif edit == "insert":
            result.insert(place, Block("paragraph", ((number,),)))
            fresh.add(number)
        elif edit == "delete":
            del result[place]
        elif edit == "move":
            result.insert(draw(st.integers(0, len(result) - 1)), result.pop(place))
        elif edit == "more" and block.kind in {"list", "steps", "quote"}:
            texts = list(block.texts)
            texts.insert(draw(st.integers(0, len(texts))), (number,))
            fresh.add(number)
            result[place] = replace(block, texts=tuple(texts))
        elif edit == "less" and len(block.texts) > 1 and block.kind != "table":
            texts = list(block.texts)
            del texts[draw(st.integers(0, len(texts) - 1))]
            result[place] = replace(block, texts=tuple(texts))
        number += 1
    return result, fresh & set(sentences_of(result))


@dataclass(frozen=True)
class Reviewed:
    """A reviewer's translation: `text` with the notes that were added; `groups` are the English paragraphs (by their
    sentences) that share a group with each paragraph, because they were merged or change their places.
    """

    text: str
    notes: tuple[str, ...]
    groups: dict[tuple[int, ...], frozenset[tuple[int, ...]]]
    dropped: frozenset[tuple[int, ...]]


@st.composite
def reviewer_edits(draw, content: Sequence[Block], most: int = 3) -> Reviewed:
    """Paragraphs merged, split, dropped and put in another order, and notes between blocks."""
    parts: list[tuple[list[Block], list[str]]] = [([block], _written(block)) for block in content]
    notes: list[str] = []
    dropped: set[tuple[int, ...]] = set()
    for number in range(draw(st.integers(0, most))):
        place = draw(st.integers(0, len(parts) - 1))
        plain = [len(own) == len(written) == 1 and own[0].kind == "paragraph" for own, written in parts]
        edit = draw(st.sampled_from(["merge", "split", "drop", "note", "swap"]))
        following = place + 1 < len(parts) and plain[place] and plain[place + 1]
        if edit == "merge" and following:
            one, other = parts[place], parts.pop(place + 1)
            parts[place] = ([*one[0], *other[0]], [one[1][0] + other[1][0]])
        elif edit == "swap" and following:
            one, other = parts[place], parts.pop(place + 1)
            parts[place] = ([*one[0], *other[0]], [*other[1], *one[1]])
        elif edit == "split" and plain[place] and len(parts[place][0][0].texts[0]) > 1:
            text = parts[place][0][0].texts[0]
            at = draw(st.integers(1, len(text) - 1))
            parts[place] = (parts[place][0], ["".join(map(chinese, half)) for half in (text[:at], text[at:])])
        elif edit == "drop" and plain[place] and len(parts) - len(dropped) > 2:
            dropped.add(parts[place][0][0].texts[0])
            parts[place] = (parts[place][0], [])
        elif edit == "note":
            note = f"译者注：此处补记其{'一二三四五'[number]}，读者不妨与原文对照着看。"
            notes.append(note)
            parts[place][1].append(note)
    text = "---\ntitle: 标题\n---\n\n" + "".join(f"{piece}\n\n" for _, written in parts for piece in written)
    groups = {}
    for own, _ in parts:
        shared = frozenset(block.texts[0] for block in own)
        groups |= {block.texts[0]: shared for block in own if block.kind == "paragraph"}
    return Reviewed(text, tuple(notes), groups, frozenset(dropped))


def _written(block: Block) -> list[str]:
    return [block.write(chinese, "")]
