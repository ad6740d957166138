"""Where each segment of a draft came from, read from the files alone."""

import pytest

from pipeline.content import Library
from pipeline.review.evidence import Workshop

OLD = """\
---
title: A title
---

The first paragraph is here, with [a link](https://x.org).

The second paragraph has 3 things.

* one item
* two items

This one goes away.

Last words.
"""
LIVE = """\
---
title: 标题
---

第一段在这里，有[链接](https://x.org)。

第二段有 3 件东西。

* 一项
* 两项

这个会消失。

最后的话。
"""
NEW = OLD.replace("is here", "is not here").replace("3 things", "4 things").replace("This one goes away.\n\n", "")
DRAFT = LIVE.replace("在这里", "不在这里").replace("3 件", "4 件").replace("这个会消失。\n\n", "")


@pytest.fixture
def seen(here):
    def see(draft, english, live=(LIVE, OLD)):
        workshop = Workshop(here.settings, Library.read(here.settings))
        return workshop.evidence("posts/foo", "zh", "content/zh/posts/foo.md", (draft, english), live)

    return see


def test_each_change_with_its_origin(seen):
    evidence = seen(DRAFT, NEW)
    machine, adapted, gone = evidence.witnesses
    assert (machine.origin, machine.line) == ("machine", 5)
    assert machine.before.startswith("The first paragraph is here")
    assert machine.after.startswith("The first paragraph is not here")
    assert (machine.previous[:5], machine.text[:6]) == ("第一段在这", "第一段不在这")
    assert (adapted.origin, adapted.text) == ("adapted", "第二段有 4 件东西。")
    assert (gone.origin, gone.before, gone.previous) == ("removed", "This one goes away.", "这个会消失。")
    assert evidence.counts == {"kept": 4, "machine": 1, "adapted": 1}
    assert not evidence.fresh


def test_marks_and_findings_are_with_their_segment(seen):
    draft = DRAFT.replace("第二段有 4 件东西。", "The second paragraph has 4 things. <!-- pipeline: untranslated -->")
    draft = draft.replace("第一段不在这里", "第一段有 7 个").replace(
        "(https://x.org)。", "(https://x.org)。 <!-- pipeline: fuzzy 81% -->"
    )
    fuzzy, left, _ = seen(draft, NEW).witnesses
    assert (fuzzy.origin, fuzzy.score) == ("fuzzy", 81)
    assert [finding.rule for finding in fuzzy.findings] == ["fuzzy"]
    assert left.origin == "untranslated"
    assert [finding.line for finding in left.findings] == [left.line]


def test_what_a_person_wrote_is_said_to_be(seen):
    evidence = seen(DRAFT.replace("最后的话", "最后的几句话"), NEW)
    edited = evidence.witnesses[2]
    assert (edited.origin, edited.before, edited.after) == ("edited", "Last words.", "Last words.")
    assert (edited.previous, edited.text) == ("最后的话。", "最后的几句话。")


def test_a_first_translation_is_all_new(seen):
    evidence = seen(DRAFT, NEW, None)
    assert evidence.fresh
    assert evidence.counts == {"machine": 6}
    assert all(not one.before and not one.previous and one.text for one in evidence.witnesses)


def test_nothing_changed_is_nothing_to_see(seen):
    evidence = seen(LIVE, OLD)
    assert evidence.witnesses == ()
    assert evidence.counts == {"kept": 7}


def test_paragraphs_that_a_reviewer_made_one_are_shown_as_one(seen):
    draft = DRAFT.replace("* 一项\n* 两项\n\n最后的话。", "* 一项\n* 两项。最后的话。")
    evidence = seen(draft, NEW)
    assert evidence.total == 6
