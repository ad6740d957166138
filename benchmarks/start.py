"""How soon a command is there: `pipeline --help` and `pipeline status` beside Python with the libraries they need.

    python benchmarks/start.py [--posts 100] [--repeat 9] [--bar 2.5] [--json FILE]

The measure is CPU time, which a busy machine changes least, and the least of some runs, all of them in turn. `--help`
needs click, and so does `status` where it remembers its answer. Where pipeline.toml may be another, it needs pydantic
for the settings as well, with what is imported to declare a model, YAML, TOML, JSON, time zones and logging; and
where a post has changed, markdown-it-py and rapidfuzz to compare it with what it was. Python's own start is in all
figures. `status` is measured on a site of --posts posts with their translations and snapshots, three of them changed,
after a first look. Exit 1 when a command takes more than --bar times as long as its libraries, or when either has
imported what only other commands need.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from build import CONFIG
from measure import Taken, machine, run
from posts import post, write

from pipeline.taken import TICK

PIPELINE = Path(sys.executable).with_name("pipeline")
MODELS = "from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator"
TOUCHED, EDITED = "pipeline status, pipeline.toml touched", "pipeline status, a post edited"
PROGRAMS: dict[str, list[str | Path]] = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "its libraries: click": [sys.executable, "-c", "import click, logging"],
    "pipeline --help": [PIPELINE, "--help"],
    "its libraries: pydantic …": [
        sys.executable,
        "-c",
        f"import click, yaml, tomllib, json, logging, zoneinfo; {MODELS}",
    ],
    TOUCHED: [PIPELINE, "status"],
    "its libraries: markdown-it …": [
        sys.executable,
        "-c",
        f"import click, yaml, tomllib, json, logging, rapidfuzz.fuzz, markdown_it; {MODELS}; markdown_it.MarkdownIt()",
    ],
    EDITED: [PIPELINE, "status"],
    "pipeline status, its last answer": [PIPELINE, "status"],
}
PAIRS = (
    ("pipeline --help", "its libraries: click"),
    (TOUCHED, "its libraries: pydantic …"),
    (EDITED, "its libraries: markdown-it …"),
    ("pipeline status, its last answer", "its libraries: click"),
)
HEAVY = ("prefect", "boto3", "obstore", "requests", "jinja2", "markdown_it", "pygments", "PIL")


def make(root: Path, posts: int) -> None:
    write(root / "pipeline.toml", CONFIG)
    for number in range(posts):
        source = post(number, posts, "en")
        write(root / f"content/en/posts/p{number}.md", source + "\nNew.\n" * (number < 3))
        write(root / f"content/zh/.source/posts/p{number}.md", source)
        write(root / f"content/zh/posts/p{number}.md", post(number, posts, "zh"))


def prepare(root: Path, name: str) -> None:
    """Let all be known, and then change what the name says."""
    time.sleep(TICK / 1e9)  # what was written a moment ago would be read again
    run(PROGRAMS[name], root, memory=False)
    if name == TOUCHED:
        (root / "pipeline.toml").touch()
    elif name == EDITED:
        with (root / "content/en/posts/p9.md").open("a", encoding="utf-8") as file:
            file.write("\nMore of it.\n")


def heavy(root: Path, arguments: list[str]) -> list[str]:
    """What a command imports that it should not."""
    code = (
        f"import sys\nfrom pipeline.cli import main\ntry: main({arguments!r})\nexcept SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return [name for name in HEAVY if name in done.stdout.splitlines()[-1]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=9)
    parser.add_argument("--bar", type=float, default=2.5)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        make(root, options.posts)
        for command in PROGRAMS.values():
            run(command, root, memory=False)
        taken: dict[str, list[Taken]] = {name: [] for name in PROGRAMS}
        for _ in range(options.repeat):
            for name, command in PROGRAMS.items():
                if "status" in name:
                    prepare(root, name)
                taken[name].append(run(command, root, memory=False))
        imported = {" ".join(part): heavy(root, list(part)) for part in (("--help",), ("status",))}
    least = {name: min(one.cpu for one in runs) for name, runs in taken.items()}
    ratios = {name: least[name] / least[libraries] for name, libraries in PAIRS}
    print(f"{machine()}\n\n{options.posts} posts\n\n| command | CPU ms | ÷ its libraries |\n| --- | ---: | ---: |")
    for name, seconds in least.items():
        print(f"| {name} | {seconds * 1000:.0f} | {f'{ratios[name]:.2f}' if name in ratios else ''} |")
    for name, found in imported.items():
        print(f"\npipeline {name} imports {', '.join(found) or 'none'} of {', '.join(HEAVY)}")
    if options.json:
        figures = {"machine": machine(), "cpu": least, "ratios": ratios, "imported": imported}
        options.json.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(max(ratios.values()) > options.bar or any(imported.values()))


if __name__ == "__main__":
    main()
