"""The arrows between the rooms point one way, and nobody but `flows` imports Prefect."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "pipeline"

# What each room may import of the others; a room knows what those know too.
KNOWS = {
    "errors": set(),
    "files": set(),
    "lazy": set(),
    "taken": set(),
    "places": set(),
    "config": {"errors", "places"},
    "content": {"errors", "config", "files", "lazy", "taken"},
    "markdown": {"errors"},
    "translation": {"content", "markdown"},
    "review": {"translation"},
    "site": {"content", "markdown"},
    "publishing": {"errors", "config", "files"},
    "adoption": {"translation"},
}
HEAVY = ["boto3", "deep_translator", "flask", "moto", "prefect", "requests", "watchfiles"]


def imports(path: Path) -> set[str]:
    """Full names of all modules that a file imports, inside functions too."""
    package = path.relative_to(SOURCE.parent).with_suffix("").parts[:-1]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(
                [*package[: len(package) - node.level + 1], node.module or ""] if node.level else [node.module]
            )
            found |= {f"{base}.{alias.name}".replace("..", ".") for alias in node.names}
    return found


def known(room: str) -> set[str]:
    """The rooms that `room` may import, by whatever way."""
    return {room}.union(*(known(other) for other in KNOWS[room]))


def room_of(path: Path) -> str:
    """`content` for src/pipeline/content/posts.py, `errors` for src/pipeline/errors.py."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
def test_arrows_never_point_back(path):
    names = imports(path)
    room = room_of(path)
    above = {name.split(".")[0] for name in names} & {"prefect", "flows"}
    assert above <= ({"flows"} if room == "cli" else set()), f"{room} imports {above}"
    if room in KNOWS:  # the others are the commands and their helpers, on top of all rooms
        used = {name.split(".")[1] for name in names if name.startswith("pipeline.") and name != "pipeline.__version__"}
        assert used <= known(room), f"{room} imports {sorted(used - known(room))}"


def test_every_room_is_drawn():
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages - {"commands"} <= set(KNOWS), "on top of all rooms are only the commands"


def test_a_command_starts_without_the_heavy_libraries():
    code = "import sys; from pipeline.cli import main; print([*main.commands.values()] and "
    code += f"[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
