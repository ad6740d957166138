"""What is known of the last look at the posts makes the next one quicker, and never different."""

import json
import logging
import os
import random
import shutil

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from pipeline.config import load
from pipeline.content import Library, posts
from pipeline.explain import explain
from pipeline.taken import program
from pipeline.translation import Survey, detect
from pipeline.translation import survey as module
from pipeline.translation.survey import library_of
from pipeline.translation.surveyed import _digest

CONFIG = """\
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
[locales.ja]
name = "日本語"
[translation]
targets = ["zh", "ja"]
fields = {fields}
"""
PLACES = ["content/en", "content/zh", "content/zh/.source", "content/ja", "content/ja/.source"]
PLACES += ["drafts/zh", "drafts/zh/.source", "drafts/ja"]
NAMES = ["a.md", "b.md", "posts/c.md", "posts/d/index.md", "posts/d.md", "_index.md"]
TEXTS = [
    "---\ntitle: One\n---\n\nFirst.\n\nSecond.\n",
    "---\ntitle: One\n---\n\nFirst.\n\nAnother.\n",
    "---\ntitle: Two\nsummary: Short\n---\n\nFirst, and more of it.\n\n- list\n",
    "---\ntitle: [broken\n---\n\nNo.\n",
    "---\ntranslate: false\n---\n\nKept.\n",
    "Plain.\n",
    b"\xff\n",
]


@pytest.fixture(autouse=True)
def no_tick(monkeypatch):
    """What was just written is kept too, as it is once time has passed; a change shows in the times."""
    monkeypatch.setattr(module, "TICK", -(10**18))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def told(root, *, read=True):
    """What is found, first with the settings `read` or not."""
    ways = [lambda: Survey.of(load(root, env={})), lambda: Survey.at(root)] * 2
    first, *others = [
        (survey.states, [str(problem) for problem in survey.problems])
        for survey in (way() for way in (ways if read else reversed(ways)))
    ]
    assert others == [first] * 3
    return first


def complete(root):
    """The same without anything that is remembered."""
    found = load(root, env={})
    library = Library.read(found)
    return detect(found, library), [str(problem) for problem in library.problems]


def configure(root, fields=("title",)):
    write(root / "pipeline.toml", CONFIG.format(fields=json.dumps(list(fields))))


def files(root):
    return sorted(path for top in ("content", "drafts") for path in (root / top).rglob("*") if path.is_file())


STEPS = ["write"] * 6 + ["rename", "delete", "configure", "link", "directory", "damage", "copy", "same size"]


def tick(root):
    """Return when what is written next has another time of change than all that was written before."""
    probe = root.with_name(f"{root.name}.probe")
    probe.touch()
    before = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == before:
        os.utime(probe)


def change(root, chance):
    """One thing that may happen to a site between two looks."""
    step, there = chance.choice(STEPS), files(root)
    if step == "write" or not there:
        write(root / chance.choice(PLACES) / chance.choice(NAMES), chance.choice(TEXTS))
    elif step == "rename":
        to = root / chance.choice(PLACES) / f"new{chance.randrange(3)}.md"
        to.parent.mkdir(parents=True, exist_ok=True)
        chance.choice(there).replace(to)
    elif step == "delete":
        chance.choice(there).unlink()
    elif step == "configure":
        configure(root, chance.choice([("title",), ("title", "summary"), ()]))
    elif step == "link":
        path = root / chance.choice(PLACES) / f"link{chance.randrange(2)}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(chance.choice([*there, root / "nowhere.md", root / "content"]))
    elif step == "directory":
        shutil.rmtree(root / chance.choice(PLACES), ignore_errors=True)
    elif step == "damage":
        write(root / ".pipeline/states", chance.choice(["", "{}", "0" * 32 + "\n{}", b"\xff\n\xff"]))
    elif step == "copy":
        path = chance.choice(there)
        write(root / "content/en" / chance.choice(NAMES[:2]), path.read_bytes())
    else:  # other bytes of the same number, and the same time of modification
        path = chance.choice(there)
        before = path.stat()
        path.write_bytes(path.read_bytes().replace(b"First", b"Third"))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    tick(root)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=strategies.integers(0, 10**9))
def test_any_history_looks_as_if_nothing_were_remembered(seed, tmp_path_factory):
    chance = random.Random(seed)
    root = tmp_path_factory.mktemp("site")
    configure(root)
    for _ in range(20):
        for _ in range(chance.randrange(1, 3)):
            change(root, chance)
        assert told(root, read=chance.random() < 0.5) == complete(root)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=strategies.integers(0, 10**9))
