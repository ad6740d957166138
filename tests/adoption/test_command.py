"""`pipeline adopt` on the command line."""

import json

import pytest
from click.testing import CliRunner

from pipeline.commands.adopt import adopt
from pipeline.console import Group
from tests.adoption.old_site import CHINESE, ENGLISH, changed

main = Group("pipeline", commands={"adopt": adopt})


@pytest.fixture
def run(adoption):
    def invoke(*arguments):
        return CliRunner().invoke(main, ["adopt", *map(str, arguments)], obj=adoption.root)

    return invoke


def test_what_it_says(adoption, run):
    adoption.both("a")
    adoption.both("b", chinese=("待翻译",))
    adoption.both("c", english=None)
    adoption.old.commit()
    adoption.both("a", changed(ENGLISH, p2="Other words altogether, for once."), None)
    adoption.old.commit()
    result = run(adoption.old.root)
    assert result.exit_code == 0, result.output
    assert "Adopted 2 posts in en, to be read in zh as well" in result.stdout
    assert "0 current, 1 behind" in result.stdout
    assert "1 translation missing:\n  a placeholder: “待翻译”: content/posts/b/index.zh-cn.md" in result.stdout
    assert "its English: content/posts/c/index.zh-cn.md" in result.stdout
    assert "status" in result.stderr
    assert adoption.states()["posts/a"].state == "stale"


def test_one_document(adoption, run):
    adoption.both("a", extra="hiddenFromHomePage: true\nmath: true\n")
    result = run(adoption.old.root, "--json")
    document = json.loads(result.stdout)
    assert list(document) == [
        "source", "targets", "layout", "posts", "adopted", "missing", "left_out", "mapped", "front_matter_kept",
        "unknown_shortcodes", "settings", "problems", "warnings", "files",
    ]  # fmt: skip
    assert document["adopted"] == [
        {
            "post": "posts/a", "locale": "zh", "path": "content/posts/a/index.zh-cn.md", "method": "today",
            "commit": "", "date": "", "score": document["adopted"][0]["score"], "aligned": 7, "segments": 7,
            "behind": False, "doubt": "",
        }
    ]  # fmt: skip
    assert document["front_matter_kept"] == {"hiddenFromHomePage": 2, "math": 2}


def test_long_lists_are_cut_in_text_only(adoption, run):
    for number in range(40):
        adoption.both(f"p{number}", english=None)
        adoption.old.write(f"content/posts/q{number}.en.md", f"---\nDraft: true\n---\n\nOnly the number {number}.\n")
    adoption.both("a")
    text = run(adoption.old.root, "--dry-run").stdout
    assert "content/posts/p1/index.zh-cn.md, content/posts/p10/index.zh-cn.md and 37 more\n" in text
    assert "… and 28 more (--json lists all)" in text
    assert len(json.loads(run(adoption.old.root, "--dry-run", "--json").stdout)["left_out"]) == 40
    assert not adoption.root.exists()


def test_something_to_look_at_is_exit_code_3(adoption, run):
    adoption.both("a")
    adoption.old.write("content/posts/b.md", "---\ntitle: a: b\n---\n\nSome English words in a sentence.\n")
    result = run(adoption.old.root)
    assert result.exit_code == 3
    assert "Mend these:\n  content/posts/b.md:2: " in result.stdout
    assert adoption.read("content/en/posts/b.md").startswith("---\ntitle: a: b\n")


def test_errors_are_one_sentence(adoption, run):
    result = run(adoption.tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "Traceback" not in result.output
    adoption.both("a", ENGLISH, CHINESE)
    assert run(adoption.old.root, "--target", "fr").exit_code == 1


def test_help_has_an_example(run):
    assert "pipeline --root my-blog adopt" in run("--help").stdout
