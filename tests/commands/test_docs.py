"""README.md, CONTRIBUTING.md, docs/ and the shipped posts are true: every command line is right, and most are run."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from pipeline.cli import main
from pipeline.commands.content import STATES
from pipeline.content import Meta, read_post
from pipeline.translation.document import Document
from pipeline.translation.engines import engine_kinds
from pipeline.translation.glossary import read_glossary
from tests.commands.test_help import parse

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
POSTS = sorted((ROOT / "content" / "en").rglob("*.md"))
COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CONTENT = (ROOT / "docs" / "content.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

# What these do is tested elsewhere: they serve until they are stopped, or set up a machine.
NOT_RUN = re.compile(
    r"make |source |git |prefect |python -m flows|\.venv/|"
    r"pipeline (--root \S+ adopt|review|propose|preview|serve|demo|up|rollback|\[)"
)


def blocks(text, *languages):
    return re.findall(rf"^ *```(?:{'|'.join(languages)})\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)


def lines(text):
    """What is typed: `$ ` begins it in a console, everything is in a script."""
    for block in blocks(text, "console"):
        yield from (line.strip()[2:] for line in _joined(block).splitlines() if line.strip().startswith("$ "))
    for block in blocks(text, "bash", "sh"):
        yield from (
            line.strip() for line in _joined(block).splitlines() if line.strip() and not line.strip().startswith("#")
        )


def _joined(block):
    """A line that goes on after a backslash is one."""
    return block.replace("\\\n", " ")


def name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", [*PAGES, *POSTS], ids=name)
def test_every_command_line_is_one(page):
    text = page.read_text(encoding="utf-8")
    spoken = re.findall(r"(?<!`)`(pipeline [^`\n]+|make [^`\n]+)`(?!`)", text)
    for line in [*lines(text), *spoken]:
        for words in simple_commands(line):
            if words[0] == "make":
                target = words[1] if len(words) > 1 else "demo"
                assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE), line
            elif words[0] == "pipeline" and words[1:2] != ["[--root"]:
                check(words, whole=line not in spoken)


def simple_commands(line):
    """The words of each command of a line, without the variables in front of it."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words = []
    for word in [*lexer, ";"]:
        if set(word) <= set("();<>|&"):
            if words:
                yield words
            words = []
        elif words or not re.fullmatch(r"[A-Z_]+=.*", word):
            words.append(word)


def check(words, *, whole):
    """Raises click's error for a command that is wrong. One that is only named in a sentence need not be `whole`."""
    missing = None
    try:
        parse(shlex.join(words))
    except click.MissingParameter as error:
        missing = error
    except click.exceptions.Exit:
        pass  # --help and --version
    assert not (whole and missing), missing


