"""What is promised of every edit history: nothing reviewed is lost, and work is in proportion to the change."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.translation.helpers import run, units
from tests.translation.worlds import (
    Block,
    author_edits,
    blocks,
    chinese,
    english,
    name,
    render,
    reviewer_edits,
    sentences_of,
)

_NAME = re.compile(r"\bN[a-j]+")


def names(text: str) -> list[str]:
    return _NAME.findall(text)


def english_text(content: list[Block]) -> str:
    return render(content, english)


def chinese_text(content: list[Block]) -> str:
    return render(content, chinese, "", "标题")


@given(st.data())
def test_only_new_sentences_are_sent_and_all_others_keep_their_words(data):
    old = data.draw(blocks())
    new, fresh = data.draw(author_edits(old))
    draft = run(english_text(new), english_text(old), chinese_text(old))
    sent = [found for text in draft.asked for found in names(text)]
    assert sorted(sent) == sorted({name(sentence) for sentence in fresh} & set(sent)), "each new sentence at most once"
    assert set(sent) == {name(sentence) for sentence in fresh}
    for sentence in set(sentences_of(new)) - fresh:
        assert chinese(sentence) in draft.text
    assert draft.origins.get("untranslated", 0) == draft.origins.get("fuzzy", 0) == 0
    assert not draft.finished.problems


@given(st.data())
def test_an_untouched_page_is_returned_byte_for_byte(data):
    """The English and its snapshot are the same; the reviewer did as he liked."""
    content = data.draw(blocks(least=2))
    reviewed = data.draw(reviewer_edits(content))
    draft = run(english_text(content), english_text(content), reviewed.text)
    assert draft.text == reviewed.text
    assert draft.asked == []
    assert not draft.finished.changes


@given(st.data())
def test_two_edits_at_once_are_the_two_edits_one_after_the_other(data):
    """Each is in another paragraph; the draft of the first is approved before the second."""
    old = data.draw(blocks(least=2, kinds=["paragraph", "heading", "code"]))
    new, _ = data.draw(author_edits(old, most=3))
    again, _ = data.draw(author_edits(new, most=3))
    assume(all(english_text(content) != english_text(old) for content in (new, again)))
    first = run(english_text(new), english_text(old), chinese_text(old))
    second = run(english_text(again), english_text(new), first.text)
    both = run(english_text(again), english_text(old), chinese_text(old))
    # What was taken out in between had to be translated again, and only that.
    gone = set(sentences_of(old)) - set(sentences_of(new))
    if not gone & set(sentences_of(again)):
        assert second.text == both.text


@given(st.data())
def test_a_reviewers_groups_stay_while_their_english_is_unchanged(data):
    old = data.draw(blocks(least=2, kinds=["paragraph", "paragraph", "paragraph", "heading", "list", "table"]))
    reviewed = data.draw(reviewer_edits(old))
    new, fresh = data.draw(author_edits(old, most=3))
    draft = run(english_text(new), english_text(old), reviewed.text)
    for note in reviewed.notes:
        assert draft.text.count(note) == 1, "a note is neither lost nor doubled"
    there = {block.texts[0] for block in new if block.kind == "paragraph"}
    for own, group in reviewed.groups.items():
        if own in there and own not in reviewed.dropped and len(group) == 1:
            for sentence in own:
                assert chinese(sentence) in draft.text
    assert not {problem.check for problem in draft.finished.problems} & {"structure", "untranslated"}
    sent = {found for text in draft.asked for found in names(text)}
    assert {name(sentence) for sentence in fresh} <= sent


def doubled(text: str) -> str:
    return text * 2


@given(st.lists(st.sampled_from(["是", "否", "—"]), min_size=20, max_size=20), st.integers(0, 19))
def test_the_same_cell_twenty_times(answers, place):
    """A reviewer says the same word otherwise here and there: each stays where it is."""
    rows = [f"| option {number} | yes |" for number in range(20)]
    zh_rows = [f"| 选项 {number} | {answer} |" for number, answer in enumerate(answers)]
    head, zh_head = "| name | default |\n| --- | --- |\n", "| 名称 | 默认 |\n| --- | --- |\n"
    old, base = head + "\n".join(rows) + "\n", zh_head + "\n".join(zh_rows) + "\n"
    row = "| something entirely new | yes |"
    new = head + "\n".join([*rows[:place], row, *rows[place:]]) + "\n"
    draft = run(new, old, base)
    assert draft.asked == ["something entirely new"]
    lines = draft.text.splitlines()
    del lines[2 + place]
    assert lines == base.splitlines()
    assert len(units(draft.text)) == len(units(new))


def test_the_same_heading_five_times():
    bodies = [f"Part {word} is explained here in some words." for word in ("one", "two", "three", "four", "five")]
    words = ["一", "二", "三", "四", "五"]
    old = "\n\n".join(f"## Example\n\n{body}" for body in bodies) + "\n"
    base = "\n\n".join(f"## 示例{word}\n\n第{word}部分的解释。" for word in words) + "\n"
    for gone in range(5):
        new = "\n\n".join(f"## Example\n\n{body}" for n, body in enumerate(bodies) if n != gone) + "\n"
        draft = run(new, old, base)
        assert draft.asked == []
        wanted = "\n\n".join(f"## 示例{w}\n\n第{w}部分的解释。" for n, w in enumerate(words) if n != gone) + "\n"
        assert draft.text == wanted
