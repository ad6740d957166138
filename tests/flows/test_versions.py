"""What is installed is what constraints.txt pins: one unpinned library is enough to break Prefect without a word."""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LINES = (Path(__file__).parent.parent.parent / "constraints.txt").read_text().splitlines()


def closure(name, extras=("",)):
    """Names of everything that a distribution needs here, by whatever way."""
    found, todo = {}, [(name, extras)]
    while todo:
        name, extras = todo.pop()
        for line in distribution(name).requires or ():
            requirement = Requirement(line)
            if requirement.marker and not any(requirement.marker.evaluate({"extra": extra}) for extra in extras):
                continue
            key, wanted = canonicalize_name(requirement.name), {"", *requirement.extras}
            if not wanted <= found.get(key, set()):
                found[key] = found.get(key, set()) | wanted
                todo.append((key, tuple(found[key])))
    return set(found)


def test_every_line_is_one_pin_in_order():
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line) for line in LINES)
    assert sorted(LINES, key=str.lower) == sorted(set(LINES), key=str.lower)


def test_everything_that_is_needed_is_pinned_to_what_is_installed():
    pins = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in LINES)}
    needed = closure("multilingual-pipeline", ("", "dev"))
    assert {"fastapi", "sqlalchemy", "aiosqlite", "moto", "ruff"} <= needed, "the search reaches what it should"
    assert {name: distribution(name).version for name in needed} == {name: pins.get(name) for name in needed}
