"""Help that is worth reading, and quick."""

import re
import shlex
import subprocess
import sys

import click
import pytest

from pipeline import __version__
from pipeline.cli import main
from pipeline.commands.options import Command

COMMANDS = main.commands
ROUND = ["init", "status", "explain", "translate", "approve", "build", "serve", "publish"]
HEAVY = ["boto3", "deep_translator", "flask", "jinja2", "moto", "prefect", "pydantic", "requests", "watchfiles", "yaml"]
ROOMS = ["config", "content", "markdown", "publishing", "review", "site", "translation"]


def parse(line):
    """The command and its values of a line that is typed in a shell; raises click's error for a wrong one."""
    program, *arguments = shlex.split(line, comments=True)
    assert program == "pipeline"
    with main.make_context("pipeline", arguments) as context:
        name, command, rest = main.resolve_command(context, [*context._protected_args, *context.args])
        with command.make_context(name, list(rest), parent=context) as inner:
            return name, inner.params


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_with_an_example(name, site):
    command = COMMANDS[name]
    assert isinstance(command, Command)
    assert re.fullmatch(r"[A-Z].*\.", command.short_help)
    assert len(command.help.split()) > 8
    shown = site.ok(name, "--help").out
    assert "Examples:" in shown
    for example in command.examples:
        assert parse(example)[0] == name
        assert example in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_says_what_it_does(name):
    for option in COMMANDS[name].params:
        if isinstance(option, click.Option):
            assert re.fullmatch(r"[A-Z].*\.", option.help), f"{name} {option.opts}"


def test_the_overview_is_whole_and_in_the_order_of_work(site):
    shown = site.ok("--help").out
    assert "..." not in shown.split("Commands:")[1]
    listed = re.findall(r"^  (\w+)  +\S", shown.split("Commands:")[1], re.MULTILINE)
    assert listed == list(COMMANDS)
    assert [name for name in listed if name in ROUND] == ROUND
    for line in re.findall(r"^    (pipeline .*?)   ", shown, re.MULTILINE):
        parse(line)


def test_without_a_command_the_help_is_shown_and_it_is_wrong_usage(site):
    done = site.run()
    assert done.code == 2
    assert "Usage: pipeline" in done.err + done.out


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_short_and_long(site, flag):
    assert "Usage: pipeline status" in site.ok("status", flag).out


def test_as_a_module(site):
    assert site.spawn("--version").out == f"pipeline, version {__version__}\n"
    assert site.spawn("--help").out.startswith("Usage: pipeline [OPTIONS]")


def loaded(*arguments, cwd):
    """Names of the modules that a command has loaded when it ends."""
    code = (
        "import sys\nfrom pipeline.cli import main\n"
        "try:\n    main(sys.argv[1:], prog_name='pipeline')\n"
        "except SystemExit as end:\n    print(*sorted(sys.modules), file=sys.stderr); raise"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["translate", "--help"], ["serve", "--help"]])
def test_help_loads_nothing_that_it_does_not_need(site, arguments):
    names = loaded(*arguments, cwd=site.root)
    assert not names & {*HEAVY, *(f"pipeline.{room}" for room in ROOMS)}


def test_status_loads_no_more_than_it_needs(site):
    names = loaded("status", cwd=site.root)
    assert not names & ({*HEAVY, "pipeline.site", "pipeline.publishing", "pipeline.review"} - {"pydantic", "yaml"})


def test_explain_loads_no_site_once_it_is_built(translated):
    translated.ok("build")
    assert "pipeline.site" not in loaded("explain", "posts/hello", cwd=translated.root)
