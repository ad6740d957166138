"""Orphaned translations are put aside on request, and nothing is lost."""

import pytest

from pipeline.config import load
from pipeline.errors import DraftError
from pipeline.review import archive
from pipeline.translation import detect


@pytest.fixture
def settings(tmp_path):
    for name, text in {
        "pipeline.toml": "",
        "content/en/posts/here.md": "Here.\n",
        "content/zh/posts/here.md": "在。\n",
        "content/zh/.source/posts/here.md": "Here.\n",
        "content/zh/posts/gone.md": "没了。\n",
        "content/zh/.source/posts/gone.md": "Gone.\n",
        "content/zh/posts/bundle/index.md": "包。\n",
        "content/zh/posts/bundle/picture.svg": "<svg/>",
        "content/zh/posts/bundle/other.md": "别的。\n",
        "content/zh/.source/posts/bundle/index.md": "Bundle.\n",
        "content/zh/.source/posts/bundle/other.md": "Other.\n",
        "content/en/posts/bundle/other.md": "Other.\n",
        "drafts/zh/posts/gone.md": "新稿。\n",
        "drafts/zh/.source/posts/gone.md": "Gone, too.\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return load(tmp_path, env={})


def texts(root):
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*") if path.is_file()}


def test_all_that_is_orphaned_is_moved_and_nothing_else(settings):
    before = texts(settings.root)
    moved = archive(settings, everything=True)
    assert [(one.post, one.locale) for one in moved] == [("posts/bundle", "zh"), ("posts/gone", "zh")]
    after = texts(settings.root)
    gone = {
        "content/zh/posts/gone.md": "archive/zh/posts/gone.md",
        "content/zh/.source/posts/gone.md": "archive/zh/.source/posts/gone.md",
        "drafts/zh/posts/gone.md": "archive/zh/drafts/posts/gone.md",
        "drafts/zh/.source/posts/gone.md": "archive/zh/drafts/.source/posts/gone.md",
        "content/zh/posts/bundle/index.md": "archive/zh/posts/bundle/index.md",
        "content/zh/posts/bundle/picture.svg": "archive/zh/posts/bundle/picture.svg",
        "content/zh/.source/posts/bundle/index.md": "archive/zh/.source/posts/bundle/index.md",
    }
    assert after == {gone.get(name, name): text for name, text in before.items()}
    assert {file for one in moved for file in one.files} == set(gone.values())
    assert not (settings.root / "drafts").exists()
    assert {state.state for state in detect(settings)} == {"current"}
    assert archive(settings, everything=True) == []


def test_a_post_whose_english_is_there_is_refused_before_anything_is_moved(settings):
    before = texts(settings.root)
    with pytest.raises(DraftError, match="`posts/here` is not orphaned"):
        archive(settings, ["posts/gone", "posts/here"])
    assert texts(settings.root) == before


def test_what_is_in_the_archive_is_not_replaced(settings):
    there = settings.root / "archive/zh/.source/posts/gone.md"
    there.parent.mkdir(parents=True)
    there.write_text("an older one", encoding="utf-8")
    before = texts(settings.root)
    with pytest.raises(DraftError, match="in the archive already"):
        archive(settings, everything=True)
    assert texts(settings.root) == before


def test_moved_back_it_is_as_it_was(settings):
    before = texts(settings.root)
    (one,) = archive(settings, ["posts/gone"])
    for file in one.files:
        path = settings.root / file
        name = file.removeprefix("archive/zh/")
        home = "drafts/zh" if name.startswith("drafts/") else "content/zh"
        back = settings.root / home / name.removeprefix("drafts/")
        back.parent.mkdir(parents=True, exist_ok=True)
        path.rename(back)
    assert texts(settings.root) == before