def test_what_is_told_of_a_few_posts_is_what_the_whole_library_says(seed, tmp_path_factory):
    chance = random.Random(seed)
    root = tmp_path_factory.mktemp("site")
    configure(root)
    for _ in range(20):
        change(root, chance)
        found = load(root, env={})
        whole = Library.read(found)
        keys = sorted({pair.key for locale in found.targets for pair in whole.pairs(locale)})
        few = chance.sample(keys, min(2, len(keys)))
        part = library_of(found, few)
        assert [explain(found, key, part) for key in few] == [explain(found, key, whole) for key in few]


def a_site(root, posts=3):
    configure(root)
    for number in range(posts):
        for place in ("content/en", "content/zh", "content/zh/.source", "content/ja", "content/ja/.source"):
            write(root / place / f"p{number}.md", f"# Post {number}\n\nText.\n")


@pytest.fixture
def read(monkeypatch):
    """The names of the files that are read as posts."""
    names, whole = [], posts.read_post
    monkeypatch.setattr(posts, "read_post", lambda directory, file: names.append(file.name) or whole(directory, file))
    return names


def test_only_what_changed_is_read(tmp_path, read):
    a_site(tmp_path)
    told(tmp_path)
    read.clear()
    write(tmp_path / "content/en/p1.md", "# Post 1\n\nOther text.\n")
    states, _ = told(tmp_path)
    assert {state.post: state.state for state in states} == {"p0": "current", "p1": "stale", "p2": "current"}
    assert read == ["p1.md"] * 5
    told(tmp_path)
    assert len(read) == 5


def test_of_a_few_posts_no_other_is_read_but_what_they_may_have_been(tmp_path):
    a_site(tmp_path)
    found = load(tmp_path, env={})
    assert set(library_of(found, ["p1"]).source.posts) == {"p1"}
    (tmp_path / "content/en/p0.md").rename(tmp_path / "content/en/new.md")
    assert set(library_of(found, ["p1"]).source.posts) == {"p1"}
    moved = library_of(found, ["new"])
    assert (set(moved.source.posts), set(moved.targets["zh"].posts)) == ({"new"}, {"p0"})


def test_what_was_just_written_is_read_again(tmp_path, monkeypatch, read):
    """A second change within a tick of the clock would have the same times."""
    monkeypatch.setattr(module, "TICK", 10**18)  # longer than all of this may take
    a_site(tmp_path)
    told(tmp_path)
    read.clear()
    told(tmp_path)
    assert sorted(set(read)) == ["p0.md", "p1.md", "p2.md"]


@pytest.mark.parametrize("key", ["[site]\ntitle = ", "[checks]\nlinks = "])
def test_a_setting_that_changes_no_state_has_nothing_read(tmp_path, read, key):
    a_site(tmp_path)
    expected = told(tmp_path)
    read.clear()
    write(tmp_path / "pipeline.toml", (tmp_path / "pipeline.toml").read_text() + key + '"error"\n')
    assert told(tmp_path) == expected
    assert read == []
    configure(tmp_path, fields=("title", "summary"))
    told(tmp_path)
    assert len(read) == 15


def test_what_is_kept_is_bounded_by_the_posts(tmp_path):
    a_site(tmp_path, posts=30)
    told(tmp_path)
    before = (tmp_path / ".pipeline/states").stat().st_size
    for path in files(tmp_path):
        if path.name != "p1.md":
            path.unlink()
    told(tmp_path)
    assert (tmp_path / ".pipeline/states").stat().st_size < before / 10


@pytest.mark.parametrize(
    ("line", "other"), [(0, "no"), (0, "[]"), (0, '[1, 2, ["/"], []]'), (1, "[[1]]"), (1, "{"), (1, "[[1], []]")]
)
def test_what_does_not_fit_is_left_aside_with_a_word(tmp_path, caplog, line, other):
    a_site(tmp_path)
    expected = told(tmp_path)
    path = tmp_path / ".pipeline/states"
    _, *parts = path.read_bytes().split(b"\n", 4)
    parts[line] = other.replace("1", json.dumps(program()), 1).encode()
    data = b"\n".join(parts)
    path.write_bytes(_digest(data) + b"\n" + data)
    with caplog.at_level(logging.INFO):
        assert told(tmp_path) == expected
    assert "is left aside" in caplog.text


def test_a_place_where_nothing_can_be_written_is_no_fault(tmp_path):
    a_site(tmp_path)
    write(tmp_path / ".pipeline", "a file")
    assert told(tmp_path) == complete(tmp_path)
