"""A post beside its translation: what is there, what is not, and what cannot be told."""

import pytest

from pipeline.config import load
from pipeline.content import Library
from pipeline.content.names import key_named

PLACES = {
    "source": "content/en",
    "target": "content/zh",
    "snapshot": "content/zh/.source",
    "draft": "drafts/zh",
    "draft_snapshot": "drafts/zh/.source",
}


@pytest.fixture
def site(tmp_path):
    (tmp_path / "pipeline.toml").write_text("")
    return tmp_path


def write(root, name, text="text"):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_the_parts_of_a_pair(site):
    for part, place in PLACES.items():
        write(site, f"{place}/posts/all.md", part)
    pair = Library.read(load(site, {})).pair("posts/all", "zh")
    assert {part: getattr(pair, part).text for part in PLACES} == {part: part for part in PLACES}
    assert pair.fault is None


def test_pairs_are_the_posts_that_somebody_wrote(site):
    write(site, "content/en/a.md")
    write(site, "content/zh/b.md")
    write(site, "drafts/zh/c/index.md")
    write(site, "content/zh/.source/only-a-snapshot.md")
    pairs = Library.read(load(site, {})).pairs("zh")
    assert [(p.key, bool(p.source), bool(p.target), bool(p.draft)) for p in pairs] == [
        ("a", True, False, False),
        ("b", False, True, False),
        ("c", False, False, True),
    ]


def test_behind_means_another_source(site):
    for place in ("content/en", "content/zh/.source"):
        write(site, f"{place}/a.md", "same")
    write(site, "content/zh/a.md", "译")
    assert not Library.read(load(site, {})).pair("a", "zh").behind
    write(site, "content/en/a.md", "newer")
    assert Library.read(load(site, {})).pair("a", "zh").behind


@pytest.mark.parametrize("part", PLACES)
def test_a_part_that_cannot_be_read_is_not_a_part_that_is_missing(site, part):
    for place in PLACES.values():
        write(site, f"{place}/posts/a.md")
        write(site, f"{place}/posts/ab.md")
    broken = write(site, f"{PLACES[part]}/posts/a.md", "---\ntitle: a: b\n---\n")
    library = Library.read(load(site, {}))
    pair = library.pair("posts/a", "zh")
    assert getattr(pair, part) is None
    assert pair.fault.path == broken
    assert library.pair("posts/ab", "zh").fault is None
    assert [error.path for error in library.problems] == [broken]


def test_every_locale_has_its_own_faults(site):
    names = "".join(f"[locales.{key}]\nname = '{key}'\n" for key in ("en", "zh", "fr"))
    (site / "pipeline.toml").write_text(f"{names}[translation]\ntargets = ['zh', 'fr']\n")
    write(site, "content/en/a.md")
    write(site, "content/fr/a.md", "---\na: b: c\n---\n")
    library = Library.read(load(site, {}))
    assert library.pair("a", "zh").fault is None
    assert library.pair("a", "fr").fault


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("posts/foo", "posts/foo"),
        ("posts/foo/", "posts/foo"),
        ("posts/foo.md", "posts/foo"),
        ("posts/foo/index.md", "posts/foo"),
        ("content/en/posts/foo.md", "posts/foo"),
        ("./content/zh/posts/foo/index.md", "posts/foo"),
        ("content/zh/.source/posts/foo.md", "posts/foo"),
        ("drafts/zh/posts/foo.md", "posts/foo"),
        ("drafts/zh/.source/posts/foo.md", "posts/foo"),
        ("content/en/posts/foo/", "posts/foo"),
        ("about", "about"),
        ("posts/v1.2", "posts/v1.2"),
    ],
)
def test_a_post_may_be_named_by_its_files(site, monkeypatch, name, key):
    settings = load(site, {})
    monkeypatch.chdir(site)
    assert key_named(settings, name) == key
    monkeypatch.chdir("/")
    assert key_named(settings, name) == key
    if name.startswith("content"):
        assert key_named(settings, str(site / name)) == key


def test_a_name_from_inside_the_content(site, monkeypatch):
    settings = load(site, {})
    write(site, "content/en/posts/foo.md")
    write(site, "content/en/about.md")
    monkeypatch.chdir(site / "content" / "en" / "posts")
    assert key_named(settings, "foo.md") == "posts/foo"
    assert key_named(settings, "../about.md") == "about"
    assert key_named(settings, "posts/foo") == "posts/foo"
    assert key_named(settings, "about") == "about"
