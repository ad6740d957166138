"""A post's life in a checkout: edited, renamed, removed, reverted, while people work on its drafts."""

from __future__ import annotations

import pytest

from pipeline.errors import ConfigError
from pipeline.review import approve
from tests.pseudo_chinese import pseudo_chinese

EN = """\
---
title: About waiting
date: 2024-01-31
---

The server waits for an answer.

Then it asks again, and nobody is told.
"""
ZH = """\
---
title: 关于等待
date: 2024-01-31
---

服务器等待应答。

随后它再问一次，谁也不知道。
"""


def test_an_edit_costs_one_segment_and_a_second_run_nothing(checkout):
    checkout.approved(EN, ZH, source=EN.replace("waits for", "never waits for"))
    post = checkout.translate_one()
    assert post.counts.to_json() | {"kept": 2, "machine": 1, "total": 3} == post.counts.to_json()
    assert checkout.server.texts == ["The server never waits for an answer."]
    files = checkout.files()
    assert checkout.translate().posts == []
    assert checkout.files() == files


@pytest.mark.parametrize("edit", [str, lambda text: text.replace("waits", "waited")])
def test_a_renamed_post_carries_its_translation_along(checkout, edit):
    checkout.approved(EN, ZH, "posts/old", source=None)
    checkout.english(edit(EN), "posts/new")
    states = checkout.states()
    assert {key: state.state for key, state in states.items()} == {"posts/new": "moved"}
    assert "posts/old" in states["posts/new"].reason
    checkout.translate()
    assert "随后它再问一次，谁也不知道。" in checkout.draft("posts/new")
    assert len(checkout.server.texts) == (edit(EN) != EN)
    report = approve(checkout.settings, ["posts/new"])
    assert report.approved == [("posts/new", "zh")]
    assert sorted(path for path in checkout.files() if "/zh/" in path) == [
        "content/zh/.source/posts/new.md",
        "content/zh/posts/new.md",
    ]
    assert checkout.states()["posts/new"].state == "current"


def test_a_renamed_post_takes_its_open_draft_along(checkout):
    checkout.drafted(EN, ZH, "posts/old")
    checkout.english(EN, "posts/new")
    checkout.translate()
    assert checkout.draft("posts/new") == ZH
    assert not (checkout.root / "drafts/zh/posts/old.md").exists()
    assert checkout.server.texts == []


def test_a_post_that_is_quite_different_is_not_the_renamed_one(checkout):
    checkout.approved(EN, ZH, "posts/old", source=None)
    checkout.english("---\ntitle: Whales\n---\n\nWhales sing at night, and far away.\n", "posts/whales")
    assert {key: state.state for key, state in checkout.states().items()} == {
        "posts/old": "orphaned",
        "posts/whales": "missing",
    }


def test_a_deleted_source_is_reported_and_nothing_is_done_to_its_translation(checkout):
    checkout.approved(EN, ZH, source=None)
    (state,) = checkout.states().values()
    assert (state.state, state.reason) == ("orphaned", "the source is gone")
    files = checkout.files()
    checkout.translate()
    assert checkout.files() == files


def test_an_english_edit_that_is_taken_back_restores_the_old_chinese(checkout):
    """Two rounds are approved and committed; then the English is as it was at first."""
    checkout.approved(EN, ZH)
    checkout.commit()
    other = EN.replace("Then it asks again, and nobody is told.", "Whales sing at night.")
    checkout.approved(other, ZH.replace("随后它再问一次，谁也不知道。", "鲸在夜里歌唱。"))
    checkout.commit()
    checkout.english(EN)
    checkout.translate()
    assert checkout.draft() == ZH
    assert checkout.server.texts == []


def test_without_git_a_revert_is_translated_like_any_edit(checkout):
    other = EN.replace("Then it asks again, and nobody is told.", "Whales sing at night.")
    checkout.approved(other, ZH.replace("随后它再问一次，谁也不知道。", "鲸在夜里歌唱。"), source=EN)
    checkout.translate()
    assert checkout.server.texts == ["Then it asks again, and nobody is told."]


def test_a_draft_that_a_person_edits_while_the_english_changes_keeps_both(checkout):
    first = EN.replace("waits for", "never waits for")
    checkout.approved(EN, ZH, source=first)
    checkout.translate()
    machine = checkout.draft()
    line = machine.splitlines()[5]
    checkout.write(
        "drafts/zh/posts/foo.md", machine.replace(line, "服务器从不等待应答。").replace("关于等待", "论等待")
    )
    checkout.english(first + "\nA third paragraph.\n")
    checkout.translate()
    draft = checkout.draft()
    assert "服务器从不等待应答。" in draft
    assert "title: 论等待" in draft
    assert checkout.server.texts == ["The server never waits for an answer.", "A third paragraph."]
    assert draft.count("\n\n") == 3


