"""The sites that the tools look at: the shipped one, and a scratch one made from posts that know nothing of it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.config import load
from pipeline.review import approve
from pipeline.site import build
from pipeline.translation import translate
from tests.engines.servers import LibreTranslateServer
from tests.pseudo_chinese import pseudo_chinese

__all__ = ["SEED", "SITES", "scratch", "shipped"]

ROOT = Path(__file__).parents[2]
SEED = ROOT.parent / "shared" / "seed" / "about.md"
NOW = datetime(2030, 1, 1, tzinfo=UTC)
CONFIG = """\
[site]
title = "Scratch"
base_url = "{base_url}"
author = "A. Writer"
description = "Notes on compilers, schedulers and the tools in between."
edit_url = "https://example.org/edit/{{path}}"
[locales.en]
name = "English"
[locales.zh]
name = "简体中文"
title = "草稿本"
description = "关于编译器与调度器的笔记。"
[theme]
social = {{ GitHub = "https://example.org/me" }}
share = {{ Mastodon = "https://example.org/?text={{title}}&url={{url}}" }}
[translation]
engine = "libretranslate"
[engines.libretranslate]
url = "{engine}"
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60" width="120" height="60"><path fill="#888" '
    'd="M0 30h30v30H0zM40 0h30v60H40zM80 20h30v40H80z"/></svg>\n'
)


def shipped(out: Path, base_url: str) -> None:
    """The repository's own content, as if in a year when all of it is due."""
    report = build(load(ROOT, env={}), out=out, base_url=base_url, now=NOW)
    assert not report.warnings


def scratch(out: Path, base_url: str) -> None:
    """Posts in English, translated by a machine and approved, with everything in them that the dialect knows."""
    from PIL import Image

    root = out.parent / "scratch"
    picture = io.BytesIO()
    Image.new("RGB", (900, 500), "#889").save(picture, "PNG")
    here = Path(__file__).parent
    files = {
        "content/en/about.md": (SEED if SEED.exists() else here.parent / "data/engineer.md").read_bytes(),
        "content/en/posts/engineer.md": (here.parent / "data/engineer.md").read_bytes(),
        "content/en/posts/everything.md": (here / "everything.md").read_bytes(),
        "content/en/posts/alone.md": b"---\ntitle: Not translated\ndate: 2026-01-01\ntranslate: false\n---\nText.\n",
        "static/bars.svg": SVG.encode(),
        "static/square.png": picture.getvalue(),
    }
    for path, data in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    with LibreTranslateServer(translate=pseudo_chinese) as engine:
        (root / "pipeline.toml").write_text(CONFIG.format(base_url=base_url, engine=engine.url), encoding="utf-8")
        settings = load(root, env={})
        translate(settings)
        report = approve(settings, everything=True)
    assert len(report.approved) == 3, report.refused
    about = root / "content/en/about.md"
    about.write_bytes(about.read_bytes() + b"\nWhat was added since.\n")
    build(settings, out=out, now=NOW)


SITES: dict[str, Callable[[Path, str], None]] = {"shipped": shipped, "scratch": scratch}
