"""Approving moves a finished draft and its snapshot into content/, and nothing else."""

from __future__ import annotations

import pytest

from pipeline.errors import DraftError
from pipeline.review import approve, approve_unchanged

EN = "---\ntitle: One\n---\n\nThe first text.\n\nThe second text.\n"
ZH = "---\ntitle: 一\n---\n\n第一段。\n\n第二段。\n"


def test_a_draft_and_its_snapshot_move_together(checkout):
    checkout.english(EN)
    checkout.drafted(EN, ZH)
    report = approve(checkout.settings, ["posts/foo"])
    assert report.to_json() == {"approved": [{"post": "posts/foo", "locale": "zh"}], "refused": []}
    assert {path: data.decode() for path, (_, data) in checkout.files().items()} == {
        "content/en/posts/foo.md": EN,
        "content/zh/posts/foo.md": ZH,
        "content/zh/.source/posts/foo.md": EN,
    }


@pytest.mark.parametrize("mark", ["untranslated", "fuzzy 83%"])
def test_a_mark_is_in_the_way_and_its_line_is_told(checkout, mark):
    checkout.english(EN)
    checkout.drafted(EN, ZH.replace("第二段。", f"第二段。 <!-- pipeline: {mark} -->"))
    files = checkout.files()
    (refusal,) = approve(checkout.settings, ["posts/foo"]).refused
    assert refusal.line == 7
    assert "mark" in refusal.reason
    assert checkout.files() == files


def test_the_snapshot_is_the_english_of_the_draft_not_todays(checkout):
    checkout.english(EN + "\nNews.\n")
    checkout.drafted(EN, ZH)
    approve(checkout.settings, ["posts/foo"])
    assert checkout.read("content/zh/.source/posts/foo.md") == EN
    assert checkout.states()["posts/foo"].state == "stale"


def test_a_later_correction_of_the_live_page_is_brought_over(checkout):
    checkout.approved(EN, ZH, source=EN.replace("second", "other"))
    checkout.translate()
    checkout.write("content/zh/posts/foo.md", ZH.replace("第一段。", "首段。"))
    approve(checkout.settings, ["posts/foo"])
    text = checkout.read("content/zh/posts/foo.md")
    assert "首段。" in text
    assert "第二段。" not in text


def test_a_correction_in_the_same_place_is_not_written_over(checkout):
    checkout.approved(EN, ZH, source=EN.replace("second", "other"))
    checkout.translate()
    checkout.write("content/zh/posts/foo.md", ZH.replace("第二段。", "次段。"))
    files = checkout.files()
    (refusal,) = approve(checkout.settings, ["posts/foo"]).refused
    assert (refusal.line, "changed after this draft was begun" in refusal.reason) == (7, True)
    assert checkout.files() == files


def test_all_means_all_and_a_faulty_one_stays(checkout):
    for key in ("posts/one", "posts/two"):
        checkout.english(EN, key)
        checkout.drafted(EN, ZH, key)
    checkout.english(EN, "posts/three")
    checkout.write("drafts/zh/posts/three.md", ZH)
    report = approve(checkout.settings, everything=True)
    assert report.approved == [("posts/one", "zh"), ("posts/two", "zh")]
    (refusal,) = report.refused
    assert (refusal.post, "no snapshot" in refusal.reason) == ("posts/three", True)


@pytest.mark.parametrize("name", ["posts", "foo", "posts/fo"])
def test_a_part_of_a_key_approves_nothing(checkout, name):
    checkout.english(EN)
    checkout.drafted(EN, ZH)
    files = checkout.files()
    with pytest.raises(DraftError, match="there is no draft"):
        approve(checkout.settings, [name])
    assert checkout.files() == files


def test_a_draft_whose_source_is_gone_stays(checkout):
    checkout.drafted(EN, ZH)
    (refusal,) = approve(checkout.settings, ["posts/foo"]).refused
    assert "is gone" in refusal.reason


def test_drafts_with_nothing_new_can_be_approved_by_themselves(checkout):
    checkout.approved(EN, ZH, source=EN.replace("\n\nThe second text.", ""))
    report = checkout.translate()
    assert approve_unchanged(checkout.settings, report).approved == []
    checkout.configure('[review]\napprove = "when nothing new"')
    assert approve_unchanged(checkout.settings, report).approved == [("posts/foo", "zh")]
