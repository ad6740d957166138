"""What a translation memory of a hundred thousand segments costs: CPU time of look-ups, and of whole runs.

    python benchmarks/memory.py [--memory 100000] [--segments 1000] [--json FILE]

A site is made whose approved posts hold the memory, and new posts beside them: a third of their segments is in the
memory, a third differs from something there in a few words, a third is new. An engine within the process answers, so
the CPU time is our own. Exit 1 when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import logging
import platform
import random
import resource
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.config import load
from pipeline.content import Library
from pipeline.markdown import parse_units
from pipeline.translation import translate
from pipeline.translation.known import known_memory

A_POST = 50
CONFIG = """\
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
[translation]
engine = "{engine}"
[engines.gone]
kind = "libretranslate"
url = "http://127.0.0.1:9"
retries = 0
"""
HAN = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜"


class Words:
    """Paragraphs of words that are as rare and as common as those of a language, with some markup."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        letters = "abcdefghijklmnopqrstuvwxyz"
        self.words = ["".join(self.chance.choices(letters, k=self.chance.randint(2, 10))) for _ in range(20_000)]
        self.weights = [1 / (rank + 10) for rank in range(len(self.words))]

    def paragraph(self) -> str:
        count = min(90, 5 + int(self.chance.expovariate(1 / 18)))
        words = self.chance.choices(self.words, self.weights, k=count)
        if self.chance.random() < 0.3:
            words[1] = f"`{words[1]}`"
        if self.chance.random() < 0.2:
            words[2] = f"**{words[2]}**"
        return " ".join(words) + "."

    def edited(self, paragraph: str) -> str:
        words = paragraph.split(" ")
        for _ in range(max(1, len(words) // 10)):
            words[self.chance.randrange(3, len(words))] = self.chance.choice(self.words)
        return " ".join(words)

    def chinese(self, paragraph: str) -> str:
        words = ("".join(self.chance.choices(HAN, k=2)) if word[0] not in "`*" else word for word in paragraph.split())
        return "".join(words) + "。"


def make_site(root: Path, memory: int, segments: int) -> list[str]:
    """Write the posts; returns a few of the memory's paragraphs."""
    words = Words(7)
    some: list[str] = []
    for number in range(memory // A_POST):
        english = [words.paragraph() for _ in range(A_POST)]
        some += english[:2]
        text = "\n\n".join(english) + "\n"
        chinese = "\n\n".join(map(words.chinese, english)) + "\n"
        for place, content in (("en", text), ("zh", chinese), ("zh/.source", text)):
            _write(root / f"content/{place}/old/{number}.md", content)
    for number in range(segments // A_POST):
        paragraphs = [
            [words.chance.choice(some), words.edited(words.chance.choice(some)), words.paragraph()][at % 3]
            for at in range(A_POST)
        ]
        _write(root / f"content/en/new/{number}.md", "\n\n".join(paragraphs) + "\n")
    return some


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def measure_run(root: Path, engine: str) -> dict[str, Any]:
    """A whole run of `translate`, and what came of it."""
    (root / "pipeline.toml").write_text(CONFIG.format(engine=engine), encoding="utf-8")
    started = time.process_time()
    report = translate(load(root, env={}))
    cpu = time.process_time() - started
    counts = [post.counts.to_json() for post in report.posts]
    origins = {name: sum(count[name] for count in counts) for name in ("memory", "machine", "fuzzy", "untranslated")}
    segments = sum(count["total"] for count in counts)
    for draft in (root / "drafts").rglob("*.md"):
        draft.unlink()
    return {"cpu": cpu, "segments": segments, "ms": cpu / segments * 1000, **origins}


def measure_lookups(root: Path, some: list[str]) -> dict[str, float]:
    """Seconds of CPU for the memory, its index, and 100 look-ups of each kind."""
    settings = load(root, env={})
    words = Words(8)
    chosen = words.chance.choices(some, k=100)
    alike = [parse_units(words.edited(text))[0][0].segments[0] for text in chosen]
    exact = [parse_units(text)[0][0].segments[0] for text in chosen]
    library = Library.read(settings)
    times = [time.process_time()]
    memory = known_memory(settings, library, "zh")
    times.append(time.process_time())
    assert all(memory.find(segment) for segment in exact)
    times.append(time.process_time())
    memory.fuzzy(alike[0], 75.0)
    times.append(time.process_time())
    found = sum(memory.fuzzy(segment, 75.0) is not None for segment in alike)
    times.append(time.process_time())
    loaded, exactly, index, fuzzily = (after - before for before, after in pairwise(times))
    return {"load": loaded, "exact": exactly, "index": index, "fuzzy": fuzzily, "found": found}


def run(memory: int, segments: int) -> dict[str, Any]:
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        some = make_site(root, memory, segments)
        runs = {
            "the first run": measure_run(root, "pseudo"),
            "a later run": measure_run(root, "pseudo"),
            "no engine: fuzzy matches": measure_run(root, "gone"),
        }
        lookups = measure_lookups(root, some)
    bars = {
        "a later run takes at most 1 ms of CPU a segment": runs["a later run"]["ms"] <= 1.0,
        "100 fuzzy look-ups take at most 1 s": lookups["fuzzy"] <= 1.0,
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    return {"memory": memory, "runs": runs, "lookups": lookups, "peak": peak, "machine": machine, "bars": bars}


def show(result: dict[str, Any]) -> None:
    print(f"{result['memory']} segments in memory; {result['machine']}; peak {result['peak']} MiB\n")
    print(f"{'':28}{'segments':>9}{'CPU s':>8}{'ms each':>9}{'memory':>8}{'machine':>9}{'fuzzy':>7}{'left':>6}")
    for name, row in result["runs"].items():
        print(
            f"{name:28}{row['segments']:9}{row['cpu']:8.2f}{row['ms']:9.2f}{row['memory']:8}{row['machine']:9}"
            f"{row['fuzzy']:7}{row['untranslated']:6}"
        )
    found = result["lookups"]
    print(
        f"\nmemory {found['load']:.2f} s, 100 exact look-ups {found['exact']:.3f} s, index for fuzzy ones "
        f"{found['index']:.2f} s, 100 of these {found['fuzzy']:.2f} s ({found['found']} found)\n"
    )
    for bar, met in result["bars"].items():
        print(f"{'met   ' if met else 'MISSED'}  {bar}")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--memory", type=int, default=100_000)
    parser.add_argument("--segments", type=int, default=1000)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    arguments = parser.parse_args()
    result = run(arguments.memory, arguments.segments)
    show(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0 if all(result["bars"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
