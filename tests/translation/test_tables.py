"""Tables that a reviewer changed: rows and columns of his own, and the English's edits among them."""

from __future__ import annotations

import pytest

from pipeline.translation.beads import beads
from tests.translation.helpers import run, units

HEAD, ZH_HEAD = "| name | meaning |\n| --- | --- |\n", "| 名称 | 含义 |\n| --- | --- |\n"
ROWS = [
    "| `retries` | how often a request is repeated |",
    "| `timeout` | seconds to wait for an answer |",
    "| `proxy` | the address of a proxy |",
    "| `cache` | whether answers are kept |",
]
ZH_ROWS = [
    "| `retries` | 请求重试的次数 |",
    "| `timeout` | 等待应答的秒数 |",
    "| `proxy` | 代理的地址 |",
    "| `cache` | 是否保留应答 |",
]
NEW = "| `colour` | what the terminal shows |"


def english(*rows: str, after: str = "") -> str:
    return "Options:\n\n" + HEAD + "".join(f"{row}\n" for row in rows) + after


def chinese(*rows: str, head: str = ZH_HEAD, after: str = "") -> str:
    return "选项：\n\n" + head + "".join(f"{row}\n" for row in rows) + after


def rows_of(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("|")]


def pairs(source: str, target: str) -> set[tuple[str, str]]:
    ours, theirs = units(source), units(target)
    return {(ours[i].source, theirs[j].source) for bead in beads(ours, theirs) for i, j in bead.pairs}


def test_rows_in_another_order_are_paired_row_by_row():
    found = pairs(english(*ROWS), chinese(ZH_ROWS[3], *ZH_ROWS[:3]))
    assert ("whether answers are kept", "是否保留应答") in found
    assert ("seconds to wait for an answer", "等待应答的秒数") in found
    assert all(one == other for one, other in found if one.startswith("`"))


def test_a_row_that_a_reviewer_left_out_and_one_he_added():
    found = pairs(english(*ROWS), chinese("| `镜像` | 国内镜像的地址 |", ZH_ROWS[0], *ZH_ROWS[2:]))
    assert ("how often a request is repeated", "请求重试的次数") in found
    assert ("the address of a proxy", "代理的地址") in found
    assert not any("seconds" in one for one, _ in found)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_column_that_a_reviewer_added_is_found_wherever_it_is(place):
    def widened(row: str, cell: str) -> str:
        cells = row.strip("| ").split(" | ")
        return f"| {' | '.join([*cells[:place], cell, *cells[place:]])} |"

    head = widened("| 名称 | 含义 |", "版本") + "\n| --- | --- | --- |\n"
    base = chinese(*(widened(row, f"{number}.0") for number, row in enumerate(ZH_ROWS)), head=head)
    assert ("seconds to wait for an answer", "等待应答的秒数") in pairs(english(*ROWS), base)
    assert ("meaning", "含义") in pairs(english(*ROWS), base)
    draft = run(english(*ROWS[:2], NEW, *ROWS[2:]), english(*ROWS), base)
    lines = rows_of(draft.text)
    assert [line for line in lines if "colour" not in line] == rows_of(base), "the column stays"
    assert draft.asked == ["what the terminal shows"]
    assert len(units(draft.text)) == len(units(base)) + 2, "it is still one table"


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("after", ["", "\nAn end.\n"])
def test_a_row_that_a_reviewer_added_stays_behind_its_row(place, after):
    added = "| `镜像` | 国内镜像的地址 |"
    base = chinese(*ZH_ROWS[:place], added, *ZH_ROWS[place:], after=after.replace("An end.", "完。"))
    for where in range(5):
        new = english(*ROWS[:where], NEW, *ROWS[where:], after=after)
        draft = run(new, english(*ROWS, after=after), base)
        lines = rows_of(draft.text)
        assert [line for line in lines if "colour" not in line] == rows_of(base)
        assert draft.asked == ["what the terminal shows"]
        assert {unit.path for unit in units(draft.text) if unit.kind == "cell"} == {("table", "head"), ("table",)}


