"""A new site, and the whole round by the hints that the commands give."""

import re
import shlex

from pipeline.scaffold import scaffold


def test_a_new_site(empty):
    done = empty.ok("init")
    assert done.out.splitlines() == [
        "made .gitignore",
        "made content/en/posts/hello.md",
        "made glossary.csv",
        "made pipeline.toml",
    ]
    assert done.err == "Next: pipeline status\n"
    assert empty.ok("status", "--json").json["posts"][0]["state"] == "missing"
    assert empty.run("doctor").code == 0


def test_what_is_there_stays(empty):
    empty.write("pipeline.toml", "[site]\ntitle = 'Mine'\n")
    empty.write("content/en/about.md", "mine")
    done = empty.ok("init")
    assert empty.read("pipeline.toml") == "[site]\ntitle = 'Mine'\n"
    assert not (empty.root / "content/en/posts").exists()
    assert "pipeline.toml" not in done.out
    assert empty.ok("init").out == "Nothing to do: everything is there.\n"


def test_a_gitignore_of_ones_own_is_not_touched_but_told_of(empty):
    empty.write(".gitignore", "node_modules\n/public\n")
    done = empty.ok("init")
    assert empty.read(".gitignore") == "node_modules\n/public\n"
    assert ".gitignore lacks .pipeline/" in done.err
    assert "public" not in done.err


def test_in_another_directory(empty):
    done = empty.ok("--root", "my blog", "init")
    assert "made 'my blog" not in done.out
    assert "made my blog/pipeline.toml" in done.out
    assert done.err == "Next: pipeline --root 'my blog' status\n"


def test_a_directory_that_is_a_file(empty):
    empty.write("blog", "a file")
    done = empty.run("--root", "blog", "init")
    assert done.code == 2
    assert "is a file" in done.err


def test_a_directory_that_cannot_be_written(empty):
    empty.write("blog", "a file")
    done = empty.run("--root", "blog/deep", "init")
    assert done.code == 1
    assert re.fullmatch(r"Error: blog/deep.*not a directory\. Check permissions and free space\.\n", done.err), done.err


def test_the_round_by_its_own_hints(empty):
    """Only what the commands say themselves is typed, and an engine that needs no network."""
    done = empty.ok("init")
    typed = []
    while hint := re.search(r"Next: (pipeline .*)", done.err):
        program, *arguments = shlex.split(hint[1], comments=True)
        assert program == "pipeline"
        typed.append(arguments[0])
        done = empty.ok(*arguments, *(["--engine", "pseudo"] if arguments[0] == "translate" else []))
    assert typed == ["status", "translate", "approve", "build", "publish"]
    assert "⟦Ĥ" in empty.read("published/zh/posts/hello/index.html")
    assert empty.ok("status").out == "1 translation: 1 current. Nothing to do.\n"


def test_the_round_from_elsewhere(empty):
    """The hints lead through it with --root as well."""
    done = empty.ok("--root", "a/blog", "init")
    steps = 0
    while hint := re.search(r"Next: (pipeline .*)", done.err):
        arguments = shlex.split(hint[1], comments=True)[1:]
        assert arguments[:2] == ["--root", "a/blog"]
        done = empty.ok(*arguments, *(["--engine", "pseudo"] if arguments[2] == "translate" else []))
        steps += 1
    assert steps == 5
    assert (empty.root / "a/blog/published/index.html").is_file()


def test_scaffold_says_what_it_made(tmp_path):
    assert scaffold(tmp_path) == [".gitignore", "content/en/posts/hello.md", "glossary.csv", "pipeline.toml"]
    assert scaffold(tmp_path) == []
