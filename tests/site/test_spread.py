"""Work that several processes do comes out as if one had done it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.site.spread import _DONE
from tests.site.conftest import Site
from tests.site.test_incremental import contents

pytestmark = pytest.mark.skipif(
    sys.platform != "linux",
    reason="elsewhere one process does it all: forking is unsafe on macOS, and unknown to Windows",
)

# A copy of the process tells, and the process waits for it: on a busy machine it would else have done all by itself
# before a copy has done anything.
SCRIPT = """
import os, sys
from pathlib import Path
from pipeline.config import load
from pipeline.site import build, page_steps, reading, spread
reading.TICK = -1
page_steps._PAGES = 1
page_steps._LONG = 1 if int(sys.argv[1]) > 1 else 10**6
spread._processors = lambda: int(sys.argv[1])
heard, told = os.pipe()
real, make_copy = spread._work, spread._make_copy
def work(*arguments):
    with open(sys.argv[3], "a") as file:
        file.write(f"{os.getpid()}\\n")
    os.write(told, b".")
    real(*arguments)
def made(*arguments):
    return make_copy(*arguments) and bool(os.read(heard, 1))
spread._work, spread._make_copy = work, made
report = build(load(Path(sys.argv[2]), env={}), out=Path(sys.argv[4]))
print(len(report.warnings))
"""
KILLED = """
import signal
page_steps._files = lambda *_, **__: os.kill(parent, signal.SIGKILL)
parent = os.getpid()
"""
LOST = """
import sqlite3
from pipeline.site.cache import Cache
others, begin = [], Cache._go_on
def too_late(cache):
    if not others:
        others.append(sqlite3.connect(cache.path, timeout=0))
        others[0].execute("BEGIN IMMEDIATE")
    begin(cache)
Cache._go_on = too_late
"""
THEIRS = """
others[0].execute("INSERT INTO facts VALUES ('theirs', '')")
others[0].commit()
"""
READING = """
import os, sys
from pathlib import Path
from pipeline.config import load
from pipeline.content import Library
from pipeline.site import reading, spread
from pipeline.site.cache import Cache
reading.TICK, reading._PART = -1, 3
spread._processors = lambda: int(sys.argv[1])
heard, told = os.pipe()
real, make_copy, this, waited_for = reading.read_post, spread._make_copy, os.getpid(), []
def read_post(*arguments):
    with open(sys.argv[3], "a") as file:
        file.write(f"{os.getpid()}\\n")
    if os.getpid() != this:
        os.write(told, b".")
    elif waited_for == [False]:
        waited_for[:] = [bool(os.read(heard, 1))]
    return real(*arguments)
def made(*arguments):
    done = make_copy(*arguments)
    if done and not waited_for:
        waited_for.append(False)
    return done
reading.read_post, spread._make_copy = read_post, made
cache = Cache(Path("cache"), Path("out"), kept=False)
reader = reading.Reader(cache)
library = Library.of(load(Path(sys.argv[2]), env={}), reader.posts)
reader.keep()
for posts in (library.source, library.targets["zh"], library.snapshots["zh"]):
    print([(post.key, post.path, post.digest, post.head) for post in posts.posts.values()], posts.faults)
print(sorted(cache.posts().items()), list(map(str, library.problems)))
"""
ERRORS = """
import os, sys
from pipeline.errors import PipelineError
from pipeline.site import spread
spread._processors = lambda: 2
heard, told = os.pipe()
failed = []
def odd(number):
    if os.getpid() != parent and not failed:
        failed.append(number)
        os.write(told, b".")
        raise OSError("only there")
    if os.getpid() == parent and not failed:
        failed.append(os.read(heard, 1))
    if number == int(sys.argv[1]):
        raise PipelineError("everywhere", path="x.md")
    return number * 2
parent = os.getpid()
try:
    print(sorted(spread.spread(odd, range(100))) == [(n, n * 2) for n in range(100)])
except PipelineError as error:
    print(error)
"""

DEAD = """
import os, signal, sys, time
from pathlib import Path
from pipeline.site import spread
spread._processors = lambda: 2
heard, told = os.pipe()
killed = []
def deadly(number):
    if os.getpid() != parent:
        Path(sys.argv[1], str(number)).touch()
        os.write(told, b".")
        os.kill(os.getpid(), signal.SIGKILL)
    if not killed:
        killed.append(os.read(heard, 1))
    time.sleep(0.005)  # so that some more are made, and killed
    return number * 2
