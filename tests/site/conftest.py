"""Scratch sites: a few files in two languages, built into a directory of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.config import Settings, load
from pipeline.site import BuildReport, build, reading
from pipeline.site.output import MARKER

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)

CONFIG = """\
[site]
title = "Scratch"
base_url = "https://example.org"
author = "A. Writer"
description = "A site for tests."
timezone = "Europe/Berlin"
cards = false
{site}
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
title = "草稿本"
{locales}
"""


class Site:
    """A checkout in a temporary directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.configure()

    def configure(self, site: str = "", locales: str = "", text: str = CONFIG) -> None:
        (self.root / "pipeline.toml").write_text(text.format(site=site, locales=locales), encoding="utf-8")

    @property
    def settings(self) -> Settings:
        return load(self.root, env={})

    @property
    def public(self) -> Path:
        return self.root / "public"

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def post(self, path: str, body: str = "Some text.\n", **fields: object) -> Path:
        """A post below content/: `en/posts/foo.md`."""
        head = "".join(f"{key}: {value}\n" for key, value in ({"title": "Title"} | fields).items())
        return self.write(f"content/{path}", f"---\n{head}---\n{body}")

    def translated(self, key: str, body: str, english: str | None = None, **fields: object) -> Path:
        """An approved translation of the English post as it stands (or of `english`), with its snapshot."""
        source = self.root / "content/en" / key
        snapshot = source.read_text(encoding="utf-8") if english is None else english
        self.write(f"content/zh/.source/{key}", snapshot)
        return self.post(f"zh/{key}", body, **({"title": "标题"} | fields))

    def build(self, **options: object) -> BuildReport:
        return build(self.settings, **({"now": NOW} | options))

    def html(self, path: str) -> str:
        return (self.public / path / "index.html").read_text(encoding="utf-8")

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Every file of the built site with its time and content; not the build's own mark."""
        return {
            path.relative_to(self.public).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(self.public.rglob("*"))
            if path.is_file() and path.name != MARKER
        }


def tick(folder: Path) -> None:
    """Wait until the clock of the file system has moved on: what is changed from here on has another time."""
    probe = folder / "probe"
    probe.touch()
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        probe.touch()
    probe.unlink()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


@pytest.fixture
def aged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once, as they would after some seconds."""
    monkeypatch.setattr(reading, "TICK", -1)


@pytest.fixture
def bilingual(site: Site) -> Site:
    """A post in both languages, one in English only, a page bundle, an about page, tags and static files."""
    site.post(
        "en/posts/first.md",
        "Hello **world**. See [the second](/posts/second/#more) and [about](../about.md).\n"
        "\n## A part\n\nText, [again](#a-part).\n",
        title="First",
        date="2026-01-02",
        tags="[Python, C++]",
        categories="[Guide]",
    )
    site.translated(
        "posts/first.md",
        "你好，**世界**。参见[第二篇](/posts/second/#more)和[关于](../about.md)。\n"
        "\n## 一部分\n\n文字，[再来](#a-part)。\n",
        title="第一篇",
        date="2026-01-02",
        tags="[Python, C++]",
        categories="[指南]",
    )
    site.post(
        "en/posts/second/index.md",
        "Only in English. ![A dot](dot.png)\n\n## More\n\n[First](../first.md#a-part)\n",
        title="Second",
        date="2026-02-03T10:00:00+08:00",
        tags="[Python]",
    )
    site.write("content/en/posts/second/dot.png", PNG)
    site.post("en/about.md", "Me.\n", title="About")
    site.translated("about.md", "我。\n", title="关于")
    site.write("static/images/logo.svg", '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20"></svg>')
    return site


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000030000000208060000009d74661a0000000d49444154789c63606060f80f0001040100"
    "5fe5c34b0000000049454e44ae426082"
)