def test_a_draft_whose_edited_sentence_changes_again_shows_what_the_person_wrote(checkout):
    first = EN.replace("waits for", "never waits for")
    checkout.approved(EN, ZH, source=first)
    checkout.drafted(first, ZH.replace("服务器等待应答。", "服务器从不等待应答。"))
    checkout.english(first.replace("never waits for", "does not even expect"))
    post = checkout.translate_one()
    (change,) = post.changes
    assert change.previous == "服务器从不等待应答。"
    assert change.before == "The server never waits for an answer."


def test_a_mark_that_a_person_left_is_asked_again_when_an_engine_is_there(checkout):
    checkout.drafted(
        EN, ZH.replace("服务器等待应答。", "The server waits for an answer. <!-- pipeline: untranslated -->")
    )
    checkout.english(EN)
    checkout.translate()
    assert checkout.server.texts == ["The server waits for an answer."]
    assert "pipeline:" not in checkout.draft()


def test_fields_that_no_engine_could_translate_are_asked_again_as_well(checkout):
    english = "---\ntitle: One\nsummary: A summary.\ndate: 2024-01-31\n---\n\nText.\n"
    chinese = (
        "---\ntitle: 一 # pipeline: untranslated\nsummary: A summary. # pipeline: untranslated\ndate: 2024-01-31\n"
        "author: 某人\n---\n\n正文。\n"
    )
    checkout.drafted(english, chinese)
    checkout.english(english)
    checkout.translate()
    assert checkout.server.texts == ["A summary."], "somebody translated the title, and left its mark"
    front = checkout.draft().split("---")[1].strip().splitlines()
    assert front[0].startswith("title: 一")
    assert front[1] == f"summary: {pseudo_chinese('A summary.')}"
    assert front[2:] == ["date: 2024-01-31", "author: 某人"]


def test_a_finished_sentence_under_a_mark_is_kept(checkout):
    """Somebody translated it and forgot to take the mark away."""
    checkout.drafted(EN, ZH.replace("服务器等待应答。", "服务器等待应答。 <!-- pipeline: untranslated -->"))
    checkout.english(EN + "\nA third paragraph.\n")
    checkout.translate()
    assert "服务器等待应答。" in checkout.draft()
    assert checkout.server.texts == ["A third paragraph."]


def test_front_matter_is_merged_key_by_key(checkout):
    old = "---\ntitle: One\ndate: 2024-01-31\ntags: [a, b]\nweight: 1\n---\n\nText.\n"
    zh = "---\ntitle: 一\ndate: 2024-01-31\ntags: [甲, 乙]\nweight: 2\nauthor: 某人\n---\n\n正文。\n"
    new = old.replace("2024-01-31", "2024-02-01").replace("weight: 1\n", "weight: 1\nslug: one\n")
    checkout.approved(old, zh, source=new)
    checkout.translate()
    front = checkout.draft().split("---")[1].strip().splitlines()
    assert set(front) == {"title: 一", "date: 2024-02-01", "tags: [甲, 乙]", "weight: 2", "slug: one", "author: 某人"}
    assert checkout.server.texts == []


def test_a_key_that_both_changed_is_told(checkout):
    old = "---\ntitle: One\nweight: 1\n---\n\nText.\n"
    checkout.approved(old, "---\ntitle: 一\nweight: 2\n---\n\n正文。\n", source=old.replace("weight: 1", "weight: 3"))
    post = checkout.translate_one()
    assert "weight: 2" in checkout.draft()
    assert [problem.check for problem in post.problems] == ["front-matter"]


@pytest.mark.parametrize("name", ["posts", "foo", "posts/fo", "oo"])
def test_a_part_of_a_key_is_no_key(checkout, name):
    checkout.approved(EN, ZH, source=EN + "\nMore.\n")
    with pytest.raises(ConfigError, match="there is no post"):
        checkout.translate(name)


def test_one_post_that_cannot_be_read_does_not_stop_the_others(checkout):
    checkout.approved(EN, ZH, source=EN + "\nMore.\n")
    checkout.write("content/en/posts/bad.md", b"\xff\xfe broken")
    report = checkout.translate()
    assert [post.post for post in report.posts] == ["posts/foo"]
    assert len(report.failed) == 1
