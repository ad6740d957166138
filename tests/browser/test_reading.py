"""Reading the shipped site: on a phone and a desk, in light and dark, in both languages."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.config import load
from pipeline.site import build
from tests.served import Served

LIMIT = 60_000


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page in a fresh profile; at the end, nothing may have gone wrong in any of them."""
    faults: list[str] = []
    contexts = []

    def opened(path: str, **options: object) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console", lambda message: faults.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "response", lambda answer: faults.append(f"{answer.url}: {answer.status}") if answer.status >= 400 else None
        )
        page.on("request", lambda asked: None if asked.url.startswith(address) else faults.append(asked.url))
        page.goto(address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def pages(public: Path) -> list[str]:
    """The paths of all pages."""
    return sorted("/" + path.parent.relative_to(public).as_posix().strip(".") for path in public.rglob("index.html"))


def posts(public: Path, prefix: str = "") -> list[str]:
    return sorted(
        f"{prefix}/posts/{path.parent.name}/" for path in (public / prefix.strip("/")).glob("posts/*/index.html")
    )


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (360, "dark"), (768, "light"), (1280, "light"), (1280, "dark")]
)
def test_every_page_fits_the_screen(
    open_page: Callable[..., Page], address: str, public: Path, width: int, scheme: str
) -> None:
    page = open_page("/", viewport={"width": width, "height": 800}, color_scheme=scheme)
    for path in (
        pages(public) if width == 320 else [*posts(public), *posts(public, "/zh"), "/about/", "/zh/", "/404.html"]
    ):
        page.goto(address + path)
        wide, room = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= room, path
        assert page.locator("h1").count() >= 1, path


