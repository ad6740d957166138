"""axe-core: nothing to find at the review desk, in any of its states, in light and in dark, narrow and wide."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.review.desk.conftest import server, settings
from tests.standards.tools import axe_source

__all__ = ["server", "settings"]

pytestmark = pytest.mark.usefixtures("tools")


def faults(page: Page, state: str) -> list[str]:
    report = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{state}: {one['id']}: {node['html'][:160]} {node['failureSummary']}"
        for one in report["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1600])
def test_axe_finds_nothing_at_the_desk(server, chromium: Browser, width: int, scheme: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(server.url)
    expect(page.locator("[data-current]")).to_be_visible()
    expect(page.locator("#drafts [aria-current]")).to_have_count(1)  # the list is up to date
    page.evaluate(axe_source())
    found = faults(page, "a draft")
    page.locator("[data-current]").press("m")
    expect(page.locator(".suggestions")).to_be_visible()
    page.locator("[data-current]").press("e")
    page.locator("textarea").fill("机器在 54 秒内应答。")
    expect(page.locator("[data-current] .findings")).to_contain_text("54")  # what was typed has been written
    found += faults(page, "the editor, with suggestions and findings")
    page.keyboard.press("Escape")
    page.locator("#everything").check()
    found += faults(page, "everything")
    page.locator("#help-button").click()
    found += faults(page, "the keys")
    page.keyboard.press("Escape")
    if width < 1000:
        page.locator("#drafts li").evaluate("item => item.dataset.old = ''")
        page.locator("#back").click()
        expect(page.locator("#drafts li[data-old]")).to_have_count(0)  # it has been asked for anew
        expect(page.locator("#drafts li")).to_be_visible()
        found += faults(page, "the list")
    context.close()
    assert not found, "\n".join(found)
