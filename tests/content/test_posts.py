"""Posts and page bundles, found whatever lies in the directory."""

import os
from pathlib import PurePosixPath

import pytest

from pipeline.content import read_post, read_posts
from pipeline.content.posts import post_key
from pipeline.errors import ContentError


def write(root, files):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())


def problem(collection):
    (error,) = collection.problems
    assert error.remedy
    return error


def test_posts_and_bundles(tmp_path):
    write(
        tmp_path,
        {
            "about.md": "about",
            "posts/_index.md": "list",
            "posts/foo.md": "---\ntitle: Foo\n---\nBody",
            "posts/bar/index.md": "bundle",
            "posts/bar/图 1.png": b"\x89PNG",
            "posts/bar/notes.txt": "no post",
            "posts/v1.2/release.notes.md": "dots",
            "index.md": "home",
            "x.md/index.md": "a directory with the name of a file",
            "posts/UPPER.MD": "not ours",
        },
    )
    found = read_posts(tmp_path)
    assert not found.problems
    names = ["about", "index", "posts/_index", "posts/bar", "posts/foo", "posts/v1.2/release.notes", "x.md"]
    assert list(found.posts) == names
    foo, bar = found.posts["posts/foo"], found.posts["posts/bar"]
    assert (foo.meta.title, foo.body, foo.body_line, foo.bundle) == ("Foo", "Body", 4, None)
    assert (bar.file, bar.bundle) == (PurePosixPath("posts/bar/index.md"), tmp_path / "posts" / "bar")
    assert found.posts["index"].bundle is None


def test_the_text_is_the_whole_file_as_it_is(tmp_path):
    data = "\ufeff---\r\ntitle: x\r\nunknown: kept\r\n---\r\n\tBody  \r\n\r\nno final newline".encode()
    write(tmp_path, {"a.md": data})
    post = read_posts(tmp_path).posts["a"]
    assert post.text.encode() == data
    assert post.body == "\tBody  \r\n\r\nno final newline"
    assert post.body_line == 5
    assert post.front.data["unknown"] == "kept"


def test_hidden_files_and_directories_are_left_out(tmp_path):
    write(tmp_path, {".source/a.md": "", ".git/b.md": "", "posts/.c.md": "", "posts/.d/e.md": "", "f.md": ""})
    assert list(read_posts(tmp_path).posts) == ["f"]


def test_a_directory_that_is_not_there_has_no_posts(tmp_path):
    assert read_posts(tmp_path / "zh") == read_posts(tmp_path / "fr")
    assert not read_posts(tmp_path / "zh").posts


def test_an_unreadable_post_does_not_stop_the_others(tmp_path):
    write(
        tmp_path,
        {
            "bad-bytes.md": b"one\r\ntwo\r\nthr\xffee\n",
            "bad-yaml.md": "---\ntitle: a: b\n---\n",
            "bad-value.md": "---\n\ndraft: maybe\n---\n",
            "utf16.md": "text".encode("utf-16"),
            "good.md": "fine",
        },
    )
    found = read_posts(tmp_path)
    assert list(found.posts) == ["good"]
    seen = {error.path.name: (error.line, error.message) for error in found.problems}
    assert list(seen) == ["bad-bytes.md", "bad-value.md", "bad-yaml.md", "utf16.md"]
    assert seen["bad-bytes.md"] == (3, "is not UTF-8: byte 0xff at offset 13.")
    assert (seen["bad-yaml.md"][0], seen["bad-value.md"][0], seen["utf16.md"][0]) == (2, 3, 1)
    assert found.fault("bad-bytes").path.name == "bad-bytes.md"
    assert found.fault("good") is None


def test_the_same_post_twice(tmp_path):
    write(tmp_path, {"posts/foo.md": "file", "posts/foo/index.md": "bundle"})
    found = read_posts(tmp_path)
    error = problem(found)
    assert "is the same post as" in error.message
    assert {error.path.name, found.posts["posts/foo"].path.name} == {"foo.md", "index.md"}
    assert found.fault("posts/foo") is error


def test_links_are_followed(tmp_path):
    content = tmp_path / "content"
    write(tmp_path, {"elsewhere/bundle/index.md": "shared", "elsewhere/one.md": "one", "content/own.md": "own"})
    (content / "posts").symlink_to(tmp_path / "elsewhere")
    (content / "two.md").symlink_to(tmp_path / "elsewhere" / "one.md")
    found = read_posts(content)
    assert list(found.posts) == ["own", "posts/bundle", "posts/one", "two"]
    assert not found.problems


def test_a_link_that_leads_nowhere(tmp_path):
    write(tmp_path, {"good.md": ""})
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self.md").symlink_to(tmp_path / "self.md")
    found = read_posts(tmp_path)
    assert list(found.posts) == ["good"]
    assert [(e.path.name, e.message) for e in found.problems] == [
        ("gone.md", "is a link that leads nowhere."),
        ("self.md", "is a link that leads nowhere."),
    ]
    assert found.fault("gone")


def test_links_that_lead_in_a_circle(tmp_path):
    write(tmp_path, {"posts/a.md": "", "posts/deep/b.md": ""})
    (tmp_path / "posts" / "deep" / "up").symlink_to(tmp_path / "posts")
    found = read_posts(tmp_path)
    assert list(found.posts) == ["posts/a", "posts/deep/b"]
    error = problem(found)
    assert (error.path.name, error.message) == ("up", "is a link that leads in a circle.")
    assert found.fault("posts/deep/up/a")
    assert not found.fault("posts/deep/b")


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.md")
    assert problem(read_posts(tmp_path)).message == "is not a file."


@pytest.mark.parametrize("name", [b"bad\xff.md", b"new\nline.md", b"dir\x01/x.md"])
def test_a_name_that_is_not_text(tmp_path, name):
    write(tmp_path, {os.fsdecode(name): "", "好.md": "ok"})
    found = read_posts(tmp_path)
    assert list(found.posts) == ["好"]
    assert "name that is not text" in problem(found).message
    assert str(problem(found)).isprintable()


def test_a_file_in_the_place_of_the_directory(tmp_path):
    write(tmp_path, {"en": "a file"})
    found = read_posts(tmp_path / "en")
    assert "cannot be read" in problem(found).message
    assert found.fault("anything")
    assert found.fault("posts/anything")


def test_a_directory_that_cannot_be_read(tmp_path, monkeypatch):
    write(tmp_path, {"a.md": "", "posts/b.md": "", "posts/deep/c.md": ""})
    real = os.scandir

    def refuse(path):
        if str(path).endswith("posts"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = read_posts(tmp_path)
    assert list(found.posts) == ["a"]
    assert "Permission denied" in problem(found).message
    assert found.fault("posts/b")
    assert found.fault("posts/deep/c")
    assert not found.fault("a")
    assert not found.fault("posts")


def test_a_post_that_vanishes_or_cannot_be_read(tmp_path):
    with pytest.raises(ContentError, match="No such file"):
        read_post(tmp_path, PurePosixPath("gone.md"))


@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("foo.md", "foo"),
        ("posts/foo.md", "posts/foo"),
        ("posts/foo/index.md", "posts/foo"),
        ("index.md", "index"),
        ("posts/_index.md", "posts/_index"),
        ("posts/v1.2.md", "posts/v1.2"),
        ("posts/v1.2/index.md", "posts/v1.2"),
    ],
)
def test_keys(file, key):
    assert post_key(PurePosixPath(file)) == key
