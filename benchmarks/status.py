"""How long it takes to learn what is to be translated: `pipeline status` beside `git status`, in the same tree.

    python benchmarks/status.py [--posts 10000] [--changed 10] [--repeat 5] [--bar 3] [--json FILE]

N posts in English with their translations and snapshots, 3 × N files, all of them committed; then a paragraph is added
to some of the English ones. Both commands are run in turn, after each has been run once, and the medians stand. Beside
them: the first look, which reads every post; the look after as many changes more; and the start of Python alone with
libraries, which is most of the time on a small site. Exit 1 when `pipeline status` takes more than --bar times as long
as `git status`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from build import CONFIG
from measure import machine, run
from posts import post, write

PIPELINE = [Path(sys.executable).with_name("pipeline"), "status"]
GIT = ["git", "status", "--porcelain"]


def make(root: Path, posts: int) -> None:
    """The site, in git; a snapshot is its post, and texts are reused under other titles to have them sooner."""
    write(root / "pipeline.toml", CONFIG)
    write(root / ".gitignore", ".pipeline/\n.output\n")
    texts = {locale: [post(number, 500, locale) for number in range(min(posts, 500))] for locale in ("en", "zh")}
    for number in range(posts):
        source, target = (f"{texts[locale][number % 500]}\nThis is {number}.\n" for locale in ("en", "zh"))
        for place, text in (("en", source), ("zh/.source", source), ("zh", target)):
            write(root / f"content/{place}/section-{number % 20}/p{number}.md", text)
    identity = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "posts"]):
        subprocess.run(["git", *command], cwd=root, check=True)


def change(root: Path, numbers: range) -> None:
    for number in numbers:
        with (root / f"content/en/section-{number % 20}/p{number}.md").open("a", encoding="utf-8") as file:
            file.write(f"\nAdded at {time.time_ns()}.\n")


def measure(root: Path, changed: int, repeat: int) -> list[dict[str, Any]]:
    change(root, range(changed))
    time.sleep(3)  # what was written a moment ago is read again by both
    rows = [row("the first look", [PIPELINE], root, 1), row("git, the first", [GIT], root, 1)]
    rows += row_of_both(root, repeat)
    shown = subprocess.run([*PIPELINE], cwd=root, capture_output=True, text=True, check=True).stdout
    assert f"{changed} stale" in shown, shown[-300:]
    change(root, range(changed, 2 * changed))
    rows.append(row(f"{changed} more changed", [PIPELINE], root, 1))
    rows.append(
        row("Python, click, pydantic", [[sys.executable, "-c", "import click, pydantic, tomllib, json"]], root, repeat)
    )
    shutil.rmtree(root / ".pipeline")
    again = subprocess.run([*PIPELINE], cwd=root, capture_output=True, text=True, check=True).stdout
    assert f"{2 * changed} stale" in again, again[-300:]
    return rows


def row_of_both(root: Path, repeat: int) -> list[dict[str, Any]]:
    found = row("", [PIPELINE, GIT], root, repeat)
    return [
        found | {"name": name, "wall": found["walls"][at], "cpu": found["cpus"][at]}
        for at, name in enumerate(("pipeline status", "git status"))
    ]


def row(name: str, commands: list[list[Any]], root: Path, repeat: int) -> dict[str, Any]:
    """The medians of commands that are run in turn."""
    taken = [[run(command, root, memory=False) for command in commands] for _ in range(repeat)]
    walls = [statistics.median(one[at].wall for one in taken) for at in range(len(commands))]
    cpus = [statistics.median(one[at].cpu for one in taken) for at in range(len(commands))]
    return {"name": name, "wall": walls[0], "cpu": cpus[0], "walls": walls, "cpus": cpus}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--changed", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--bar", type=float, default=3)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), options.posts)
        rows = measure(Path(folder), options.changed, options.repeat)
    by_name = {one["name"]: one for one in rows}
    git = by_name["git status"]
    print(f"{machine()}\n\n{options.posts} posts, {options.changed} of them changed\n")
    print("| command | wall s | CPU s | ÷ git status, wall | CPU |\n| --- | ---: | ---: | ---: | ---: |")
    for one in rows:
        ratios = f"{one['wall'] / git['wall']:.2f} | {one['cpu'] / git['cpu']:.2f}"
        print(f"| {one['name']} | {one['wall']:.2f} | {one['cpu']:.2f} | {ratios} |")
    ratio = by_name["pipeline status"]["wall"] / git["wall"]
    if options.json:
        rows = [{key: one[key] for key in ("name", "wall", "cpu")} for one in rows]
        options.json.write_text(json.dumps({"machine": machine(), "ratio": ratio, "rows": rows}, indent=2) + "\n")
    sys.exit(ratio > options.bar)


if __name__ == "__main__":
    main()
