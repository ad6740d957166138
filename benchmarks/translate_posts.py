"""Posts of a technical blog in two languages: prose with markup, lists, tables, code, formulas.

A post is written once, with marks around what is words; English is the post without these, and its translation is Han
in the place of the words. So both have the same structure, as after a review.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from itertools import accumulate

__all__ = ["Writer", "chinese", "english"]

_HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
_WORDS = re.compile("\x01([^\x02]*)\x02")
_CODE = {
    "python": "def {0}({1}):\n    # {0} first\n    return [{1} for {1} in range({2})]",
    "bash": '$ {0} --{1}={2}\n$ echo "{0}" | tee /tmp/{1}.log',
    "yaml": "{0}:\n  {1}: {2}\n  enabled: true",
    "c": "static int {0}(int {1})\n{{\n    return {1} + {2};\n}}",
}
_USUAL = ("Summary", "Introduction", "What is next", "See also", "yes", "no", "default", "Installation", "Examples")


def english(marked: str) -> str:
    """What the author wrote."""
    return _WORDS.sub(r"\1", marked)


def chinese(marked: str) -> str:
    """Its translation: two characters a word."""

    def translated(match: re.Match[str]) -> str:
        return "".join(_word(word) if word[:1].isalpha() else word for word in match[1].split())

    text = re.sub("(?<=\x02)\\. ", "。", _WORDS.sub(lambda match: f"{translated(match)}\x02", marked))
    return text.replace("\x02.", "。").replace("\x02", "")


def _word(word: str) -> str:
    number = sum(ord(letter) * 31**place for place, letter in enumerate(word.lower()))
    return "".join(_HAN[number // len(_HAN) ** place % len(_HAN)] for place in range(2))


class Writer:
    """Makes posts that differ from one another; the same `seed` makes the same posts."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        letters, lengths = "abcdefghijklmnopqrstuvwxyz", random.Random(1)
        self.vocabulary = ["".join(lengths.choices(letters, k=lengths.randint(2, 10))) for _ in range(20_000)]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(len(self.vocabulary))))
        self.known: list[str] = []  # paragraphs of earlier posts, which this one may repeat

    def post(self, number: int) -> str:
        """A post with front matter, marked."""
        front = (
            f'---\ntitle: "{self.words(5)} {number}"\ndate: 2026-0{1 + number % 9}-1{number % 10}\n'
            f"summary: {self.words(14)}.\ntags: [{self.name()}, {self.name()}]\n---\n"
        )
        blocks = [block for _ in range(self.chance.randint(3, 6)) for block in self.section()]
        return front + "\n" + "\n\n".join(blocks) + "\n"

    def section(self) -> list[str]:
        """A heading with some blocks, prose before and between everything else."""
        level = "#" * self.chance.choice([2, 2, 3])
        heading = f"\x01{self.chance.choice(_USUAL)}\x02" if self.chance.random() < 0.15 else self.inline(4)
        blocks = [f"{level} {heading}", self.paragraph()]
        kinds: Sequence[Callable[[], str]] = (
            self.paragraph, self.paragraph, self.paragraph, self.items, self.steps, self.code, self.code, self.table,
            self.quote, self.picture, self.formula,
        )  # fmt: skip
        return [*blocks, *(self.chance.choice(kinds)() for _ in range(self.chance.randint(2, 5)))]

    def paragraph(self) -> str:
        if self.known and self.chance.random() < 0.12:
            known = self.chance.choice(self.known)
            return (
                known if self.chance.random() < 0.6 else re.sub(r"\d", lambda _: str(self.chance.randint(1, 9)), known)
            )
        made = " ".join(
            f"{self.inline(6 + int(self.chance.expovariate(1 / 8)))}." for _ in range(self.chance.randint(1, 4))
        )
        lines = made.split(" ")
        if self.chance.random() < 0.3:  # as some editors wrap it
            made = "\n".join(" ".join(lines[at : at + 14]) for at in range(0, len(lines), 14))
        self.known.append(made)
        return made

    def items(self) -> str:
        return "\n".join(f"- {self.inline(self.chance.randint(2, 14))}" for _ in range(self.chance.randint(2, 7)))

    def steps(self) -> str:
        return "\n".join(
            f"{at + 1}. {self.inline(self.chance.randint(4, 14))}." for at in range(self.chance.randint(2, 5))
        )

    def table(self) -> str:
        rows = [f"| `{self.name()}` | {self.words(3)} | {self.inline(6)} |" for _ in range(self.chance.randint(2, 6))]
        return "\n".join([f"| {self.words(1)} | {self.words(2)} | {self.words(1)} |", "| --- | :-: | --- |", *rows])

    def quote(self) -> str:
        kind = "> [!NOTE]\n" if self.chance.random() < 0.5 else ""
        return f"{kind}> {self.inline(15)}."

    def code(self) -> str:
        language = self.chance.choice(list(_CODE))
        text = _CODE[language].format(self.name(), self.name(), self.chance.randint(2, 99))
        return f"```{language}\n{text}\n```"

    def picture(self) -> str:
        return f"![{self.words(5)}](images/{self.name()}.png)"

    def formula(self) -> str:
        return f"$$\n{self.name()[0]} = \\sum_{{i=1}}^{{{self.chance.randint(2, 9)}}} x_i^2\n$$"

    def name(self) -> str:
        return self.chance.choice(self.vocabulary)

    def words(self, count: int) -> str:
        """Plain words, as rare and as common as those of a language."""
        return (
            f"\x01{' '.join(self.chance.choices(self.vocabulary, cum_weights=self.weights, k=count)).capitalize()}\x02"
        )

    def inline(self, count: int) -> str:
        """Words with some markup among them."""
        parts, left = [self.words(max(1, count // 2))], count - count // 2
        while left > 0:
            size = min(left, self.chance.randint(1, 6))
            parts += [self.mark(), self.words(size).lower()]
            left -= size
        return " ".join(filter(None, parts))

    def mark(self) -> str:
        """One piece of markup, or none."""
        kind = self.chance.random()
        if kind < 0.12:
            return f"`{self.name()}_{self.name()}`"
        if kind < 0.19:
            return f"[{self.words(2).lower()}](https://example.org/{self.name()}/{self.name()})"
        if kind < 0.26:
            return f"**{self.words(2).lower()}**"
        if kind < 0.29:
            return f"*{self.name()}*"
        if kind < 0.32:
            return f"${self.name()[0]}_{{{self.chance.randint(1, 9)}}}$"
        if kind < 0.35:
            return f"{self.chance.randint(2, 4000)}"
        return ""
