"""The answer of `pipeline status` is remembered, and is never another than the one that is looked for."""

import json
import os
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from pipeline import config, taken
from pipeline.translation import ahead, survey
from tests.commands.conftest import CONFIG, POST
from tests.site.conftest import tick

FORMS = [["status"], ["status", "--all"], ["status", "--json"], ["-v", "status"], ["--root", "../site", "status"]]
ANSWER = ".pipeline/states"


@pytest.fixture(autouse=True)
def no_tick(monkeypatch):
    """What was just written is trusted too, as it is once time has passed; a change shows in the times."""
    monkeypatch.setattr(survey, "TICK", -(10**18))


@pytest.fixture
def several(translated):
    """Posts in several states."""
    translated.write("content/en/behind.md", POST)
    translated.write("content/zh/behind.md", POST)
    translated.write("content/zh/.source/behind.md", POST.replace("One", "A"))
    translated.write("content/en/你好.md", POST)
    translated.ok("translate", "你好")
    translated.write("content/en/own.md", "---\ntranslate: false\n---\nEnglish only\n")
    return translated


@pytest.fixture
def looks(monkeypatch):
    """A list of the answers that were found, and not given again as they were."""
    found, keep = [], survey.Surveyed.keep
    monkeypatch.setattr(survey.Surveyed, "keep", lambda known: found.append(known) or keep(known))
    complete = survey._complete
    monkeypatch.setattr(survey, "_complete", lambda basis: found.append(basis) or complete(basis))
    return found


def anew(site, *arguments):
    """The answer without anything that is remembered."""
    (site.root / ANSWER).unlink(missing_ok=True)
    return site.run(*arguments)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_answer_is_the_same(several, looks, form):
    expected = anew(several, *form)
    assert len(looks) == 1
    assert several.run(*form) == expected
    assert len(looks) == 1
    assert "behind" in expected.out


def test_one_form_is_told_from_what_another_found(several, looks):
    for form in FORMS:
        expected = anew(several, *form)
        several.ok("status", "--json")
        before = len(looks)
        assert several.run(*form) == expected
        assert len(looks) == before


def test_an_empty_site_has_an_answer_too(empty, looks):
    empty.write("pipeline.toml", "")
    assert [empty.ok("status").out for _ in range(2)] == ["There are no posts.\n"] * 2
    assert len(looks) == 1


def rewritten(path, old, new):
    """As long as it was, and as old: only the time of the change tells."""
    times = path.stat()
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


