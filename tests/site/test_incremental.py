"""A build does what has changed, and leaves the same bytes as one that knows nothing of earlier ones."""

from __future__ import annotations

import importlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.config import load
from pipeline.site import build, cache_file, page_steps, remembered, search
from tests.site.conftest import PNG, Site

WORDS = "cache kernel `code` **bold** [first](first.md#a-part) [gone](/posts/gone/) $x^2$ memory queue".split()  # noqa: SIM905


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that went through a template."""
    seen: list[str] = []
    real = page_steps.page_html

    def page_html(work, page, *rest):
        seen.append(page.path)
        return real(work, page, *rest)

    monkeypatch.setattr(page_steps, "page_html", page_html)
    return seen


def clean(site: Site) -> dict[str, bytes]:
    """What a build makes that knows of nothing; only pictures, which take long, are kept by their content."""
    work = site.root / ".pipeline"
    hidden = work.with_name("hidden")
    work.rename(hidden)
    out = site.root.parent / f"{site.root.name}-clean"
    try:
        site.build(out=out)
        return contents(out)
    finally:
        shutil.rmtree(out, ignore_errors=True)
        shutil.rmtree(work, ignore_errors=True)
        hidden.rename(work)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Writers:
    """Random changes to a site."""

    def __init__(self, site: Site, seed: int) -> None:
        self.site, self.random, self.number = site, random.Random(seed), 0
        self.changes: list[Callable[[], object]] = [
            *[self.edit, self.translate, self.retouch] * 3,
            self.add,
            self.add,
            self.delete,
            self.rename,
            self.field,
            self.image,
            self.template,
            self.words,
            self.configure,
            self.static,
            self.spoil,
        ]

    def step(self) -> str:
        change = self.random.choice(self.changes)
        change()
        return change.__name__

    def posts(self, locale: str = "en") -> list[Path]:
        return sorted((self.site.root / "content" / locale / "posts").glob("*.md"))

    def text(self) -> str:
        parts = [" ".join(self.random.choices(WORDS, k=6)) for _ in range(self.random.randint(1, 3))]
        if self.random.random() < 0.3:
            parts.insert(0, f"## Part {self.random.randint(1, 3)}")
        if self.random.random() < 0.2:
            parts.append("![dot](second/dot.png)\n\n```python\nprint(1)\n```")
        return "\n\n".join(parts) + "\n"

    def edit(self) -> None:
        if posts := self.posts():
            path = self.random.choice(posts)
            path.write_text(path.read_text(encoding="utf-8") + "\n" + self.text(), encoding="utf-8")

    def add(self) -> None:
        self.number += 1
        tags = self.random.sample(["Python", "C++", "Go", "数据库"], self.random.randint(0, 2))
        fields = {"date": f"2026-0{self.random.randint(1, 9)}-11", "tags": f"[{', '.join(tags)}]"}
        if self.random.random() < 0.2:
            fields["series"] = "[One]"
        self.site.post(f"en/posts/new-{self.number}.md", self.text(), title=f"New {self.number}", **fields)

    def translate(self) -> None:
        if posts := self.posts():
            name = self.random.choice(posts).name
            self.site.translated(f"posts/{name}", "译文。" + self.text(), title=f"译 {self.random.randint(1, 9)}")

    def retouch(self) -> None:
        if posts := self.posts("zh"):
            path = self.random.choice(posts)
            path.write_text(path.read_text(encoding="utf-8") + "\n后来。\n", encoding="utf-8")

    def delete(self) -> None:
        posts = [*self.posts(), *self.posts("zh")]
        if len(posts) > 2:
            self.random.choice(posts).unlink()

    def rename(self) -> None:
        if posts := self.posts():
            self.number += 1
            self.random.choice(posts).rename(posts[0].with_name(f"moved-{self.number}.md"))

    def field(self) -> None:
        if posts := self.posts():
            path = self.random.choice(posts)
            line = self.random.choice(["weight: 3", "draft: true", "summary: Other", "aliases: [/old/]", "slug: other"])
            text = path.read_text(encoding="utf-8")
            if line.split(":")[0] not in text:
                path.write_text(text.replace("title:", f"{line}\ntitle:", 1), encoding="utf-8")

    def image(self) -> None:
        data = PNG if self.random.random() < 0.5 else PNG.replace(b"\x03\x00\x00\x00\x02", b"\x05\x00\x00\x00\x02")
        self.site.write("content/en/posts/second/dot.png", data)

    def template(self) -> None:
        name = self.random.choice(["parts/footer.html", "post.html", "parts/entry.html"])
        source = (Path(page_steps.__file__).parent / "theme" / name).read_text(encoding="utf-8")
        self.site.write(f"theme/{name}", source + f"<!-- {self.random.randint(1, 3)} -->\n")

    def words(self) -> None:
        self.site.write("theme/strings/zh.toml", f'archive = "归档 {self.random.randint(1, 3)}"\n')

    def configure(self) -> None:
        site = self.random.choice(["per_page = 2", "feed_length = 2", 'feed_content = "summary"', ""])
        self.site.configure(site=f'untranslated = "notice"\n{site}')

    def static(self) -> None:
        self.site.write(f"static/{self.random.randint(1, 3)}.txt", str(self.random.random()))

    def spoil(self) -> None:
        """Somebody touches what was built."""
        pages = sorted(self.site.public.rglob("index.html"))
        if pages:
            page = self.random.choice(pages)
            page.unlink() if self.random.random() < 0.5 else page.write_text("spoilt", encoding="utf-8")


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize("seed", range(10))
def test_after_random_changes_the_site_is_as_a_clean_build_makes_it(bilingual: Site, seed: int) -> None:
    writers = Writers(bilingual, seed)
    bilingual.configure(site='untranslated = "notice"\n[problems]\naddresses = "warn"')
    done = []
    for _ in range(6):
        done += [writers.step() for _ in range(writers.random.randint(1, 2))]
        bilingual.build()
        ours, fresh = contents(bilingual.public), clean(bilingual)
        assert sorted(ours) == sorted(fresh), done
        assert [path for path in fresh if ours[path] != fresh[path]] == [], done


@pytest.mark.usefixtures("aged")
def test_only_the_pages_of_a_text_that_changed_are_rendered(bilingual: Site, rendered: list[str]) -> None:
    bilingual.build()
    before, rendered[:] = len(rendered), []
    path = bilingual.root / "content/en/about.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore of me.\n", encoding="utf-8")
    bilingual.build()
    assert before > 20
    assert sorted(rendered) == ["about/", "zh/about/"]


@pytest.mark.usefixtures("aged")
def test_a_new_post_leaves_pages_alone_that_do_not_show_it(bilingual: Site, rendered: list[str]) -> None:
    for number in range(12):
        bilingual.post(f"en/posts/old-{number}.md", title=f"Old {number}", date=f"2020-01-{number + 10}")
    bilingual.build()
    rendered.clear()
    bilingual.post("en/posts/new.md", title="New", date="2026-05-05")
    bilingual.build()
    assert "posts/new/" in rendered
    assert not [path for path in rendered if path.startswith("posts/old-")]


def test_what_is_kept_can_be_deleted_or_spoilt(bilingual: Site) -> None:
    bilingual.build()
    first = contents(bilingual.public)
    (kept,) = (bilingual.root / ".pipeline/site").glob("*.db")
    path = bilingual.root / "content/en/about.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    data = kept.read_bytes()
    for spoilt in (b"", b"no database", data[: len(data) // 2], data[:5000] + b"\xff" * 3000 + data[8000:]):
        kept.write_bytes(spoilt)
        (bilingual.root / "content/en/about.md").touch()
        bilingual.build()
        found = contents(bilingual.public)
        assert {name for name in first if found[name] != first[name]} >= {"about/index.html"}
        assert found == clean(bilingual)


@pytest.mark.parametrize("table", ["posts", "articles", "files", "texts"])
@pytest.mark.usefixtures("aged")
def test_nonsense_in_what_is_kept_is_noticed(bilingual: Site, table: str) -> None:
    bilingual.build()
    (kept,) = (bilingual.root / ".pipeline/site").glob("*.db")
    with sqlite3.connect(kept) as db:
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
        db.execute(f"UPDATE {table} SET {columns[-1]} = 'nonsense'")
    path = bilingual.root / "content/en/about.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    bilingual.build()
    assert contents(bilingual.public) == clean(bilingual)


def test_two_builds_at_once_do_no_harm(bilingual: Site) -> None:
    code = (
        "import sys; from pathlib import Path; from pipeline.config import load; from pipeline.site import build\n"
        "build(load(Path(sys.argv[1]), env={}))"
    )
    command = [sys.executable, "-c", code, str(bilingual.root)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIPELINE_")}
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, env=environment) for _ in range(2)]
    outcomes = [(one.communicate()[1].decode(), one.returncode) for one in both]
    assert [code for _, code in outcomes] == [0, 0], outcomes
    alone = contents(bilingual.public)
    out = bilingual.root.parent / "alone"
    build(load(bilingual.root, env={}), out=out)
    assert contents(out) == alone


def test_what_is_kept_for_a_site_goes_with_it(bilingual: Site) -> None:
    for name in ("one", "two"):
        bilingual.build(out=bilingual.root.parent / name)
    folder = bilingual.root / ".pipeline/site"
    assert len(list(folder.glob("*.db"))) == 2
    shutil.rmtree(bilingual.root.parent / "one")
    bilingual.build()
    assert len(list(folder.glob("*.db"))) == 2
    bilingual.build(out=bilingual.root.parent / "two")
    assert len(list(folder.glob("*.db"))) == 2


def test_nothing_is_kept_of_what_another_program_made(bilingual: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    bilingual.build()
    monkeypatch.setattr(search, "_WEIGHTS", (80, 40))
    for module in (cache_file, remembered, importlib.import_module("pipeline.site.build")):
        monkeypatch.setattr(module, "program", lambda: "another")
    bilingual.build()
    assert contents(bilingual.public) == clean(bilingual)