@pytest.mark.parametrize("gone", range(4))
def test_a_row_that_the_english_lost_takes_its_added_cell_along(gone):
    head = "| 名称 | 含义 | 版本 |\n| --- | --- | --- |\n"
    wide = [f"{row} {number}.0 |" for number, row in enumerate(ZH_ROWS)]
    kept = [row for number, row in enumerate(ROWS) if number != gone]
    draft = run(english(*kept), english(*ROWS), chinese(*wide, head=head))
    assert rows_of(draft.text)[2:] == [row for number, row in enumerate(wide) if number != gone]
    assert draft.asked == []


def test_a_changed_row_keeps_its_other_cells_and_the_added_one():
    head = "| 名称 | 含义 | 版本 |\n| --- | --- | --- |\n"
    wide = [f"{row} {number}.0 |" for number, row in enumerate(ZH_ROWS)]
    edited = "| `timeout` | minutes before we give up |"
    draft = run(english(ROWS[0], edited, *ROWS[2:]), english(*ROWS), chinese(*wide, head=head))
    (line,) = [line for line in rows_of(draft.text) if "timeout" in line]
    assert line.endswith("| 1.0 |")
    assert draft.asked == ["minutes before we give up"]


def test_the_line_under_the_head_fits_a_head_with_a_column_more():
    """The English spells that line otherwise now, so it is the English's."""
    head = "| 名称 | 含义 | 版本 |\n| --- | --- | --- |\n"
    wide = [f"{row} {number}.0 |" for number, row in enumerate(ZH_ROWS)]
    new = english(*ROWS).replace("| --- | --- |", "|:---|----|")
    draft = run(new, english(*ROWS), chinese(*wide, head=head))
    assert {len(line.strip("|").split("|")) for line in rows_of(draft.text)} == {3}
    assert all(unit.kind == "cell" for unit in units(draft.text)[1:])


def test_a_column_more_in_the_english_as_well():
    head = "| 名称 | 含义 | 版本 |\n| --- | --- | --- |\n"
    wide = [f"{row} {number}.0 |" for number, row in enumerate(ZH_ROWS)]
    new = "Options:\n\n| name | meaning | since |\n| --- | --- | --- |\n"
    new += "".join(f"{row} `v{number}` |\n" for number, row in enumerate(ROWS))
    draft = run(new, english(*ROWS), chinese(*wide, head=head))
    assert draft.asked == ["since"]
    lines = rows_of(draft.text)
    assert {len(line.strip("|").split("|")) for line in lines} == {4}
    assert lines[2] == "| `retries` | 请求重试的次数 | `v0` | 0.0 |"


def test_a_table_that_a_reviewer_added_stays_where_it_was():
    table = "\n| 版本 | 内容 |\n| --- | --- |\n| 1.0 | 首次发布 |\n| 1.1 | 修复缺陷 |\n"
    base = chinese(*ZH_ROWS, after=table + "\n完。\n")
    new = english(*ROWS, NEW, after="\nAn end of it.\n")
    draft = run(new, english(*ROWS, after="\nAn end.\n"), base)
    assert table in draft.text
    assert draft.text.index("colour") < draft.text.index("首次发布")
    assert sum(unit.path == ("table", "head") for unit in units(draft.text)) == 4


def test_of_a_table_that_was_left_out_the_head_comes_back_with_a_new_row():
    draft = run(english(*ROWS, NEW), english(*ROWS), "选项：\n\n见英文版。\n")
    assert len([unit for unit in units(draft.text) if unit.kind == "cell"]) == 12
    assert not draft.finished.problems


def test_a_cell_that_replaced_another_is_not_beside_it():
    old, new = english("| default | the content |"), english("| - | the content |")
    draft = run(new, old, chinese("| default | 内容 |"))
    assert rows_of(draft.text)[-1] == "| - | 内容 |"
