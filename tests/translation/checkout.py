"""A checkout in a temporary directory, an engine on loopback, and what its owner does."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from pipeline.config import Settings, load
from pipeline.translation import PostReport, PostState, TranslationReport, detect, translate
from tests.engines.servers import LibreTranslateServer

CONFIG = """\
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
[translation]
engine = "libretranslate"
{more}
[engines.libretranslate]
url = "{url}"
timeout = 60.0
retries = 0
"""


class Checkout:
    def __init__(self, root: Path, server: LibreTranslateServer) -> None:
        self.root, self.server = root, server
        self.configure()

    def configure(self, more: str = "", url: str = "") -> None:
        self.write("pipeline.toml", CONFIG.format(url=url or self.server.url, more=more))

    @property
    def settings(self) -> Settings:
        return load(self.root, env={})

    def write(self, path: str, text: str | bytes) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def english(self, text: str, key: str = "posts/foo") -> None:
        self.write(f"content/en/{key}.md", text)

    def approved(self, english: str, chinese: str, key: str = "posts/foo", *, source: str | None = "") -> None:
        """A translation of `english`; today's English is `source`, by default the same, None for gone."""
        self.write(f"content/zh/{key}.md", chinese)
        self.write(f"content/zh/.source/{key}.md", english)
        if source is not None:
            self.english(source or english, key)

    def drafted(self, english: str, chinese: str, key: str = "posts/foo") -> None:
        self.write(f"drafts/zh/{key}.md", chinese)
        self.write(f"drafts/zh/.source/{key}.md", english)

    def draft(self, key: str = "posts/foo") -> str:
        return self.read(f"drafts/zh/{key}.md")

    def states(self) -> dict[str, PostState]:
        return {state.post: state for state in detect(self.settings)}

    def translate(self, *posts: str, **options: Any) -> TranslationReport:
        return translate(self.settings, posts=posts, **options)

    def translate_one(self, key: str = "posts/foo", **options: Any) -> PostReport:
        report = self.translate(key, **options)
        assert not report.failed
        (post,) = report.posts
        return post

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Every file below content/ and drafts/ with its time."""
        return {
            str(path.relative_to(self.root)): (path.stat().st_mtime_ns, path.read_bytes())
            for top in ("content", "drafts")
            for path in sorted((self.root / top).rglob("*"))
            if path.is_file()
        }

    def commit(self, message: str = "A change") -> None:
        """Commit everything; a checkout that is none yet becomes one."""
        if not (self.root / ".git").is_dir():
            self._git("init", "--quiet")
        self._git("add", "--all")
        self._git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", message)

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", "-C", str(self.root), *arguments], check=True, capture_output=True)
