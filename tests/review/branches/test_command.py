"""`pipeline propose` as it is typed."""

import json

from click.testing import CliRunner

from pipeline.cli import main
from tests.commands.test_docs import COMMANDS, keys, section
from tests.review.branches.conftest import BRANCH


def run(checkout, *arguments):
    result = CliRunner().invoke(main, ["--root", str(checkout.root), "propose", *arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_it_says_how_to_look_at_a_branch_and_how_to_merge_it(here):
    code, out, err = run(here)
    assert code == 0
    assert f"opened posts/foo (zh) {BRANCH}" in out
    (look,) = [line for line in err.splitlines() if line.startswith("Look:")]
    (approve,) = [line for line in err.splitlines() if line.startswith("Approve:")]
    assert here.git(*look.split("git ", 1)[1].split())
    (here.root / "pipeline.toml").touch()
    here.git(*approve.split("git ", 1)[1].split())
    assert (here.root / "content/zh/posts/foo.md").read_text() == here.read("drafts/zh/posts/foo.md")
    assert run(here)[1].startswith("approved posts/foo")


def test_what_is_held_needs_a_person(checkout):
    checkout.english(key="posts/new")
    checkout.translate()
    code, out, _ = run(checkout)
    assert code == 3
    assert "held posts/new (zh)" in out


def test_its_document_is_as_shown(checkout):
    code, out, _ = run(checkout, "--json")
    assert code == 0
    shown = json.loads(COMMANDS.split("<!-- shape: propose -->\n```json\n")[1].split("```")[0])
    assert keys(json.loads(out)) == keys(shown)


def test_the_actions_are_the_actions():
    from typing import get_args

    from pipeline.commands.propose import ACTIONS
    from pipeline.review.proposals import Action

    assert list(ACTIONS) == list(get_args(Action))
    for action, meaning in ACTIONS.items():
        assert f"| `{action}` | {meaning} |" in section("propose")
