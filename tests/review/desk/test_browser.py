"""The desk in Chromium: from an edit to an approved file, with the keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import chromium
from tests.review.desk.conftest import draft, live

__all__ = ["chromium"]


@pytest.fixture
def page(chromium, server):
    context = chromium.new_context(viewport={"width": 1600, "height": 900})
    opened = context.new_page()
    said = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.goto(server.url)
    expect(opened.locator("[data-current]")).to_be_visible()  # the only draft is opened at once
    expect(opened.locator("#drafts [aria-current]")).to_have_count(1)  # and then the list is read once more
    yield opened
    context.close()
    assert not [text for text in said if "409" not in text and "422" not in text]


def focused(page):
    return page.evaluate("document.activeElement.tagName + '.' + document.activeElement.className")


def test_from_edit_to_approved_file_with_keys_alone(page, settings):
    assert "#" not in page.url  # the token is out of sight
    for _ in range(12):
        if focused(page) == "LI.row":
            break
        page.keyboard.press("Tab")
    expect(page.locator("[data-current] ins")).to_contain_text(["45", "45"])
    page.keyboard.press("a")
    expect(page.locator("#count")).to_have_text("1 of 2 accepted")
    expect(page.locator("[data-current]")).to_have_attribute("aria-label", "Paragraph, line 25, to be read")
    assert focused(page) == "LI.row"
    page.keyboard.press("Enter")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("一个新的想法。最后一段，带有[链接](https://example.org/)。")
    expect(page.locator("[data-current] .target .rendered a")).to_have_text("链接")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#count")).to_have_text("2 of 2 accepted")
    expect(page.locator("#approve")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#none")).to_be_visible()
    assert "一个新的想法。最后一段，带有[链接](https://example.org/)。" in live(settings)
    assert not draft(settings).exists()


def test_findings_come_while_one_types(page):
    page.locator("[data-current]").press("e")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("机器在 54 秒内应答。")
    expect(page.locator("[data-current] .findings strong")).to_have_text(["numbers", "glossary"], use_inner_text=True)
    expect(page.locator("[data-current] .terms .missing")).to_contain_text("引擎")
    assert focused(page).startswith("TEXTAREA")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    expect(page.locator("[data-current] .findings")).to_have_count(0)
    expect(page.locator("[data-current] .target .rendered")).to_have_text("引擎在 45 秒内应答。")


def test_a_suggestion_is_taken_by_its_number(page, settings):
    page.locator("[data-current]").press("m")
    expect(page.locator(".suggestions li")).to_contain_text(["引擎在 30 秒内应答。"])
    number = page.locator(".suggestions li", has_text="30 秒").locator("kbd").inner_text()
    page.keyboard.press(number)
    expect(page.locator("[data-current] .target .rendered")).to_have_text("引擎在 30 秒内应答。")
    assert "引擎在 30 秒内应答。" in draft(settings).read_text(encoding="utf-8")
    page.keyboard.press("g")
    expect(page.locator(".suggestions li")).to_contain_text(["pseudo"])


def test_both_are_shown_when_the_file_was_changed_meanwhile(page, settings):
    path = draft(settings)
    path.write_text(path.read_text(encoding="utf-8").replace("引擎在 45", "引擎会在 45"), encoding="utf-8")
    page.locator("[data-current]").press("e")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text("我的译文，45 秒。")
    page.keyboard.press("Escape")
    note = page.locator("[data-current] .note")
    expect(note).to_contain_text("引擎会在 45 秒内应答。")
    expect(note).to_contain_text("我的译文，45 秒。")
    assert "引擎会在 45" in path.read_text(encoding="utf-8")
    note.get_by_role("button", name="Write mine").click()
    expect(note).to_have_count(0)
    assert "我的译文，45 秒。" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [400, 1600])
def test_nothing_sticks_out(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_function("width => innerWidth === width", arg=width)
    page.locator("[data-current]").press("e")
    page.locator("#everything").check()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
