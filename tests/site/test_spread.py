"""Work that several processes do comes out as if one had done it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.site.conftest import Site
from tests.site.test_incremental import contents

SCRIPT = """
import os, sys
from pathlib import Path
from pipeline.config import load
from pipeline.site import build, spread
spread._processors = lambda: int(sys.argv[1])
seen = []
real = spread._do
def do(number):
    with open(sys.argv[3], "a") as file:
        file.write(f"{os.getpid()}\\n")
    return real(number)
spread._do = do
report = build(load(Path(sys.argv[2]), env={}), out=Path(sys.argv[4]))
print(len(report.warnings))
"""
ERRORS = """
import os, sys
from pipeline.errors import PipelineError
from pipeline.site import spread
spread._processors = lambda: 2
def odd(number):
    if number == 70 and os.getpid() != parent:
        raise OSError("only there")
    if number == int(sys.argv[1]):
        raise PipelineError("everywhere", path="x.md")
    return number * 2
parent = os.getpid()
try:
    print(list(spread.spread(odd, range(100))) == [(n, n * 2) for n in range(100)])
except PipelineError as error:
    print(error)
"""


def run(script: str, *arguments: object) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PIPELINE_")}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
def test_two_processes_build_what_one_builds(bilingual: Site) -> None:
    for number in range(80):
        body = f"[a](/posts/old-{number + 1}/#x) $x_{number}$\n\n```python\nprint({number})\n```\n\n## X\n"
        bilingual.post(f"en/posts/old-{number}.md", body, title=f"Old {number}", date="2020-01-10")
        bilingual.translated(f"posts/old-{number}.md", f"译 {number}\n\n## X\n")
    made = {}
    for count in (1, 2):
        out, log = bilingual.root.parent / f"out-{count}", bilingual.root.parent / f"log-{count}"
        log.touch()
        warnings = run(SCRIPT, count, bilingual.root, log, out)
        made[count] = warnings, contents(out)
        assert len(set(log.read_text().split())) == (0 if count == 1 else 4), "two for each language"
    assert made[1] == made[2]


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
def test_what_a_process_cannot_do_is_done_here() -> None:
    assert run(ERRORS, -1) == "True"
    assert "x.md" in run(ERRORS, 50)
    assert "everywhere" in run(ERRORS, 50)
