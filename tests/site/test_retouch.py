"""A few texts that have changed are built without a look at the rest, and come out as a clean build makes them."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.content import Library
from pipeline.site import retouch
from tests.site.conftest import PNG, Site
from tests.site.test_incremental import clean, contents

pytestmark = pytest.mark.usefixtures("aged")


@pytest.fixture
def wholes(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """One entry for each build that read the library."""
    seen: list[Path] = []
    real = Library.of

    def read(settings, *rest):
        seen.append(settings.root)
        return real(settings, *rest)

    monkeypatch.setattr(Library, "of", read)
    return seen


@pytest.fixture
def built(bilingual: Site, wholes: list[Path]) -> Iterator[Site]:
    """A site that was built; in the end, it has to be as a clean build makes it."""
    for number in range(4):
        bilingual.post(
            f"en/posts/old-{number}.md", f"Old text {number}.\n\nMore.\n", title=f"Old {number}", tags="[Go]"
        )
        bilingual.translated(f"posts/old-{number}.md", f"旧文 {number}。\n\n更多。\n", title=f"旧 {number}")
    bilingual.build()
    wholes.clear()
    yield bilingual
    ours = contents(bilingual.public)
    fresh = clean(bilingual)
    assert sorted(ours) == sorted(fresh)
    assert [path for path in fresh if ours[path] != fresh[path]] == []


def append(site: Site, path: str, text: str = "\nA word more.\n") -> None:
    file = site.root / "content" / path
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "pages"),
    [
        ("en/posts/old-1.md", {"posts/old-1/index.html", "zh/posts/old-1/index.html"}),  # which says what has changed
        ("zh/posts/old-1.md", {"zh/posts/old-1/index.html"}),
        ("zh/.source/posts/old-1.md", {"zh/posts/old-1/index.html"}),
        ("en/posts/second/index.md", {"posts/second/index.html", "zh/posts/second/index.html"}),
        ("en/about.md", {"about/index.html", "zh/about/index.html"}),
    ],
)
def test_a_text_costs_its_own_pages(built: Site, wholes: list[Path], path: str, pages: set[str]) -> None:
    before = built.files()
    append(built, path)
    report = built.build()
    after = built.files()
    assert not wholes
    changed = {name for name in after if after[name] != before[name]}
    assert {name for name in changed if name.endswith(".html")} == pages
    assert report.written == len(changed)
    assert (report.written + report.unchanged, report.removed) == (len(after), 0)


def test_it_is_found_by_what_was_added_and_not_by_what_was_taken_out(built: Site, wholes: list[Path]) -> None:
    append(built, "en/posts/old-1.md", "\nZebra.\n")
    built.build()
    assert "zebra" in (built.public / "search/0.json").read_text()
    file = built.root / "content/en/posts/old-1.md"
    file.write_text(file.read_text().replace("\nZebra.\n", "\nYak.\n"))
    built.build()
    assert "zebra" not in (built.public / "search/0.json").read_text()
    assert not wholes


def heading(site: Site) -> None:
    append(site, "en/posts/old-1.md", "\n## Another part\n")


def summary(site: Site) -> None:
    file = site.root / "content/en/posts/old-1.md"
    file.write_text(file.read_text().replace("Old text 1.", "Quite another text."))


def title(site: Site) -> None:
    file = site.root / "content/en/posts/old-1.md"
    file.write_text(file.read_text().replace("title: Old 1", "title: New 1"))


def broken_link(site: Site) -> None:
    append(site, "en/posts/old-1.md", "\n[nothing](/posts/none/)\n")


def broken_fragment(site: Site) -> None:
    append(site, "en/posts/old-1.md", "\n[nothing](/posts/second/#none)\n")


def other_image(site: Site) -> None:
    site.write("content/en/posts/second/dot.png", PNG.replace(b"\x03\x00\x00\x00\x02", b"\x05\x00\x00\x00\x02"))
    append(site, "en/posts/second/index.md")


def new_post(site: Site) -> None:
    site.post("en/posts/new.md")
    append(site, "en/posts/old-1.md")


def gone_post(site: Site) -> None:
    (site.root / "content/zh/posts/old-1.md").unlink()
    append(site, "en/posts/old-1.md")


def template(site: Site) -> None:
    site.write("theme/parts/footer.html", "Foot.")
    append(site, "en/posts/old-1.md")


def spoilt(site: Site) -> None:
    (site.public / "posts/old-2/index.html").write_text("spoilt")
    append(site, "en/posts/old-1.md")


def gone_page(site: Site) -> None:
    (site.public / "posts/old-2/index.html").unlink()
    append(site, "en/posts/old-1.md")


def configuration(site: Site) -> None:
    site.configure(site="feed_length = 2")
    append(site, "en/posts/old-1.md")


def unreadable(site: Site) -> None:
    (site.root / "content/en/posts/old-1.md").write_bytes(b"\xff\xfe")


def date(site: Site) -> None:
    file = site.root / "content/en/posts/old-1.md"
    file.write_text(file.read_text().replace("title:", "lastmod: 2026-05-01\ntitle:"))


def damaged(site: Site) -> None:
    (ground,) = (site.root / ".pipeline/site").glob("*.ground")
    ground.write_bytes(ground.read_bytes()[:-1] + b"x")
    append(site, "en/posts/old-1.md")


def lost(site: Site) -> None:
    (kept,) = (site.root / ".pipeline/site").glob("*.db")
    kept.unlink()
    append(site, "en/posts/old-1.md")


@pytest.mark.parametrize(
    "change",
    [
        broken_fragment, broken_link, configuration, damaged, date, gone_page, gone_post, heading, lost, new_post,
        other_image, spoilt, summary, template, title, unreadable,
    ],
)  # fmt: skip
def test_what_other_pages_show_costs_a_look_at_them(
    built: Site, wholes: list[Path], change: Callable[[Site], None]
) -> None:
    change(built)
    built.build()
    assert len(wholes) == 1
    wholes.clear()
    if change is not unreadable:
        append(built, "en/posts/old-3.md")
        built.build()
        assert not wholes or change in {broken_link, broken_fragment}, "the next one goes by what this one decided"
    else:
        (built.root / "content/en/posts/old-1.md").write_text("---\ntitle: Old 1\n---\n\nAgain.\n")
        built.build()


def test_pages_of_a_post_that_cannot_be_read_stay_when_its_source_changes(built: Site) -> None:
    (built.root / "content/zh/posts/old-1.md").write_bytes(b"\xff\xfe")
    built.build()
    append(built, "en/posts/old-1.md")
    built.build()
    assert "旧文 1" in built.html("zh/posts/old-1")
    built.translated("posts/old-1.md", "新文。\n")
    built.build()


def test_a_theme_that_shows_other_posts_as_a_whole(built: Site, wholes: list[Path]) -> None:
    built.write("theme/parts/entry.html", "{{ entry.html }}")
    built.build()
    wholes.clear()
    append(built, "en/posts/old-1.md", "\nSeen from the list.\n")
    built.build()
    assert "Seen from the list." in built.html("posts")
    assert wholes


def test_one_edit_after_the_other(built: Site, wholes: list[Path]) -> None:
    for number in range(6):
        append(built, f"{'en' if number % 2 else 'zh'}/posts/old-{number % 4}.md", f"\nEdit {number}.\n")
        built.build()
    assert not wholes


def test_after_it_there_is_nothing_to_do(built: Site, wholes: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    append(built, "en/posts/old-1.md")
    first = built.build()

    def fail(*_: object) -> None:
        pytest.fail("it was looked for what has changed")

    with monkeypatch.context() as patched:
        patched.setattr(retouch, "retouch", fail)
        second = built.build()
    assert (second.written, second.unchanged) == (0, first.written + first.unchanged)
    assert not wholes


def test_git_tells_another_date(built: Site, wholes: list[Path]) -> None:
    def git(*arguments: str, when: str = "2026-01-01T00:00:00Z") -> None:
        environment = {"GIT_COMMITTER_DATE": when, "GIT_AUTHOR_DATE": when, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
        subprocess.run(command, cwd=built.root, check=True, capture_output=True, env=environment)

    git("init")
    git("add", "content")
    git("commit", "-m", "one")
    append(built, "en/posts/old-1.md")
    built.build()
    git("commit", "-am", "two", when="2026-01-03T00:00:00Z")
    built.build()
    assert "1 月 3 日" in built.html("zh/posts/old-1")
    assert not wholes, "it is the one that has changed"
    append(built, "en/posts/old-2.md", "\n## Another part\n")
    built.build()
    assert wholes
    wholes.clear()
    git("commit", "-am", "three", when="2026-02-02T00:00:00Z")
    append(built, "en/posts/old-3.md")
    built.build()
    assert "2 月 2 日" in built.html("zh/posts/old-2")
    assert wholes, "another one is dated by now"
    wholes.clear()
    append(built, "en/posts/old-3.md")
    built.build()
    assert not wholes


@pytest.mark.parametrize("seed", range(6))
def test_random_edits(built: Site, wholes: list[Path], seed: int) -> None:
    chance = random.Random(seed)
    texts = [
        "\nMore `code` and **bold** 文字。\n",
        "\n## Part\n",
        "\n[a](../first.md#a-part)\n",
        "\n$x^2$[^1]\n\n[^1]: Foot\n",
    ]
    files = sorted(path for path in (built.root / "content").rglob("*.md"))
    count = 12
    for _ in range(count):
        for path in chance.sample(files, chance.randint(1, 2)):
            body = path.read_text(encoding="utf-8")
            if chance.random() < 0.3 and body.count("\n\n") > 2:
                body = body.rpartition("\n\n")[0] + "\n"
            path.write_text(body + chance.choice(texts), encoding="utf-8")
        built.build()
        ours, fresh = contents(built.public), clean(built)
        assert [name for name in fresh if ours.get(name) != fresh[name]] == []
    assert len(wholes) - count < count, "some of them, clean ones not counted, read nothing"