parent = os.getpid()
print(sorted(spread.spread(deadly, range(100))) == [(n, n * 2) for n in range(100)])
"""


def run(script: str, *arguments: object, here: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIPELINE_")}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=here)
    return done.stdout.strip()


@pytest.fixture
def many(bilingual: Site) -> Site:
    """Posts for several processes."""
    for number in range(80):
        body = f"[a](/posts/old-{number + 1}/#x) $x_{number}$\n\n```python\nprint({number})\n```\n\n## X\n"
        bilingual.post(f"en/posts/old-{number}.md", body, title=f"Old {number}", date="2020-01-10")
        bilingual.translated(f"posts/old-{number}.md", f"译 {number}\n\n## X\n")
    return bilingual


def test_two_processes_build_what_one_builds(many: Site) -> None:
    made = {}
    for count in (1, 2):
        out, log = many.root.parent / f"out-{count}", many.root.parent / f"log-{count}"
        log.touch()
        warnings = run(SCRIPT, count, many.root, log, out)
        made[count] = warnings, contents(out)
        copies = len(set(log.read_text().split()))
        assert copies == 0 if count == 1 else copies >= 2, "one for articles, one for pages"
    assert made[1] == made[2]
    assert not list((many.root / ".pipeline/site").glob("*.staged"))


def test_two_processes_read_what_one_reads(many: Site) -> None:
    many.write("content/en/posts/broken.md", "---\ntitle: [\n---\n")
    many.write("content/en/posts/old-7/index.md", "Twice there.\n")
    logs = [many.root.parent / f"log-{count}" for count in (1, 2)]
    one, two = (run(READING, count, many.root, log) for count, log in zip((1, 2), logs, strict=True))
    assert one == two
    assert "old-79" in one
    assert "broken.md" in one
    assert "is the same post as" in one
    assert [len(set(log.read_text().split())) > 1 for log in logs] == [False, True]


def test_what_several_processes_have_made_is_not_made_again(many: Site) -> None:
    out, log = many.root.parent / "out", many.root.parent / "log"
    run(SCRIPT, 2, many.root, log, out)
    first = log.read_text()
    path = many.root / "content/en/posts/old-40.md"
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    before = {path: path.stat().st_ino for path in out.rglob("*.html")}
    run(SCRIPT, 2, many.root, log, out)
    assert {path.relative_to(out).as_posix() for path, inode in before.items() if path.stat().st_ino != inode} == {
        "posts/old-40/index.html",
        "zh/posts/old-40/index.html",
    }
    assert log.read_text() == first, "a few pages are looked at, by this process"


def test_a_build_that_is_killed_while_pages_are_made_is_made_up_for(many: Site) -> None:
    out, log = many.root.parent / "out", many.root.parent / "log"
    run(SCRIPT, 2, many.root, log, out)
    path = many.root / "content/en/posts/old-40.md"
    path.write_text("---\ntitle: Old 40\nsummary: Another.\n---\n\nText.\n", encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        run(SCRIPT.replace("report = ", KILLED + "report = "), 2, many.root, log, out)
    assert "Another." not in (out / "posts/old-40/index.html").read_text(encoding="utf-8")
    run(SCRIPT, 2, many.root, log, out)
    fresh = many.root.parent / "fresh"
    run(SCRIPT, 1, many.root, log, fresh)
    assert contents(out) == contents(fresh)


def test_what_a_damaged_cache_does_not_tell_a_copy_of_the_process_is_made_anew(many: Site) -> None:
    out, log = many.root.parent / "out", many.root.parent / "log"
    run(SCRIPT, 2, many.root, log, out)
    (kept,) = (many.root / ".pipeline/site").glob("*.db")
    with closing(sqlite3.connect(kept)) as db, db:
        db.execute("UPDATE texts SET html = 'spoilt' WHERE name = 'en/posts/old-40'")
    shutil.rmtree(out)
    run(SCRIPT, 2, many.root, log, out)
    fresh = many.root.parent / "fresh"
    run(SCRIPT, 1, many.root, log, fresh)
    assert contents(out) == contents(fresh)


def test_a_cache_that_another_build_has_taken_is_left_to_it(many: Site) -> None:
    """That can happen between two commits."""
    out, log, here = (many.root.parent / name for name in ("out", "log", "here"))
    mine = here / "mine.db"  # in the working directory, which has nothing to do with a site
    here.mkdir()
    mine.write_bytes(b"no database of ours")
    run(SCRIPT.replace("report = ", LOST + "report = ") + THEIRS, 2, many.root, log, out, here=here)
    assert list(here.iterdir()) == [mine]
    assert not list((many.root / ".pipeline/site").glob("*.ground")), "it would be taken for one of their build"
    with closing(sqlite3.connect(next((many.root / ".pipeline/site").glob("*.db")))) as db:
        assert db.execute("SELECT 1 FROM facts WHERE name = 'theirs'").fetchone()
    fresh = many.root.parent / "fresh"
    run(SCRIPT, 1, many.root, log, fresh)
    assert contents(out) == contents(fresh)


def test_what_a_process_cannot_do_is_done_here() -> None:
    assert run(ERRORS, -1) == "True"
    assert "x.md" in run(ERRORS, 50)
    assert "everywhere" in run(ERRORS, 50)


def test_what_a_process_has_in_hand_when_it_is_killed_is_done_here(tmp_path: Path) -> None:
    assert run(DEAD, tmp_path) == "True"
    assert list(tmp_path.iterdir()), "some had something in hand"


LIVES = """
import os, sys
from collections import Counter
from pipeline.site import spread
spread._processors = lambda: 2
own, held = os.getpid(), []
heard, told = os.pipe()
make_copy = spread._make_copy
least = [int(sys.argv[2]), 1]  # that the first copy, and the second, have done before this process goes on
awaited = []
def busy(_):
    sum(range(20_000))
    held.append(bytes([1]) * int(sys.argv[1]))
    if os.getpid() != own:
        os.write(told, b".")
    while awaited:
        left = awaited.pop() - len(os.read(heard, 1))
        awaited.extend([left] if left else [])
    return os.getpid()
def made(*arguments):
    done = make_copy(*arguments)
    if done and least:
        awaited.append(least.pop(0))
    return done
spread._make_copy = made
by = Counter(pid for _, pid in spread.spread(busy, range(400)) if pid != own)
print(len(by), max(by.values()), spread._DONE)
"""


def test_another_copy_takes_the_place_of_one_that_has_touched_much_memory() -> None:
    copies, most, least = map(int, run(LIVES, 1 << 20, _DONE).split())
    assert copies > 1
    assert most == least
    copies, most, least = map(int, run(LIVES, 1, _DONE + 1).split())
    assert copies == 1
    assert most > least