CHANGES = {
    "a text": lambda site: rewritten(site.root / "content/en/posts/hello.md", "One sentence", "Two sentence"),
    "a snapshot": lambda site: rewritten(site.root / "content/zh/.source/posts/hello.md", "One", "Two"),
    "a new post": lambda site: site.write("content/en/new.md", POST),
    "a draft": lambda site: site.write("drafts/zh/own.md", POST),
    "a post that is gone": lambda site: (site.root / "content/en/posts/hello.md").unlink(),
    "a new name": lambda site: (site.root / "content/en/behind.md").rename(site.root / "content/en/ahead.md"),
    "a directory": lambda site: (site.root / "content/zh/posts").rename(site.root / "content/zh/others"),
    "the configuration": lambda site: site.write("pipeline.toml", CONFIG + '[locales.ja]\nname = "日本語"\n'),
    "the same configuration, written again": lambda site: site.write("pipeline.toml", CONFIG),
    "a link": lambda site: (site.root / "content/en/linked.md").symlink_to(site.root / "content/en/own.md"),
    "a linked directory": lambda site: (site.root / "content/en/linked").symlink_to(site.root / "content/zh"),
    "what cannot be read": lambda site: site.write("content/en/broken.md", b"\xff"),
    "a pipe": lambda site: os.mkfifo(site.root / "content/en/pipe.md"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_noticed(several, looks, change):
    several.run("status")
    before = len(looks)
    tick(several.root.parent)
    CHANGES[change](several)
    told = several.run("status")
    assert len(looks) == before + 1
    assert told == anew(several, "status")


def test_an_image_changes_nothing(several, looks):
    several.run("status")
    several.write("content/en/posts/picture.png", "Not looked at")
    several.run("status")
    assert len(looks) == 1


@pytest.mark.parametrize("name", ["content/en/broken.md", "content/zh/broken.md"])
def test_an_answer_with_problems_is_looked_for_every_time(several, looks, name):
    several.write(name, b"\xff")
    told = [several.run("status", "--json") for _ in range(2)]
    assert told[0] == told[1]
    assert told[0].code == 1
    assert len(looks) == 2


def test_variables_are_part_of_it(several, looks, monkeypatch):
    several.run("status")
    monkeypatch.setenv("PIPELINE_TRANSLATION__FIELDS", "[]")
    told = several.run("status")
    assert len(looks) == 2
    assert told == anew(several, "status")
    monkeypatch.setenv("PIPELINE_TRANSLATION__FIELD", "[]")
    assert several.run("status").code == several.run("status").code == 1


def test_a_variable_that_is_nearly_ours_is_answered_every_time(several, looks, monkeypatch):
    monkeypatch.setenv("PIPELINE_SIET__TITLE", "x")
    told = [several.spawn("status").err for _ in range(2)]
    assert told[0] == told[1]
    assert "PIPELINE_SIET__TITLE is not used" in told[0]


@pytest.fixture
def installed():
    """Looks at what is installed once more when it is called, as another process does."""
    yield taken.program.cache_clear
    taken.program.cache_clear()


def test_another_program_looks_itself(several, looks, monkeypatch, installed):
    several.run("status")
    monkeypatch.setattr("pipeline.__version__", "another")
    installed()
    several.run("status")
    assert len(looks) == 2


def test_what_was_just_written_may_change_again(several, looks, monkeypatch):
    """A second change within a tick of the clock would have the same times. However long this takes, it is the moment
    after the last file was written.
    """
    monkeypatch.setattr(survey, "TICK", taken.TICK)
    moment = (several.root / "content/en/own.md").stat().st_ctime_ns + 1
    monkeypatch.setattr(survey, "time", SimpleNamespace(time_ns=lambda: moment))
    assert [several.ok("status").out for _ in range(2)] == [anew(several, "status").out] * 2
    assert len(looks) == 3


@pytest.mark.parametrize("name", ["content/en/own.md", "drafts/zh/.source/你好.md"])
def test_one_that_was_just_written_is_enough(several, looks, monkeypatch, name):
    monkeypatch.setattr(survey, "TICK", 0)
    os.utime(several.root / name, ns=(0, time.time_ns() + 10**12))
    for number in (1, 2):
        several.run("status")
        assert len(looks) == number
    os.utime(several.root / name, ns=(0, 0))
    for _ in range(2):
        several.run("status")
        assert len(looks) == 3


def test_a_configuration_that_was_just_written_is_read_again(several, monkeypatch):
    loaded, load = [], config.load
    monkeypatch.setattr(config, "load", lambda root: loaded.append(root) or load(root))
    monkeypatch.setattr(survey, "TICK", 0)
    os.utime(several.root / "pipeline.toml", ns=(0, time.time_ns() + 10**12))
    several.run("status")
    several.run("status")
    assert len(loaded) == 2
    os.utime(several.root / "pipeline.toml", ns=(0, 0))
    several.run("status")
    several.run("status")
    assert len(loaded) == 3


@pytest.mark.parametrize("damage", ["cut", "other", "empty", "bytes", "directory"])
def test_a_damaged_answer_is_looked_for_again(several, looks, damage):
    expected = several.run("status")
    path = several.root / ANSWER
    data = path.read_bytes()
    if damage == "directory":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(
            {"cut": data[:-9], "other": data.replace(b"stale", b"fresh"), "empty": b"", "bytes": b"\xff\n\xff"}[damage]
        )
    assert several.run("status") == expected
    assert len(looks) == 2
    if damage != "directory":
        assert path.read_bytes() == data


def test_a_site_that_cannot_be_written_has_answers(several, looks):
    expected = several.run("status")
    (several.root / ".pipeline").rename(several.root / "elsewhere")
    several.write(".pipeline", "a file")
    assert [several.run("status") for _ in range(2)] == [expected] * 2
    assert len(looks) == 3


HEAVY = ("pydantic", "markdown_it", "yaml", "tomllib", "pipeline.config")
STATUS = f"""
import sys
from pipeline.cli import main
from pipeline.translation import survey
survey.TICK = -(10**18)
try: main(['status', '--json'])
except SystemExit: pass
print([name for name in {HEAVY} if name in sys.modules])
"""


def spawned():
    """The answer of a process of its own, and what it imported of what is heavy."""
    done = subprocess.run([sys.executable, "-c", STATUS], capture_output=True, text=True, check=True)
    answer, imported = done.stdout.rstrip().rsplit("\n", 1)
    return answer, imported


def test_nothing_heavy_is_imported_for_it(several):
    found, again = spawned(), spawned()
    assert again == (found[0], "[]")


def test_the_settings_are_not_read_for_a_post_that_has_changed(several):
    before = spawned()
    rewritten(several.root / "content/en/posts/hello.md", "One sentence", "Two sentence")
    answer, imported = spawned()
    assert answer != before[0]
    assert json.loads(answer) == json.loads(anew(several, "status", "--json").out)
    assert imported == str(["pydantic", "markdown_it", "yaml", "tomllib"]), "and no pipeline.config"


def test_the_value_of_a_variable_is_not_kept(several, monkeypatch):
    monkeypatch.setenv("PIPELINE_ENGINES__DEEPL__URL", "http://user:hunter2@127.0.0.1/")
    several.run("status")
    assert b"hunter2" not in (several.root / ANSWER).read_bytes()


def test_a_root_that_leads_in_a_circle_is_an_error(empty):
    (empty.root / "circle").symlink_to("circle")
    done = empty.run("--root", "circle", "status")
    assert done.code == 1
    assert done.err.startswith("Error: ")


def test_a_place_for_libraries_that_is_not_there_is_no_fault(several, monkeypatch, installed):
    monkeypatch.syspath_prepend(several.root / "dist-packages")
    installed()
    assert several.ok("status").out


AHEAD = """
import os, sys, time
from pipeline.translation import ahead, survey
survey.TICK = -(10**18)
ahead._LARGE = 0
os.sched_getaffinity = lambda _: {0, 1}
this, look_at, look, listing = os.getpid(), ahead._look_at, ahead.looked_at, ahead.Ahead.listing

def waits(directories, claims, order):
    while slow == "copy" and os.getpid() != this and not claims[1]:
        time.sleep(0.01)
    return look_at(directories, claims, order)

def looked_at(directory):
    taken.append(directory)
    return look(directory)

def listed(*of):
    found = listing(*of)
    print(len(taken) if found else "late", file=sys.stderr)
    return found

slow, taken = sys.argv.pop(1), []
if slow == "ends":
    ahead._look = lambda root, told, claims: (os.write(told, b'[["content'), os._exit(1))
else:
    ahead._look_at, ahead.looked_at = waits, looked_at
ahead.Ahead.listing = listed
from pipeline.__main__ import main
main()
"""


def told_ahead(*arguments, slow=""):
    """The answer of a process that looks ahead, and at how many directories it looked itself."""
    command = [sys.executable, "-c", AHEAD, slow, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout, done.stderr.partition("\n")[0]


class TestAhead:
    """The files of a large site are looked at by another process."""

    @pytest.mark.parametrize("form", [form for form in FORMS if form[0] != "-v"])
    def test_the_answer_is_the_same(self, several, form):
        expected = several.ok(*form).out
        found, looked = told_ahead(*form)
        assert found == expected
        assert looked != "late"

    def test_this_one_looks_at_what_the_copy_has_not_taken(self, several):
        expected = several.ok("status").out
        assert told_ahead("status", slow="copy") == (expected, "4")

    def test_a_change_is_seen(self, several):
        several.ok("status")
        rewritten(several.root / "content/en/posts/hello.md", "One sentence", "Two sentence")
        several.write("content/en/more.md", POST)
        (several.root / "content/zh/behind.md").unlink()
        found, looked = told_ahead("status", "--json")
        assert looked != "late"
        assert found == anew(several, "status", "--json").out

    def test_a_site_that_was_moved_is_looked_at_where_it_is(self, several, monkeypatch):
        expected = several.ok("status").out
        moved = several.root.rename(several.root.with_name("moved"))
        (several.root / "content").mkdir(parents=True)
        monkeypatch.chdir(moved)
        assert told_ahead("status") == (expected, "late")

    def test_half_an_answer_is_none(self, several):
        expected = several.ok("status").out
        assert told_ahead("status", slow="ends") == (expected, "late")

    def test_something_unusual_is_looked_at_closely(self, several):
        several.ok("status")
        (several.root / "content/en/linked").symlink_to("posts")
        found, looked = told_ahead("status", "--json")
        assert looked == "late"
        assert found == anew(several, "status", "--json").out
        assert "linked/hello" in found


@pytest.mark.parametrize("arguments", [["status"], ["translate", "status"], ["--root", ".", "build"], []])
def test_a_small_site_and_other_commands_need_nobody_ahead(several, arguments):
    several.ok("status")
    ahead.begin(arguments)
    assert ahead.begun() is None
