"""`pipeline memory` and its four commands."""

import json
import re

import pytest

from pipeline.commands.memory import memory
from tests.commands.test_docs import keys, lines, section

CHINESE = """\
---
title: "你好"
date: 2024-01-02
---

一句。另一句。

第二段，带`code`。
"""


@pytest.fixture
def approved(site):
    site.write("content/zh/posts/hello.md", CHINESE)
    site.write("content/zh/.source/posts/hello.md", site.read("content/en/posts/hello.md"))
    return site


def test_stats(approved):
    assert approved.ok("memory", "stats").out == (
        "zh: 3 segments, 0 of them imported, the others from 1 posts; 0 duplicates, 0 sources with several targets\n"
    )
    approved.write("content/en/b.md", "One sentence. Another one.\n\nOne sentence. Another one.\n")
    approved.write("content/zh/.source/b.md", "One sentence. Another one.\n\nOne sentence. Another one.\n")
    approved.write("content/zh/b.md", "一句话。\n\n一句。另一句。\n")
    (found,) = approved.ok("memory", "stats", "--locale", "zh", "--json").json["locales"]
    assert (found["segments"], found["duplicates"], found["posts"]) == (5, 1, 2)
    (conflict,) = found["conflicts"]
    assert conflict["source"] == "One sentence. Another one."
    assert {tuple(target["origins"]) for target in conflict["targets"]} == {("b:1",), ("b:3", "posts/hello:6")}
    shown = approved.ok("memory", "stats").out
    assert "    一句话。  (b:1)\n" in shown
    assert "    一句。另一句。  (b:3 and 1 more)\n" in shown


def test_search(approved):
    shown = approved.ok("memory", "search", "A second paragraph with `code`").out
    assert re.fullmatch(
        r"fuzzy 9\d %  zh  posts/hello:8\n  A second paragraph, with `code`\.\n  第二段，带`code`。\n", shown
    )
    (hit,) = approved.ok("memory", "search", "另一句", "--json", "--limit", "1").json["hits"]
    assert (hit["kind"], hit["origin"], hit["locale"]) == ("contains", "posts/hello:6", "zh")
    nothing = approved.ok("memory", "search", "elephants")
    assert (nothing.out, nothing.err) == ("", "Nothing like that has been translated.\n")


def test_export_and_import(approved):
    assert approved.ok("memory", "export", "a.tmx").out == "a.tmx: 3 pairs\n"
    assert approved.spawn("memory", "export").out == approved.read("a.tmx")
    for name in ("content/zh/posts/hello.md", "content/zh/.source/posts/hello.md"):
        (approved.root / name).unlink()
    assert approved.ok("memory", "import", "a.tmx", "--dry-run").out == (
        "memory/zh.tmx: 3 would be added, 0 known, 0 left out\n"
    )
    assert not (approved.root / "memory").exists()
    done = approved.ok("memory", "import", "a.tmx", "--json").json
    assert done == {"locale": "zh", "added": 3, "known": 0, "skipped": []}
    assert approved.read("memory/zh.tmx") == approved.read("a.tmx")
    assert approved.ok("memory", "import", "a.tmx").out == "memory/zh.tmx: 0 added, 3 known, 0 left out\n"
    (post,) = approved.ok("translate", "--engine", "pseudo", "--json").json["posts"]
    assert post["segments"]["memory"] == 3
    assert [match["origin"] for match in post["matches"]] == ["memory/zh.tmx:6", "memory/zh.tmx:11", "memory/zh.tmx:16"]
    assert "一句。另一句。\n\n第二段，带`code`。" in approved.read("drafts/zh/posts/hello.md")


def test_what_is_left_out_has_its_line(approved):
    approved.write("a.tmx", '<tmx>\n<body>\n<tu><tuv xml:lang="en"><seg>A</seg></tuv></tu></body></tmx>')
    done = approved.ok("memory", "import", "a.tmx")
    assert done.out == "memory/zh.tmx: 0 added, 0 known, 1 left out\n"
    assert done.err == "a.tmx:3: it is not in en and zh-CN\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import", "gone.tmx"), "Error: gone.tmx: cannot be read: No such file or directory. Check the name.\n"),
        (("import", "pipeline.toml"), "Error: pipeline.toml:1: this is no XML: syntax error. Export it again"),
        (("export", "--locale", "zg"), "Error: `zg` is not a target locale. Choose from zh.\n"),
    ],
)
def test_what_is_wrong_is_said(approved, arguments, said):
    done = approved.run("memory", *arguments)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(said)


def test_the_doctor_looks_at_what_was_imported(approved):
    assert "memory" not in approved.run("doctor").out
    approved.ok("memory", "export", "memory/zh.tmx")
    assert "3 pairs in memory/zh.tmx" in approved.run("doctor").out
    approved.write("memory/zh.tmx", "<tmx>\n</x>")
    done = approved.run("doctor")
    assert done.code == 1
    assert "memory/zh.tmx:2: this is no XML: mismatched tag." in done.out


def test_of_several_locales_one_has_to_be_named(approved, configured):
    configured("[translation]", '[locales.de]\nname = "Deutsch"\n[translation]\ntargets = ["zh", "de"]')
    assert "Say --locale zh." in approved.run("memory", "export").err
    assert approved.ok("memory", "export", "--locale", "de").out.count("<tu>") == 0
    assert [one["locale"] for one in approved.ok("memory", "stats", "--json").json["locales"]] == ["zh", "de"]


@pytest.mark.parametrize("name", memory.commands)
def test_each_command_is_documented_with_its_options_and_the_shape_of_its_json(name, approved):
    text = section("memory")
    assert any(line.startswith(f"pipeline memory {name}") for line in lines(text))
    command = memory.commands[name]
    for option in command.params:
        if option.param_type_name == "option":
            assert re.search(rf"{max(option.opts, key=len)}\b", text), option.opts
            assert re.fullmatch(r"[A-Z].*\.", option.help)
    shown = re.search(rf"<!-- shape of {name} -->\n```json\n(.*?)```", text, re.DOTALL)
    assert bool(shown) is any("--json" in option.opts for option in command.params)
    if not shown:
        return
    approved.write("content/en/b.md", "One sentence. Another one.\n")
    approved.write("content/zh/.source/b.md", "One sentence. Another one.\n")
    approved.write("content/zh/b.md", "一句话。\n")
    approved.write("a.tmx", '<tmx><body><tu><tuv xml:lang="en"><seg>A</seg></tuv></tu></body></tmx>')
    arguments = {"stats": (), "search": ("One",), "import": ("a.tmx",)}[name]
    said = approved.ok("memory", name, *arguments, "--json").json
    assert json.dumps(keys(json.loads(shown[1])), default=str) == json.dumps(keys(said), default=str)
