"""Old sites, adopted into directories of their own."""

from pathlib import Path

import pytest

from pipeline.adoption import AdoptionReport, adopt
from pipeline.config import Settings, load
from pipeline.translation import PostState, detect
from tests.adoption.old_site import CHINESE, ENGLISH, OldSite, post


class Adoption:
    """The old site in `old`, the new one in `root`."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.root = tmp_path / "new"
        self._old: OldSite | None = None

    @property
    def old(self) -> OldSite:
        self._old = self._old or OldSite(self.tmp_path / "old")
        return self._old

    def site(self, config: str | None) -> OldSite:
        self._old = OldSite(self.tmp_path / "old", config)
        return self._old

    def both(self, slug: str, english=ENGLISH, chinese=CHINESE, extra: str = "", zh_extra: str | None = None) -> None:
        """A page bundle's two files; None leaves one as it is."""
        if english is not None:
            self.old.write(f"content/posts/{slug}/index.en.md", post(slug, *english, extra=extra))
        if chinese is not None:
            text = post(slug, *chinese, extra=extra if zh_extra is None else zh_extra)
            self.old.write(f"content/posts/{slug}/index.zh-cn.md", text)

    def run(self, **options) -> AdoptionReport:
        return adopt(self.old.root, self.root, **options)

    @property
    def settings(self) -> Settings:
        return load(self.root, env={})

    def states(self) -> dict[str, PostState]:
        return {state.post: state for state in detect(self.settings)}

    def read(self, name: str) -> str:
        return (self.root / name).read_bytes().decode()

    def files(self) -> set[str]:
        return {path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file()}


@pytest.fixture
def adoption(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    monkeypatch.setenv("HOME", str(tmp_path))
    return Adoption(tmp_path)
