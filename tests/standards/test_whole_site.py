"""Every page of both sites in a browser: nothing goes wrong, is asked of another host, or leads nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.served import Served
from tests.site.links import broken_links, document

LIMIT = 60_000
POSTS = ("posts/everything/", "posts/where-a-translation-comes-from/")


def paths(root: Path) -> list[str]:
    """Addresses of all pages, without the ones that only lead on."""
    files = [path for path in root.rglob("*.html") if 'http-equiv="refresh"' not in path.read_text(encoding="utf-8")]
    return sorted("/" + path.relative_to(root).as_posix().removesuffix("index.html") for path in files)


def home_and_post(served: Served) -> list[str]:
    post = next(path for path in POSTS if (served.directory / path).is_dir())
    return [f"/{prefix}{path}" for prefix in ("", "zh/") for path in ("", post)]


@pytest.fixture
def page(served: Served, chromium: Browser) -> Iterator[Page]:
    """A tab in which nothing may go wrong: a message in the console, a violated policy, a request that fails or that
    goes to another host.
    """
    context = chromium.new_context(viewport={"width": 390, "height": 844})
    faults: list[str] = []
    tab = context.new_page()
    tab.on("console", lambda message: faults.append(f"{tab.url}: {message.text}"))
    tab.on("pageerror", lambda error: faults.append(f"{tab.url}: {error}"))
    tab.on("response", lambda answer: faults.append(f"{answer.url}: {answer.status}") if answer.status >= 400 else None)
    tab.on("request", lambda request: None if request.url.startswith(served.url) else faults.append(request.url))
    yield tab
    context.close()
    assert faults == []


def test_nothing_goes_wrong_on_any_page(page: Page, served: Served) -> None:
    for path in paths(served.directory):
        page.goto(served.url + path)
        assert page.evaluate("[...document.images].filter(i => i.loading != 'lazy' && !i.naturalWidth).length") == 0


def test_a_violated_policy_would_be_seen(served: Served, chromium: Browser) -> None:
    (served.directory / "bad.html").write_text(
        "<!doctype html><title>x</title><p style='color: red'>x", encoding="utf-8"
    )
    tab = chromium.new_page()
    with tab.expect_console_message() as message:
        tab.goto(f"{served.url}/bad.html")
    assert "Content Security Policy" in message.value.text
    tab.close()
    (served.directory / "bad.html").unlink()


def test_home_and_post_are_light(served: Served, chromium: Browser) -> None:
    """What comes over the line for a page, headers and all, without pictures."""
    for path in home_and_post(served):
        context = chromium.new_context()
        tab = context.new_page()
        sizes: dict[str, float] = {}
        kinds: dict[str, str] = {}
        session = context.new_cdp_session(tab)
        session.send("Network.enable")
        session.on(
            "Network.responseReceived", lambda event, kinds=kinds: kinds.update({event["requestId"]: event["type"]})
        )
        session.on(
            "Network.loadingFinished",
            lambda event, sizes=sizes: sizes.update({event["requestId"]: event["encodedDataLength"]}),
        )
        tab.goto(served.url + path, wait_until="networkidle")
        context.close()
        assert len(sizes) >= 3
        total = sum(size for request, size in sizes.items() if kinds.get(request) != "Image")
        assert total <= LIMIT, (path, total)


def test_all_of_it_can_be_read_without_scripts(served: Served, chromium: Browser) -> None:
    for path in [*home_and_post(served), "/archive/", "/tags/"]:
        seen = []
        for scripts in (True, False):
            context = chromium.new_context(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
            tab = context.new_page()
            tab.goto(served.url + path)
            buttons = tab.locator("main button").all_inner_texts() if scripts else []
            links = set(tab.locator("a:visible").evaluate_all("links => links.map(link => link.href)"))
            lines = [line for line in tab.locator("main").inner_text().splitlines() if line.strip()]
            seen.append((links, [line for line in lines if line not in buttons]))
            context.close()
        assert seen[0] == seen[1], path


def test_without_scripts_the_search_says_so(served: Served, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{served.url}/search/")
    assert tab.locator("form.search").is_hidden()
    assert "JavaScript" in tab.locator("main").inner_text()
    context.close()


def test_no_link_anchor_picture_or_alternate_leads_nowhere(served: Served) -> None:
    assert broken_links(served.directory, served.url) == []
    pages = {path: document(served.directory / (path.lstrip("/") + "index.html" if path.endswith("/") else path[1:]))
             for path in paths(served.directory)}  # fmt: skip
    for path, found in pages.items():
        alternates = {
            link["hreflang"]: link["href"] for link in found.all("link", rel="alternate") if "hreflang" in link
        }
        if not alternates:
            continue
        assert served.url + path in alternates.values(), path
        assert "x-default" in alternates
        for other in alternates.values():
            back = pages[other.removeprefix(served.url)].all("link", rel="alternate")
            assert {link["hreflang"]: link["href"] for link in back if "hreflang" in link} == alternates, path


def test_what_is_written_for_programs_leads_somewhere_too(served: Served) -> None:
    root = served.directory
    addresses = []
    for path in root.rglob("*.webmanifest"):
        data = json.loads(path.read_bytes())
        addresses += [data["start_url"], *(icon["src"] for icon in data["icons"])]
    for path in [*root.rglob("llms.txt"), root / "robots.txt"]:
        addresses += re.findall(rf"{re.escape(served.url)}[^\s)>\]]*", path.read_text(encoding="utf-8"))
    for path in root.rglob("*.html"):
        for data in re.findall(
            r'<script type="application/ld\+json">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL
        ):
            addresses += re.findall(rf'"({re.escape(served.url)}[^"]*)"', json.dumps(json.loads(data)))
    assert len(addresses) > 20
    for address in set(addresses):
        target = root / unquote(urlsplit(address).path).lstrip("/")
        assert target.is_file() or (target / "index.html").is_file(), address
