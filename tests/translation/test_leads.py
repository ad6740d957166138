"""Lists whose marks a reviewer writes otherwise: they stay one list."""

from __future__ import annotations

import pytest

from tests.translation.helpers import run, units

WORDS = ["The first thing to do.", "A second thing follows.", "The third comes last."]
ZH = ["首先要做的事。", "接着是第二件。", "最后是第三件。"]
NEW = "Something new in here."


def listed(mark: str, words: list[str]) -> str:
    return "".join(f"{mark.format(number)}{word}\n" for number, word in enumerate(words, 1))


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(
    ("ours", "theirs"), [("- ", "* "), ("- ", "  * "), ("* ", "-   "), ("{}. ", "{}) "), ("- ", "- ")]
)
def test_a_new_item_gets_the_mark_of_its_list(place, ours, theirs):
    new = [*WORDS[:place], NEW, *WORDS[place:]]
    draft = run(listed(ours, new), listed(ours, WORDS), listed(theirs, ZH))
    (answer,) = [line for line in draft.text.splitlines() if not any(line.endswith(word) for word in ZH)]
    wanted = [*ZH[:place], answer.lstrip("-*.) 1234"), *ZH[place:]]
    if "{" in ours:  # the numbers of what stands where it stood are the reviewer's
        assert [line.lstrip("0123456789") for line in draft.text.splitlines()] == [f") {word}" for word in wanted]
    else:
        assert draft.text == listed(theirs, wanted)
    assert draft.asked == [NEW]


@pytest.mark.parametrize("gone", range(3))
def test_an_item_that_is_gone_leaves_one_list(gone):
    rest = [word for number, word in enumerate(WORDS) if number != gone]
    draft = run(listed("- ", rest), listed("- ", WORDS), listed("* ", ZH))
    assert draft.text == listed("* ", [word for number, word in enumerate(ZH) if number != gone])


def test_what_is_new_inside_of_an_item_is_indented_with_it():
    old = "- The first thing.\n- A second thing follows.\n"
    new = "- The first thing.\n\n  More of it.\n\n  ```\n  run()\n  ```\n- A second thing follows.\n"
    draft = run(new, old, "  *   首先。\n  *   其次。\n")
    assert [unit.path for unit in units(draft.text)] == [unit.path for unit in units(new)]
    assert "  *   首先。\n\n      " in draft.text
    assert "\n      ```\n      run()\n      ```\n" in draft.text


def test_an_item_of_several_lines_keeps_its_bytes():
    old = "- The first thing\n  to do.\n- A second thing follows.\n"
    base = "  * 首先\n    要做的事。\n  * 其次。\n"
    draft = run(old + "- One more in here.\n", old, base)
    assert draft.text.startswith(base)
    assert draft.text[len(base) :].startswith("  * ")


def test_two_lists_that_touch_stay_two():
    old = "- one thing here\n- two things here\n\n* three things here\n* four things here\n"
    base = "* 一\n* 二\n\n- 三\n- 四\n"
    draft = run(old + "* five things here\n", old, base)
    assert draft.text.startswith(base.rstrip("\n"))
    assert draft.text.splitlines()[-1].startswith("- ")
