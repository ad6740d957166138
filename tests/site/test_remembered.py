"""A build with nothing to do reads nothing; whatever could change the site makes it build."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from pipeline.config import load
from pipeline.site import build
from tests.site.conftest import tick

NOW = datetime(2026, 3, 1, tzinfo=UTC)
POST = "---\ntitle: One\ndate: 2026-01-02\n---\n\nA text.\n"


@pytest.fixture
def root(tmp_path):
    for name, text in {
        "content/en/posts/one.md": POST,
        "content/en/posts/later.md": POST.replace("2026-01-02", "2026-03-10"),
        "content/en/posts/gone.md": POST.replace("---\n\n", "expiryDate: 2026-03-20\n---\n\n"),
        "content/zh/posts/one.md": POST.replace("A text.", "文章。"),
        "content/zh/.source/posts/one.md": POST,
        "static/robots-note.txt": "hello",
        "pipeline.toml": '[site]\ntitle = "Site"\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def made(root, **rest):
    return build(load(root, env={}), **{"now": NOW, **rest})


def reads(root, monkeypatch, **rest):
    """Whether a build reads any post."""
    from pipeline.content import Library

    seen = []
    real = Library.of

    def read(settings, *rest):
        seen.append(settings)
        return real(settings, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Library, "of", read)
        report = made(root, **rest)
    return bool(seen), report


def test_nothing_is_read_when_nothing_has_changed(root):
    made(root, now=datetime.now(UTC))
    code = (
        "import os, sys\nopened = []\n"
        "sys.addaudithook(lambda name, args: opened.append(str(args[0])) if name == 'open' else None)\n"
        "from pathlib import Path\nfrom pipeline.config import load\nfrom pipeline.site import build\n"
        f"report = build(load(Path({str(root)!r})))\n"
        "renders = sys.modules.keys() & {'markdown_it', 'jinja2', 'pygments', 'PIL'}\n"
        f"print(report.written, [one for one in opened if one.startswith({str(root)!r}) and not os.path.isdir(one)])\n"
        "print(sorted(renders))\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIPELINE_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    said, renders = done.stdout.strip().split("\n")
    count, opened = said.split(" ", 1)
    assert renders == "[]", "what renders is not even loaded"
    assert count == "0"
    assert "/content/" not in opened
    assert "/public/" not in opened
    assert ".pipeline/builds" in opened


def test_the_report_is_the_same(root):
    (root / "content/en/posts/one.md").write_text(POST + "\n[x](/nowhere/)\n", encoding="utf-8")
    first = made(root)
    second = made(root)
    assert second.written == second.removed == 0
    assert second.unchanged == first.written
    assert second.pages == first.pages
    assert list(map(str, second.warnings)) == list(map(str, first.warnings))
    assert list(map(type, second.warnings)) == list(map(type, first.warnings)) != []


@pytest.mark.parametrize(
    "path",
    [
        "content/en/posts/one.md",
        "content/en/posts/new.md",
        "content/zh/posts/one.md",
        "content/zh/.source/posts/one.md",
        "static/robots-note.txt",
        "theme/post.html",
        "pipeline.toml",
        "public/index.html",
        "public/posts/one/index.html",
        "public/of-somebody-else.txt",
    ],
)
def test_every_change_is_noticed(root, monkeypatch, path):
    made(root)
    assert not reads(root, monkeypatch)[0]
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    old = file.read_text(encoding="utf-8") if file.exists() else POST
    # As long as it was, and as old: only the time of the change tells.
    tick(root.parent)
    times = (file.stat().st_atime_ns, file.stat().st_mtime_ns) if file.exists() else None
    file.write_text(
        old.replace("e", "E", 1) if path != "pipeline.toml" else old.replace("Site", "Sita"), encoding="utf-8"
    )
    if times:
        os.utime(file, ns=times)
    assert reads(root, monkeypatch)[0]
    assert not reads(root, monkeypatch)[0]


def test_what_was_removed_comes_back(root):
    made(root)
    (root / "public/posts/one/index.html").unlink()
    assert made(root).written == 1


def test_a_date_that_has_come_is_noticed(root):
    pages = made(root).pages
    assert made(root, now=datetime(2026, 3, 9, tzinfo=UTC)).written == 0
    assert made(root, now=datetime(2026, 3, 11, tzinfo=UTC)).pages > pages
    assert (root / "public/posts/gone").is_dir()
    made(root, now=datetime(2026, 3, 21, tzinfo=UTC))
    assert not (root / "public/posts/gone").exists()
    assert made(root).pages == pages  # a clock that goes back


def test_other_wishes_are_noticed(root, monkeypatch):
    made(root)
    assert made(root, base_url="https://elsewhere.example").written > 0
    assert made(root, drafts=True, base_url="https://elsewhere.example").written > 0
    assert made(root).written > 0
    assert not reads(root, monkeypatch)[0]


def test_on_demand_everything_is_read(root, monkeypatch):
    made(root)
    assert not reads(root, monkeypatch)[0]
    assert reads(root, monkeypatch, checksum=True)[0]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"inputs": 1}', '{"until": "soon"}'])
def test_a_damaged_note_is_left_aside(root, monkeypatch, text):
    made(root)
    (note,) = (root / ".pipeline/builds").iterdir()
    note.write_text(text, encoding="utf-8")
    assert reads(root, monkeypatch)[0]
    assert not reads(root, monkeypatch)[0]


def test_what_is_behind_a_link_is_always_read(root, monkeypatch, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "linked.md"
    elsewhere.write_text(POST, encoding="utf-8")
    (root / "content/en/posts/linked.md").symlink_to(elsewhere)
    made(root)
    assert reads(root, monkeypatch)[0]


def test_a_build_that_failed_is_not_remembered(root, monkeypatch):
    made(root)
    (root / "theme").mkdir()
    (root / "theme/post.html").write_text("{{ nothing.at.all }}{% broken", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(Exception, match=r"post\.html"):
            made(root)
