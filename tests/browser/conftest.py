"""The shipped site, served under a strict policy, and the system's Chromium to read it with."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from pipeline.config import load
from pipeline.site import build
from tests.needed import lacking
from tests.served import Served

expect.set_options(timeout=30_000)  # for what a busy machine needs; whoever finds it sooner goes on at once
ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository's own content, built as if in a year when all of it is due."""
    out = tmp_path_factory.mktemp("public")
    report = build(load(ROOT, env={}), out=out, base_url="http://127.0.0.1", now=datetime(2030, 1, 1, tzinfo=UTC))
    assert not report.warnings
    return out


@pytest.fixture(scope="session")
def address(public: Path) -> Iterator[str]:
    with Served(public) as served:
        yield served.url


@pytest.fixture(scope="module")  # a thread can have one Playwright at a time, and no other event loop beside it
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        lacking("there is no Chromium on this machine; `make test` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()
