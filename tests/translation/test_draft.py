"""Where a draft's texts come from: what was reviewed before, adapted where only a number changed, an engine last."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.translation.memory import Memory
from tests.translation.helpers import document, glossary_of, run

OLD = "The server waits 30 seconds for an answer. Then it asks again. Nobody is told.\n"
BASE = "服务器等待应答 30 秒。然后它再问一次。谁也不会得知。\n"


def test_only_the_edited_sentence_is_sent_with_its_neighbours_as_context():
    asked = []
    new = OLD.replace("Then it asks again.", "After that it gives up at once.")
    draft = run(new, OLD, BASE, engine=lambda text: asked.append(text) or "之后它立刻放弃。")
    assert asked == ["After that it gives up at once."]
    assert draft.text == "服务器等待应答 30 秒。之后它立刻放弃。谁也不会得知。\n"


def test_the_neighbours_of_a_sentence_are_its_context():
    from pipeline.translation.draft import Draft

    new = OLD.replace("Then it asks again.", "After that it gives up at once.")
    draft = Draft.start(document(new), document(OLD), document(BASE))
    draft.resolve(Memory(), glossary_of())
    (job,) = draft.jobs()
    assert job.before == "The server waits 30 seconds for an answer."
    assert job.after == "Nobody is told."


def test_a_sentence_more_and_a_sentence_less():
    more = OLD.replace("Nobody", "A line in the log says so. Nobody")
    assert run(more, OLD, BASE).asked == ["A line in the log says so."]
    less = run(OLD.replace("Then it asks again. ", ""), OLD, BASE)
    assert (less.text, less.asked) == ("服务器等待应答 30 秒。谁也不会得知。\n", [])


def test_sentences_that_do_not_pair_one_to_one_are_not_guessed():
    merged = "服务器等待应答 30 秒，然后它再问一次，谁也不会得知。\n"
    new = OLD.replace("Then it asks again.", "After that it gives up at once.")
    draft = run(new, OLD, merged)
    assert draft.asked == [new.strip()]
    (change,) = draft.finished.changes
    assert change.previous == merged.strip(), "the reviewer's text is there to be looked at"


def test_what_alone_changed_is_put_in_without_an_engine():
    cases = [
        ("It waits 30 seconds.", "它等待 30 秒。", "It waits 45 seconds.", "它等待 45 秒。"),
        (
            "Since 2.4.1 of 2024-01-31.",
            "自 2024-01-31 的 2.4.1 起。",
            "Since 2.5 of 2024-02-01.",
            "自 2024-02-01 的 2.5 起。",
        ),
        ("Run `make all` first.", "先运行 `make all`。", "Run `make test` first.", "先运行 `make test`。"),
        ("See [it](https://a.example).", "见[此处](https://a.example)。", "See [it](/b).", "见[此处](/b)。"),
        ("![A cat](cat.png)", "![一只猫](cat.png)", "![A cat](new.png)", "![一只猫](new.png)"),
    ]
    for old, base, new, wanted in cases:
        draft = run(f"{new}\n", f"{old}\n", f"{base}\n")
        assert (draft.text, draft.asked) == (f"{wanted}\n", [])
        assert not draft.finished.problems


def test_a_name_of_the_glossary_that_alone_changed():
    glossary = glossary_of(Redis="=", Valkey="=", queue="队列", cache="缓存")
    draft = run("Valkey holds it.\n", "Redis holds it.\n", "它由 Redis 保存。\n", glossary=glossary)
    assert (draft.text, draft.asked) == ("它由 Valkey 保存。\n", [])
    draft = run("The cache is full.\n", "The queue is full.\n", "队列满了。\n", glossary=glossary)
    assert (draft.text, draft.asked) == ("缓存满了。\n", [])


def test_a_number_that_the_translation_does_not_have_is_not_put_in():
    draft = run("It waits 3 days.\n", "It waits 2 days.\n", "它等待两天。\n")
    assert draft.asked == ["It waits 3 days."]


@given(st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))
def test_any_number_for_any_number(one, other, new):
    old = f"From {one} up to {other} of them are kept.\n"
    base = f"保留其中的 {one} 到 {other} 个。\n"
    edited = f"From {one} up to {new} of them are kept.\n"
    draft = run(edited, old, base)
    if one != other:
        assert (draft.text, draft.asked) == (f"保留其中的 {one} 到 {new} 个。\n", [])
    else:  # which of the two is meant cannot be told
        assert str(new) in draft.text


def test_a_revert_finds_the_old_chinese_in_the_history():
    first, first_zh = "Answers are kept for one day.\n", "应答保留一日之久。\n"
    second, second_zh = "Nothing at all is ever stored.\n", "什么都不存。\n"

    def history() -> Memory:
        memory = Memory()
        memory.add(document(first), document(first_zh))
        return memory

    draft = run(first, second, second_zh, history=history)
    assert (draft.text, draft.asked, draft.origins) == (first_zh, [], {"memory": 1})


def test_the_reviewed_text_of_this_post_goes_before_the_memory_of_another():
    old, base = "A word.\n\nAn old text stands here.\n", "一词。\n\n旧文。\n"
    new = "A word.\n\nAnother text stands there.\n"
    draft = run(new, old, base, memory=[("posts/bar", "A word.\n", "别的译法。\n")])
    assert draft.text.startswith("一词。\n")


def test_a_post_that_was_never_translated_takes_what_other_posts_have():
    memory = [("posts/bar", "The same sentence.\n\nOne more.\n", "同一句话。\n\n再来一句。\n")]
    draft = run("The same sentence.\n\nSomething of its own.\n", memory=memory)
    assert draft.text.startswith("同一句话。\n")
    assert draft.asked == ["Something of its own."]


def test_without_an_engine_the_rest_is_kept_and_what_is_left_is_marked():
    draft = run(OLD.replace("Then it asks again.", "Whales sing at night."), OLD, BASE, engine=None)
    marked = "Whales sing at night. 谁也不会得知。 <!-- pipeline: untranslated -->\n"
    assert draft.text == f"服务器等待应答 30 秒。{marked}"
    (problem,) = draft.finished.problems
    assert (problem.check, problem.line) == ("untranslated", 1)


def test_localized_code_keeps_its_lines():
    code = "```python\n# read the file\nx = 1\ny = 2\n{}```\n"
    zh = code.format("").replace("# read the file", "# 读取文件")
    draft = run(code.format("z = 3\n"), code.format(""), zh)
    assert draft.text == zh.replace("y = 2\n", "y = 2\nz = 3\n")


def test_of_localized_code_only_the_lines_that_both_changed_are_the_englishs():
    code = "```python\n# read the file\nx = 1\n# write it\ny = 2\n```\n"
    zh = code.replace("# read the file", "# 读取文件").replace("# write it", "# 写入")
    draft = run(code.replace("# write it", "# write it twice"), code, zh)
    assert draft.text == zh.replace("# 写入", "# write it twice")


def test_paragraphs_that_were_merged_are_translated_anew_when_one_changes():
    old = "One thing is said in here.\n\nAnother thing is said there.\n\nAn end of `all` this.\n"
    base = "我们先在这里说一件事，接着在那里又说另一件事。\n\n`all` 到此为止。\n"
    new = old.replace("Another thing", "Quite another matter")
    draft = run(new, old, base)
    assert "我们先在这里" not in draft.text
    assert draft.text.endswith("`all` 到此为止。\n")
    previous = {change.previous for change in draft.finished.changes}
    assert previous == {"我们先在这里说一件事，接着在那里又说另一件事。"}
    assert len(draft.asked) == 2


def test_the_end_of_one_line_is_another_in_the_draft():
    """CRLF in the English: what is new has it too."""
    old, base = "One thing.\r\n\r\nTwo things.\r\n", "一。\r\n\r\n二。\r\n"
    draft = run("One thing.\r\n\r\nSomething new.\r\n\r\nTwo things.\r\n", old, base)
    assert "\n" not in draft.text.replace("\r\n", "")


def test_the_position_of_a_change_is_its_line_in_the_draft():
    draft = run(f"# Title\n\n{OLD}\nNew words.\n", f"# Title\n\n{OLD}", f"# 标题\n\n{BASE}")
    (change,) = draft.finished.changes
    assert draft.text.splitlines()[change.line - 1] == change.text
    assert (change.before, change.after) == ("", "New words.")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end):
    new = "---\ntitle: Words\n---\n\n# Head\n\nOne thing.\n\n- Two things\n".replace("\n", end)
    draft = run(new, engine=None)
    assert [(problem.check, problem.line) for problem in draft.finished.problems] == [
        ("untranslated", line) for line in (2, 5, 7, 9)
    ]
    assert [change.line for change in draft.finished.changes] == [2, 5, 7, 9]


def test_what_is_gone_is_told():
    draft = run("One thing.\n", "One thing.\n\nTwo things.\n", "一。\n\n二。\n")
    assert draft.text == "一。\n"
    (change,) = draft.finished.changes
    assert (change.before, change.previous, change.after) == ("Two things.", "二。", "")
