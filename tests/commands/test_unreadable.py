"""What cannot be read is not what is not there: nobody's work is written over, and the other posts go on."""

import pytest

BROKEN = "---\ntitle: a: b\n---\nAn hour of somebody's work.\n"


@pytest.fixture
def edited(translated):
    """A draft waits for review, an approved translation is behind, and another post is new."""
    text = translated.read("content/en/posts/hello.md")
    translated.write("content/en/posts/hello.md", text + "\nMore.\n")
    translated.ok("translate")
    translated.write("content/en/posts/hello.md", text + "\nMore, and more.\n")
    translated.write("content/en/new.md", "New\n")
    return translated


@pytest.mark.parametrize("place", ["drafts/zh/.source", "drafts/zh", "content/zh", "content/zh/.source"])
def test_translate_writes_nothing_in_its_place(edited, place):
    edited.write(f"{place}/posts/hello.md", BROKEN)
    draft = edited.read("drafts/zh/posts/hello.md")
    done = edited.run("translate")
    assert done.code == 1
    assert f"Error: {place}/posts/hello.md:2: " in done.err
    assert edited.read(f"{place}/posts/hello.md") == BROKEN
    assert edited.read("drafts/zh/posts/hello.md") == draft
    assert (edited.root / "drafts/zh/new.md").is_file()


@pytest.mark.parametrize("place", ["drafts/zh", "drafts/zh/.source", "content/zh", "content/zh/.source"])
def test_approve_moves_nothing_into_its_place(edited, place):
    edited.write(f"{place}/posts/hello.md", BROKEN)
    live = edited.read("content/zh/posts/hello.md")
    assert edited.run("approve", "--all").code == 3
    assert edited.read(f"{place}/posts/hello.md") == BROKEN
    assert edited.read("content/zh/posts/hello.md") == live


def test_a_broken_source_has_not_gone(translated):
    """Its translation is not given to a new post that reads nearly the same."""
    text = translated.read("content/en/posts/hello.md")
    translated.write("content/en/posts/nearly.md", text.replace("One sentence", "One phrase"))
    translated.write("content/en/posts/hello.md", BROKEN)
    done = translated.run("status", "--json")
    assert done.code == 1
    assert [(post["post"], post["state"]) for post in done.json["posts"]] == [("posts/nearly", "missing")]
    translated.run("translate")
    translated.run("approve", "posts/nearly")
    assert (translated.root / "content/zh/posts/hello.md").is_file()


@pytest.mark.parametrize("place", ["drafts/zh", "content/en", "content/zh"])
def test_of_two_files_for_one_post_none_is_taken(translated, place):
    text = translated.read("content/en/posts/hello.md")
    translated.write("content/en/posts/hello.md", text + "\nMore.\n")
    translated.write(f"{place}/posts/hello/index.md", "Which one is it?\n")
    translated.write(f"{place}/posts/hello.md", text)
    before = {path: path.read_bytes() for path in translated.root.rglob("*.md")}
    done = translated.run("translate")
    assert done.code == 1
    assert f"Error: {place}/posts/hello.md: is the same post as " in done.err
    translated.run("approve", "--all")
    assert {path: path.read_bytes() for path in translated.root.rglob("*.md")} == before


def test_status_does_not_guess(translated):
    translated.write("content/zh/posts/hello.md", BROKEN)
    translated.write("content/en/new.md", "New\n")
    done = translated.run("status", "--json")
    assert done.code == 1
    assert [post["post"] for post in done.json["posts"]] == ["new"]
    assert "Error: content/zh/posts/hello.md:2: " in done.err
