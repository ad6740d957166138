"""Pages made of two texts, and scratch sites that hold some."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.config import load
from pipeline.content import read_post
from pipeline.translation.checks import Finding, Page, Shared, check_page

CONFIG = '[locales.en]\nname = "English"\n[locales.zh]\nname = "简体中文"\n'


class Site:
    """A checkout in a temporary directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pipeline.toml", CONFIG)

    @property
    def settings(self):
        return load(self.root, {})

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def pair(self, key: str, source: str, target: str, *, draft: bool = False) -> None:
        """A post, the snapshot of it, and its translation or draft."""
        top = "drafts/zh" if draft else "content/zh"
        self.write(f"content/en/{key}.md", source)
        self.write(f"{top}/.source/{key}.md", source)
        self.write(f"{top}/{key}.md", target)


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.fixture
def page_of(tmp_path):
    """A page from the text of its snapshot (None: there is none) and its own."""

    def make(source: str | None, target: str, shared: Shared | None = None, language: str = "zh-CN") -> Page:
        (tmp_path / "target.md").write_bytes(target.encode())
        snapshot = None
        if source is not None:
            (tmp_path / "source.md").write_bytes(source.encode())
            snapshot = read_post(tmp_path, Path("source.md"))
        post = read_post(tmp_path, Path("target.md"))
        shared = shared or Shared()
        page = Page(post, snapshot, locale="zh", language=language, file="zh/page.md", shared=shared)
        shared.pages.append(page)
        return page

    return make


@pytest.fixture
def found(page_of):
    """The findings on such a page as (line, rule)."""

    def run(source: str | None, target: str, language: str = "zh-CN") -> list[tuple[int, str]]:
        return places(check_page(page_of(source, target, language=language))[0])

    return run


def places(findings: Sequence[Finding]) -> list[tuple[int, str]]:
    return sorted((finding.line, finding.rule) for finding in findings)
