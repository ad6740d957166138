"""Histories at random, with the truth known: what was edited in English and not followed in Chinese since."""

import random
import re
from dataclasses import dataclass, field

import pytest

from tests.adoption.old_site import post

WORDS = (
    "pipeline keeps every sentence that somebody wrote machine answers rest these paragraphs with care and time order "
    "value table reader system memory"
)
HAN = "流水线保留每个句子其余的交给机器翻译段落顺序时间仔细小心逐段人写下内容系统内存读者表格"
KEPT = re.compile(r" \d+| `c\d+`")


@dataclass
class Paragraph:
    english: str
    chinese: str | None
    behind: bool = False


@dataclass
class Author:
    """Writes posts, and does to them what authors and translators do."""

    chance: random.Random
    posts: dict[str, list[Paragraph]] = field(default_factory=dict)

    def english(self, kept: str = "") -> str:
        words = " ".join(self.chance.choice(WORDS.split()) for _ in range(self.chance.randrange(8, 40)))
        return f"{words.capitalize()}{kept}."

    def chinese(self, kept: str = "") -> str:
        return "".join(self.chance.choice(HAN) for _ in range(self.chance.randrange(12, 60))) + f"{kept}。"

    def paragraph(self) -> Paragraph:
        kept = self.chance.choice(["", "", f" {self.chance.randrange(1000)}", f" `c{self.chance.randrange(50)}`"])
        return Paragraph(self.english(kept), self.chinese(kept))

    def rewrite(self, post: list[Paragraph], one: Paragraph) -> None:
        one.english, one.behind = self.english(), True

    def correct(self, post: list[Paragraph], one: Paragraph) -> None:
        one.english, one.behind = one.english.replace(".", " indeed.", 1), True

    def renumber(self, post: list[Paragraph], one: Paragraph) -> None:
        one.english, one.behind = f"{one.english[:-1]} {self.chance.randrange(1000)}.", True

    def add(self, post: list[Paragraph], one: Paragraph) -> None:
        post.insert(post.index(one), Paragraph(self.english(), None, behind=True))

    def follow(self, post: list[Paragraph], one: Paragraph) -> None:
        for paragraph in post:
            if paragraph.behind:
                kept = "".join(KEPT.findall(paragraph.english))
                paragraph.chinese, paragraph.behind = self.chinese(kept), False

    def rewrite_both(self, post: list[Paragraph], one: Paragraph) -> None:
        self.rewrite(post, one)
        self.follow(post, one)

    def mend_chinese(self, post: list[Paragraph], one: Paragraph) -> None:
        if one.chinese and not one.behind:
            place = self.chance.randrange(2, 8)
            one.chinese = one.chinese[:place] + self.chance.choice(HAN) + one.chinese[place + 1 :]

    def reformat(self, post: list[Paragraph], one: Paragraph) -> None:
        for paragraph in post:
            paragraph.chinese = paragraph.chinese and paragraph.chinese.replace("。", " 。")


ACTS = (
    Author.rewrite, Author.correct, Author.renumber, Author.add, Author.follow, Author.rewrite_both,
    Author.mend_chinese, Author.reformat,
)  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_what_is_behind_is_found_segment_by_segment(adoption, seed):
    author = Author(random.Random(seed))

    def write(name):
        paragraphs = author.posts[name]
        adoption.old.write(f"content/{name}.md", post(name, *(one.english for one in paragraphs)))
        chinese = (one.chinese for one in paragraphs if one.chinese)
        adoption.old.write(f"content/{name}.zh-cn.md", post(name, *chinese))

    for number in range(10):
        author.posts[f"p{number}"] = [author.paragraph() for _ in range(author.chance.randrange(5, 14))]
        write(f"p{number}")
    adoption.old.commit()
    for _ in range(12):
        for name in author.chance.sample(sorted(author.posts), 4):
            paragraphs = author.posts[name]
            author.chance.choice(ACTS)(author, paragraphs, author.chance.choice(paragraphs))
            write(name)
        adoption.old.commit()
    adoption.run()
    found = {name: state.changed for name, state in adoption.states().items()}
    assert found == {name: sum(one.behind for one in paragraphs) for name, paragraphs in author.posts.items()}