@pytest.mark.parametrize("width", [360, 1280])
def test_the_switcher_leads_to_the_same_post_and_back(
    open_page: Callable[..., Page], address: str, public: Path, width: int
) -> None:
    page = open_page("/", viewport={"width": width, "height": 800})
    for path in ["/", "/about/", "/posts/", "/tags/", *posts(public)]:
        page.goto(address + path)
        page.get_by_role("link", name="简体中文", exact=True).click()
        expect(page).to_have_url(f"{address}/zh{path}")
        expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
        page.get_by_role("link", name="English", exact=True).first.click()
        expect(page).to_have_url(address + path)
        expect(page.locator("html")).to_have_attribute("lang", "en")


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_the_colours_follow_the_system_until_one_is_chosen(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("/", color_scheme="light")
    light = ground(page)
    page.emulate_media(color_scheme="dark")
    dark = ground(page)
    assert light != dark
    button = page.get_by_role("button", name="Colours: automatic")
    button.click()
    expect(page.get_by_role("button", name="Colours: light")).to_be_visible()
    assert ground(page) == light
    page.goto(f"{address}/zh/about/")
    expect(page.get_by_role("button", name="配色：浅色")).to_be_visible()
    assert ground(page) == light
    page.get_by_role("button", name="配色：浅色").click()
    page.emulate_media(color_scheme="light")
    assert ground(page) == dark
    page.reload()
    assert ground(page) == dark
    page.get_by_role("button", name="配色：深色").click()
    assert ground(page) == light
    page.reload()
    expect(page.get_by_role("button", name="配色：跟随系统")).to_be_visible()


def test_a_remembered_choice_is_there_before_the_first_paint(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("/", color_scheme="light")
    page.get_by_role("button", name="Colours: automatic").click()
    page.get_by_role("button", name="Colours: light").click()
    page.add_init_script(
        "new MutationObserver(() => { if (document.body && window.atBody === undefined)"
        " window.atBody = document.documentElement.dataset.scheme || 'none'; })"
        ".observe(document, { childList: true, subtree: true });"
    )
    page.goto(f"{address}/about/")
    assert page.evaluate("window.atBody") == "dark"


def test_without_scripts_everything_but_the_button_is_there(open_page: Callable[..., Page], public: Path) -> None:
    page = open_page(posts(public)[0], java_script_enabled=False)
    expect(page.locator("button.scheme")).to_be_hidden()
    expect(page.get_by_role("link", name="简体中文", exact=True)).to_be_visible()
    expect(page.locator(".prose")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(open_page: Callable[..., Page]) -> None:
    page = open_page("/about/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_wide_code_and_tables_scroll_by_themselves(open_page: Callable[..., Page], address: str, public: Path) -> None:
    page = open_page("/", viewport={"width": 320, "height": 700})
    scrolled = 0
    for path in [*posts(public), *posts(public, "/zh")]:
        page.goto(address + path)
        for block in page.locator(".prose pre, .prose .table").all():
            if block.evaluate("box => box.scrollWidth > box.clientWidth"):
                block.focus()
                expect(block).to_be_focused()
                scrolled += 1
    assert scrolled


def test_chinese_is_set_in_chinese_fonts_and_english_in_its_own(open_page: Callable[..., Page], public: Path) -> None:
    chinese = open_page(posts(public, "/zh")[0])
    english = open_page(posts(public)[0])
    family = "getComputedStyle(document.querySelector('.prose')).fontFamily"
    leading = (
        "s = getComputedStyle(document.querySelector('.prose')), parseFloat(s.lineHeight) / parseFloat(s.fontSize)"
    )
    assert "PingFang SC" in chinese.evaluate(family)
    assert english.evaluate(family).index("serif") > 0
    assert chinese.evaluate(leading) > english.evaluate(leading) > 1.5
    measure = "b = document.querySelector('.prose p'), b.clientWidth / parseFloat(getComputedStyle(b).fontSize)"
    for page in (chinese, english):
        assert 34 <= page.evaluate(measure) <= 42


def test_pages_are_light(open_page: Callable[..., Page], address: str, public: Path) -> None:
    """HTML, styles and scripts of a page, as they are sent without and with compression."""
    for path in [*pages(public)]:
        html = (public / path.strip("/") / "index.html").read_bytes()
        names = set(re.findall(rb'(?:href|src)="/(assets/[^"]+)"', html))
        parts = [html, *((public / name.decode()).read_bytes() for name in names)]
        assert sum(len(gzip.compress(part, mtime=0)) for part in parts) < LIMIT / 3, path
        assert sum(map(len, parts)) < LIMIT, path


@pytest.mark.parametrize(
    ("prefix", "query", "missing"), [("", "reviewed", "zzzz"), ("/zh", "译文", "龘龘龘"), ("/zh", "译", "鑫鑫")]
)
def test_the_search(open_page: Callable[..., Page], address: str, prefix: str, query: str, missing: str) -> None:
    page = open_page(f"{prefix}/")
    page.locator("a.to-search").click()
    expect(page).to_have_url(f"{address}{prefix}/search/")
    box = page.locator("input[type=search]")
    box.fill(query)
    results = page.locator(".found .entry")
    expect(results.first).to_be_visible()
    expect(results.locator("mark").filter(has_text=re.compile(query, re.IGNORECASE)).first).to_be_visible()
    expect(page.locator(".search-status")).to_contain_text(str(results.count()))
    box.fill(missing)
    expect(results).to_have_count(0)
    expect(page.locator(".search-status")).not_to_be_empty()
    page.goto(f"{address}{prefix}/search/?q={query}")
    expect(results.first).to_be_visible()
    results.locator("a").first.click()
    expect(page.locator("article .prose")).to_be_visible()


def test_the_search_of_a_large_site(chromium: Browser, tmp_path: Path) -> None:
    """The browser looks for a term in the same file as the one that the index has it in."""
    words = (
        "".join(word) for word in itertools.product("bdfglmnprstv", "aeiou", "bdfglmnprstv", "aeiou", "klmnp", "aei")
    )
    posts = [
        ("wanted", "A zeppelin of naïve ёлки, Ωmega, ox and 𐐨𐐩𐐪; 鑫龘之城、漢字。"),
        *((f"other-{number}", " ".join(itertools.islice(words, 5000))) for number in range(10)),
    ]
    config = '[site]\ntitle = "Large"\nbase_url = "http://127.0.0.1"\ncards = false\n[locales.en]\nname = "English"\n'
    (tmp_path / "pipeline.toml").write_text(config + '[locales.zh]\nname = "中文"\n', encoding="utf-8")
    (tmp_path / "content/en/posts").mkdir(parents=True)
    for name, text in posts:
        (tmp_path / f"content/en/posts/{name}.md").write_text(f"---\ntitle: {name}\n---\n\n{text}\n", encoding="utf-8")
    build(load(tmp_path, env={}))
    files = json.loads((tmp_path / "public/search/index.json").read_bytes())["files"]
    assert files > 16
    with Served(tmp_path / "public") as served:
        page = chromium.new_page()
        for query in ("zeppelin", "zep", "naïv", "ёлк", "ωme", "ox", "𐐨𐐩𐐪", "鑫龘", "漢", "wan"):
            page.goto(f"{served.url}/search/?q={query}")
            expect(page.locator(".found .entry a")).to_have_text(["wanted"])
        page.close()


def test_the_search_fetches_nothing_before_it_is_asked(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/about/", wait_until="networkidle")
    assert not [url for url in asked if "search" in url]
    page.goto(f"{address}/search/", wait_until="networkidle")
    assert not [url for url in asked if url.endswith(".json")]


def test_code_can_be_copied(open_page: Callable[..., Page], address: str, public: Path) -> None:
    path = next(
        path for path in posts(public) if 'class="code' in (public / path.strip("/") / "index.html").read_text()
    )
    page = open_page(path, permissions=["clipboard-read", "clipboard-write"])
    # What the button says stays until this test lets the time go by.
    page.evaluate("() => { window.setTimeout = (then) => { window.afterwards = then; return 1; }; }")
    block = page.locator(".code").first
    block.hover()
    block.get_by_role("button", name="Copy").click()
    expect(block.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == block.locator("code").text_content()
    page.evaluate("window.afterwards()")
    expect(block.get_by_role("button", name="Copy", exact=True)).to_be_visible()


def with_contents(public: Path) -> str:
    return next(
        path
        for path in posts(public)
        if (public / path.strip("/") / "index.html").read_text().count('<li class="level-') > 4
    )


def test_the_contents_follow_the_reading(open_page: Callable[..., Page], public: Path) -> None:
    page = open_page(with_contents(public), viewport={"width": 1400, "height": 700})
    contents = page.locator("nav.contents")
    assert contents.bounding_box()["x"] > page.locator(".prose").bounding_box()["x"] + 600
    expect(contents.locator("[aria-current]")).to_have_count(0)
    for index in (2, 0):
        heading = page.locator(".prose :is(h2, h3)").nth(index)
        heading.evaluate("node => node.scrollIntoView({ block: 'start', behavior: 'instant' })")
        expect(contents.locator("[aria-current]")).to_have_attribute("href", f"#{heading.get_attribute('id')}")
        expect(contents).to_be_in_viewport()
    page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    expect(contents.locator("a").last).to_have_attribute("aria-current", "location")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_contents_are_above_the_text(
    open_page: Callable[..., Page], public: Path, *, scripts: bool
) -> None:
    page = open_page(with_contents(public), viewport={"width": 400, "height": 700}, java_script_enabled=scripts)
    contents = page.locator("nav.contents")
    expect(contents.locator("ol")).to_be_hidden()
    contents.locator("summary").click()
    expect(contents.locator("ol")).to_be_visible()
    last = contents.locator("a").last
    last.click()
    expect(page).to_have_url(page.url.partition("#")[0] + str(last.get_attribute("href")))
