"""Which paragraphs of a translation stand for which of the English, after a reviewer."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.beads import beads, document_beads
from tests.translation.helpers import document, units
from tests.translation.worlds import blocks, english, render, reviewer_edits

EN = [
    "The parser reads every token before the scheduler may start, and nobody waits for what was cached.",
    "A release is a manifest of all objects, with their digests, written under a condition.",
    "Of two publishers one wins. The other is told so, and nothing of his is live by then.",
    "Whoever reads a page meanwhile sees the old one or the new one, and never half of both.",
]
ZH = [
    "解析器在调度器开始之前读完每一个记号，谁也不必等待早已缓存的东西。",
    "一次发布是一份清单，列出所有对象和它们的摘要，在一定条件下写入。",
    "两个发布者之中只有一个会成功。另一个会得到通知，而他的东西此时都还没有上线。",
    "此时阅读页面的人看到的要么是旧页面，要么是新页面，绝不会各看到一半。",
]


def groups(source: list[str], target: list[str]) -> list[tuple[list[int], list[int]]]:
    found = beads(units("\n\n".join(source)), units("\n\n".join(target)))
    return [(list(bead.source), list(bead.target)) for bead in found]


def test_one_to_one():
    assert groups(EN, ZH) == [([i], [i]) for i in range(4)]


def test_two_paragraphs_merged_into_one():
    assert groups(EN, [ZH[0] + ZH[1], ZH[2], ZH[3]]) == [([0, 1], [0]), ([2], [1]), ([3], [2])]


def test_one_paragraph_split_into_two():
    one, other = ZH[2].split("。", 1)
    assert groups(EN, [*ZH[:2], one + "。", other, ZH[3]]) == [([0], [0]), ([1], [1]), ([2], [2, 3]), ([3], [4])]


@pytest.mark.parametrize("place", range(5))
def test_a_note_of_the_translators_stands_for_nothing(place):
    note = "译者注：国内读者可以参考相关的中文资料，那里有更详细的说明。"
    found = groups(EN, [*ZH[:place], note, *ZH[place:]])
    assert ([], [place]) in found
    assert len([group for group in found if len(group[0]) == len(group[1]) == 1]) == 4


@pytest.mark.parametrize("place", range(4))
def test_a_paragraph_that_was_left_out(place):
    source = [f"{text} It is in `file{number}`." for number, text in enumerate(EN)]
    target = [f"{text}它在 `file{number}` 里。" for number, text in enumerate(ZH) if number != place]
    assert ([place], []) in groups(source, target)


def test_paragraphs_that_changed_places_are_told_by_what_they_have_in_common():
    source = [f"{EN[i]} See `file{i}.py` and https://example.com/{i}." for i in range(4)]
    target = [f"{ZH[i]}见 `file{i}.py` 与 https://example.com/{i}。" for i in (0, 3, 1, 2)]
    found = beads(units("\n\n".join(source)), units("\n\n".join(target)))
    assert {pair for bead in found for pair in bead.pairs} == {(0, 0), (1, 2), (2, 3), (3, 1)}


def test_a_long_paragraph_of_plain_words_is_itself_though_common_words_are_lost():
    """Words like `the` stand in the translation's code; that a paragraph loses them says little."""
    plain = " ".join([*EN, "So it is, if you ask for the Old Guide of a Long March in the very first place."])
    code = "```\n# the parser is for you, and if it is so you see all of it\n```"
    source = ["Intro.", plain, code, "An end."]
    target = ["引言。", "".join(ZH) + "如果你一开始就要那本长征旧指南，事情就是这样。", code, "完。"]
    assert groups(source, target) == [([i], [i]) for i in range(4)]


def test_items_that_are_not_in_the_translation_were_not_merged_into_one():
    source = ["- `a.version`\n- `a.virtual`\n- `a.serial`\n", EN[0]]
    target = ["- `a.version`\n", ZH[0]]
    assert ([0], [0]) in groups(source, target)


def test_fields_are_paired_by_name():
    one = document("---\ntitle: A\nsummary: B\n---\n\nText.\n")
    other = document("---\nsummary: 乙\ntitle: 甲\n---\n\n正文。\n")
    pairs = {(one.units[i].name, other.units[j].name) for bead in document_beads(one, other) for i, j in bead.pairs}
    assert pairs >= {("title", "title"), ("summary", "summary")}


@given(st.data())
def test_groups_cover_both_texts_once_and_in_order(data):
    content = data.draw(blocks(least=2))
    reviewed = data.draw(reviewer_edits(content))
    source, target = units(render(content, english)), units(reviewed.text)
    found = document_beads(document(render(content, english)), document(reviewed.text))
    assert sorted(i for bead in found for i in bead.source) == list(range(len(source)))
    assert sorted(j for bead in found for j in bead.target) == list(range(len(target)))
    for bead in found:
        assert all(i in bead.source and j in bead.target for i, j in bead.pairs)
        assert len({i for i, _ in bead.pairs}) == len({j for _, j in bead.pairs}) == len(bead.pairs)


@given(st.data())
def test_what_a_reviewer_left_in_its_place_is_paired_with_its_english(data):
    """Every pair that is made says the same: both hold the same sentences."""
    content = data.draw(blocks(least=2, kinds=["paragraph", "heading", "table", "list"]))
    reviewed = data.draw(reviewer_edits(content))
    source, target = document(render(content, english)), document(reviewed.text)
    for bead in document_beads(source, target):
        for i, j in bead.pairs:
            ours = {word.strip("。.，") for word in source.units[i].key.split() if word.startswith("N")}
            theirs = {word.strip("。.，") for word in target.units[j].key.split() if word.startswith("N")}
            assert ours == theirs or not ours or not theirs


def test_a_thousand_paragraphs_take_no_time_to_speak_of():
    source = [f"{EN[i % 4]} It is number {i}." for i in range(1000)]
    target = [f"{ZH[i % 4]}这是第 {i} 个。" for i in range(1000) if i % 50]
    ours, theirs = units("\n\n".join(source)), units("\n\n".join(target))
    started = time.thread_time()
    found = beads(ours, theirs)
    assert time.thread_time() - started < 8.0
    right = sum(ours[i].key.split()[-1].strip(".") in theirs[j].key for bead in found for i, j in bead.pairs)
    assert right >= 975
