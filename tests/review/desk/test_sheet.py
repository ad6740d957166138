"""Rows of a draft, and what an edit of one does to the file."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.content import Library
from pipeline.errors import PipelineError
from pipeline.review.desk.sheet import Sheet
from pipeline.translation.glossary import read_glossary
from tests.review.desk.conftest import CHINESE, EDITED, ENGLISH, draft, site_of


def by_text(sheet, words):
    return next(row for row in sheet.rows if words in row.text or words in row.english)


def sheet_of(tmp_path, old, chinese, new):
    site = site_of(tmp_path, old, chinese, new)
    return Sheet(site, Library.read(site).pair("posts/small", "zh"))


def test_rows_pair_the_english_with_its_translation(sheet):
    texts = [(row.english, row.text) for row in sheet.rows]
    assert texts[0] == ("A small post", "小文章")
    assert ("Beginning", "开头") in texts
    assert ("An item that\ngoes on", "一项，\n还有下文") in texts
    assert ("A quoted thought\nof two lines.", "引用的想法，\n共两行。") in texts
    assert ("A proposed translation", "提议的译文") in texts
    assert not any("print" in english for english, _ in texts)


def test_only_what_changed_is_to_be_read(sheet):
    changed = [row for row in sheet.rows if row.changed]
    assert [row.english[:12] for row in changed] == ["The engine a", "A new though"]
    assert changed[0].before == ("The engine answers within 30 seconds.", "引擎在 30 秒内应答。")
    assert changed[0].text == "引擎在 45 秒内应答。"


def test_all_of_a_first_translation_is_to_be_read(tmp_path):
    sheet = sheet_of(tmp_path, "", "", ENGLISH)
    assert all(row.changed and row.before is None for row in sheet.rows)


def test_an_edit_changes_its_own_text_and_nothing_else(sheet):
    row = by_text(sheet, "引用的想法")
    made = sheet.edited(row, "改过的想法，\n三行，\n都引用。")
    assert made.draft.text == sheet.draft.text.replace(
        "> 引用的想法，\n> 共两行。", "> 改过的想法，\n> 三行，\n> 都引用。"
    )
    assert by_text(made, "改过的想法").text == "改过的想法，\n三行，\n都引用。"
    assert sheet.draft.path.read_text(encoding="utf-8") == sheet.draft.text  # nothing was written


def test_an_item_goes_on_where_it_did(sheet):
    made = sheet.edited(by_text(sheet, "还有下文"), "一项，\n换了下文")
    assert "- 一项，\n  换了下文\n- 另一项" in made.draft.text


def test_a_heading_and_a_cell_stay_on_one_line(sheet):
    assert "\n## 新 开头\n" in sheet.edited(by_text(sheet, "开头"), "新\n开头").draft.text
    assert "| `draft` | 译文 草案 |" in sheet.edited(by_text(sheet, "提议的译文"), "译文\n草案").draft.text


def test_a_field_is_written_as_yaml_wants_it(sheet):
    made = sheet.edited(by_text(sheet, "小文章"), '有"引号": 和冒号')
    assert made.draft.meta.title == '有"引号": 和冒号'
    assert made.draft.body == sheet.draft.body


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_stay(tmp_path, line_end):
    old, chinese, new = (text.replace("\n", line_end) for text in (ENGLISH, CHINESE, EDITED))
    sheet = sheet_of(tmp_path, old, chinese, new)
    for row in sheet.rows:
        assert sheet.edited(row, row.text).draft.text == sheet.draft.text
    made = sheet.edited(by_text(sheet, "共两行"), "一\n二\n三")
    assert made.draft.text.count("\n") == made.draft.text.count(line_end) == sheet.draft.text.count(line_end) + 1


def test_a_mark_stays_until_the_row_is_finished(tmp_path):
    site = site_of(tmp_path, "", "", "---\ntitle: One\n---\n\nFirst text.\n")
    path = draft(site)
    path.write_text(
        "---\ntitle: One # pipeline: untranslated\n---\n\nFirst text. <!-- pipeline: untranslated -->\n",
        encoding="utf-8",
    )
    sheet = Sheet(site, Library.read(site).pair("posts/small", "zh"))
    title, text = sheet.rows
    assert (title.text, text.text) == ("One", "First text.")
    assert all(row.mark for row in sheet.rows)
    half = sheet.edited(text, "第一")
    assert half.draft.text.endswith("第一 <!-- pipeline: untranslated -->\n")
    done = half.edited(half.row(text.key), "第一段。", finished=True)
    assert done.draft.text.endswith("\n\n第一段。\n")
    titled = done.edited(done.row(title.key), "一", finished=True)
    assert "title: 一\n" in titled.draft.text
    assert not titled.chinese.marks


def test_what_the_draft_left_out_is_put_in_its_place(sheet):
    without = sheet.draft.text.replace("引擎在 45 秒内应答。\n\n", "")
    sheet.draft.path.write_text(without, encoding="utf-8")
    short = Sheet(sheet.settings, Library.read(sheet.settings).pair("posts/small", "zh"))
    row = by_text(short, "The engine answers")
    assert row.text == ""
    assert short.edited(row, "引擎在 45 秒内应答。").draft.text == sheet.draft.text


def test_findings_are_at_their_rows(sheet):
    row = by_text(sheet, "45 秒")
    made = sheet.edited(row, "机器在 54 秒内应答。")
    findings, rest = made.findings(read_glossary(sheet.settings.root / "glossary.csv"))
    assert {one.rule for one in findings[row.key]} == {"glossary", "numbers"}
    assert not rest


def test_a_draft_that_is_gone_is_a_clear_error(settings):
    draft(settings).unlink()
    with pytest.raises(PipelineError, match="there is no draft"):
        Sheet(settings, Library.read(settings).pair("posts/small", "zh"))


TEXTS = st.text(st.sampled_from("中文字，。 abc*_`[]()<>#|-+1.\n\t&$:\"'\\{}!~"), max_size=40)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return sheet_of(tmp_path_factory.mktemp("site"), ENGLISH, CHINESE, EDITED)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), text=TEXTS)
def test_whatever_is_typed_touches_only_its_own_place(shared, data, text):
    row = data.draw(st.sampled_from([row for row in shared.rows if row.kind != "field"]))
    first, last = (shared.chinese.units[index] for index in (row.bead.target[0], row.bead.target[-1]))
    made = shared.edited(row, text).draft.text
    whole = shared.draft.text
    assert made.startswith(whole[: first.start])
    assert made.endswith(whole[last.end :])