@pytest.fixture
def shell(empty, monkeypatch):
    """A shell in an empty directory that has `pipeline`, and an engine that needs no network."""
    programs = empty.root.parent / "bin"
    programs.mkdir()
    program = programs / "pipeline"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pipeline "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PIPELINE_TRANSLATION__ENGINE": "pseudo",
    }

    def run(script):
        done = subprocess.run(
            ["bash", "-ex"], input=script, capture_output=True, text=True, env=environment, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def script(*texts):
    return "\n".join(line for text in texts for line in lines(text) if not NOT_RUN.match(line)) + "\n"


def test_the_commands_of_the_readme_do_what_it_says(shell, empty):
    typed = script(README)
    assert typed.count("pipeline ") > 5
    said = shell(typed)
    (shown,) = [block for block in blocks(README, "console") if "$ pipeline status\n" in block]
    expected = shown.split("$ pipeline status\n")[1].split("$ ")[0]
    assert expected in said
    assert (empty.root / "my-blog/published/zh/posts/hello/index.html").is_file()


def test_the_examples_of_the_commands_work(shell):
    typed = script(COMMANDS)
    assert {line.split()[1] for line in typed.splitlines()} >= set(main.commands) - {
        "adopt",
        "review",
        "preview",
        "propose",
        "rollback",
        "serve",
        "demo",
        "up",
    }
    shell(typed)


def test_the_variables_of_the_configuration_work(shell):
    typed = script((ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"))
    assert "PIPELINE_PUBLISH__TARGET" in typed
    shell(f"pipeline init\npipeline build\n{typed}")


def section(command):
    found = re.search(rf"^## pipeline {command}\n(.*?)(?=^## |\Z)", COMMANDS, re.DOTALL | re.MULTILINE)
    assert found, f"docs/commands.md has no part `## pipeline {command}`"
    return found[1]


@pytest.mark.parametrize("command", main.commands)
def test_every_command_and_option_is_documented(command):
    text = section(command)
    for parameter in main.commands[command].params:
        if isinstance(parameter, click.Option):
            assert re.search(rf"{re.escape(max(parameter.opts, key=len))}\b", text), parameter.opts
    assert any(parse(line)[0] == command for line in lines(text)), "an example is missing"
    assert "Exit codes" in text
    assert re.search(r"\b0[;.]", text)


def test_every_documented_command_is_one():
    assert re.findall(r"^## pipeline (\w+)", COMMANDS, re.MULTILINE) == list(main.commands)


def test_the_options_of_all_commands_are_documented():
    general = COMMANDS.split("## pipeline")[0]
    for parameter in main.params:
        assert f"`{max(parameter.opts, key=len)}`" in general
    for code in (0, 1, 2, 3):
        assert f"| {code} |" in general


def test_the_states_are_the_states():
    rows = dict(re.findall(r"^\| `([a-z ]+)` \| (.*) \|$", section("status"), re.MULTILINE))
    assert {state: meaning.replace("`", "") for state, meaning in rows.items()} == {
        state: meaning.replace("`", "") for state, meaning in STATES.items()
    }


def keys(data):
    """The keys of a document, in order, whatever is in it; a list is as its first item."""
    if isinstance(data, dict):
        return {key: keys(value) for key, value in data.items()}
    return [keys(data[0])] if isinstance(data, list) and data else type(data) if not isinstance(data, list) else []


def test_the_documents_of_json_have_the_shapes_that_are_shown(site, configured):
    shown = {
        match[1]: json.loads(match[2])
        for match in re.finditer(r"<!-- shape: (\w+) -->\n```json\n(.*?)```", COMMANDS, re.DOTALL)
    }
    with_json = {n for n, c in main.commands.items() if any("--json" in p.opts for p in c.params)}
    assert set(shown) == with_json
    site.write("content/en/about.md", "About\n")
    site.ok("translate", "about")
    configured('"pseudo"', '"gone"\n[engines.gone]\nkind = "libretranslate"\nurl = "http://127.0.0.1:9"\nretries = 0')
    said = {"translate": site.run("translate", "--json"), "approve": site.run("approve", "--all", "--json")}
    for command in ("status", "build", "publish", "doctor"):
        said[command] = site.run(command, "--json")
    said["explain"] = site.run("explain", "about", "--json")
    for command, result in said.items():
        assert json.dumps(keys(shown[command]), default=str) == json.dumps(keys(result.json), default=str), command
        assert list(result.json) == list(shown[command])


def test_every_field_is_documented():
    fields = {field.alias or key for key, field in Meta.model_fields.items()}
    rows = re.findall(r"^\| (`.*?`) \| (?:text|date|list|true or false|whole number) \|", CONTENT, re.MULTILINE)
    assert {found for row in rows for found in re.findall(r"`(\w+)`", row)} == fields


def test_the_front_matter_and_the_marks_that_are_shown_are_ones(tmp_path):
    example, marked_field = blocks(CONTENT, "yaml")
    (marked,) = blocks(CONTENT, "markdown")
    (tmp_path / "a.md").write_text(f"---\n{marked_field}---\n{marked}")
    (tmp_path / "b.md").write_text(example)
    document = Document.of(read_post(tmp_path, Path("a.md")), ["title"])
    assert [mark.kind for mark in document.marks.values()] == ["untranslated", "untranslated"]
    assert read_post(tmp_path, Path("b.md")).meta.tags == ("review", "drafts")


def test_the_glossary_that_is_shown_is_one(tmp_path):
    (block,) = blocks(CONTENT, "csv")
    (tmp_path / "glossary.csv").write_text(block, encoding="utf-8")
    assert len(read_glossary(tmp_path / "glossary.csv").terms) == 2


def test_the_engines_that_are_named_exist():
    named = re.findall(r"`(\w+)` (?:is|accents)", README.split("## Engines")[1].split("## ")[0])
    assert len(named) == 4
    assert set(named) <= set(engine_kinds())


def test_the_settings_that_are_shown_are_valid(site):
    for block in blocks(README, "toml"):
        site.write("pipeline.toml", block)
        site.ok("status")


def anchors(path):
    """The fragments of a page, as forges make them from its headings."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?://", target):
            continue
        path, _, fragment = unquote(target).partition("#")
        leads_to = (page.parent / path).resolve() if path else page
        assert leads_to.exists(), target
        assert not fragment or fragment in anchors(leads_to), target


def test_what_the_readme_says_of_places_is_there():
    for place in re.findall(r"`([\w./]+/|[\w.]+\.(?:csv|toml))`", README.split("## Where things are")[1]):
        assert (ROOT / place).exists(), place


def test_the_rooms_of_contributing_are_the_rooms():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^  (\w+)/", text, re.MULTILINE))
    assert drawn <= {path.parent.name for path in (ROOT / "src/pipeline").glob("*/__init__.py")}


def test_the_changelog_has_a_part_for_what_comes():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(
        r"^## \[Unreleased\]\n\n### (Added|Changed|Fixed|Removed|Deprecated|Security)\n\n\* ", text, re.MULTILINE
    )
