"""Mermaid diagrams, drawn while the site is built."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.site import diagrams
from tests.site.conftest import Site
from tests.site.links import broken_links, document

FLOW = "flowchart LR\n  A[Source 英文原文] --> B{Changed?}\n"


def fenced(source: str, info: str = "mermaid") -> str:
    return f"```{info}\n{source}```\n"


def test_a_diagram_is_drawn_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    titled = fenced(FLOW, 'mermaid title="The way"')
    site.post("en/posts/a.md", f"One.\n\n{titled}\n- In a list\n\n  {FLOW}")
    assert not site.build().warnings
    page = document(site.public / "posts/a/index.html")
    (image,) = page.all("img")
    assert image["alt"] == "The way: Source 英文原文, Changed?"
    assert "<figcaption>The way</figcaption>" in site.html("posts/a")
    svg = (site.public / image["src"].lstrip("/")).read_text()
    assert f'width="{image["width"]}" height="{image["height"]}"' in svg
    assert int(image["width"]) > int(image["height"]) > 20
    assert "英文原文" in svg
    assert not broken_links(site.public, "https://example.org")
    before = site.files()
    monkeypatch.setattr(diagrams, "_run", None)
    site.build()
    assert site.files() == before


def test_chinese_has_the_room_it_needs() -> None:
    """A box is as wide as its words: eight characters take eight times the size of the font, and a margin."""
    svg = diagrams._run(f"flowchart LR\n  A[{'汉' * 8}]\n")
    widths = [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', svg)]
    assert 170 <= max(widths) <= 210


def test_a_mistake_in_a_diagram_is_a_warning(site: Site) -> None:
    path = site.post("en/posts/a.md", "One.\n\n" + fenced("flowchart LR\n A -->\n ]]\n"))
    for _ in range(2):
        (warning,) = site.build().warnings
        assert (str(warning.path), warning.line) == (str(path), 7)
        assert "line 3" in warning.message
        assert 'class="language-mermaid"' in site.html("posts/a")
        assert "<figure" not in site.html("posts/a")


def test_a_diagram_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "endless.py"
    program.write_text("while True: pass\n")
    monkeypatch.setattr(diagrams, "_PROGRAM", program)
    monkeypatch.setattr(diagrams, "_SECONDS", 0.3)
    drawn = diagrams.Diagrams(tmp_path / "kept").draw(FLOW)
    assert "takes longer" in drawn.fault
    assert not (tmp_path / "kept").exists()


@pytest.mark.parametrize(
    "svg",
    [
        "<svg viewBox='0 0 1 1'></svg>",
        "nothing",
        '<svg viewBox="0 0 1 1"><script>alert(1)</script></svg>',
        '<svg viewBox="0 0 1 1" onload="alert(1)"></svg>',
        '<svg viewBox="0 0 1 1"><a href="javascript:alert(1)">x</a></svg>',
        '<svg viewBox="0 0 1 1"><image xlink:href="https://example.org/x.png"/></svg>',
        '<svg viewBox="0 0 1 1"><foreignObject/></svg>',
        '<svg viewBox="0 0 1 1"><g></svg>',
    ],
)
def test_what_is_no_plain_picture_is_refused(svg: str) -> None:
    with pytest.raises(ValueError, match="what came out"):
        diagrams._checked(svg)


def test_labels_cannot_bring_anything_active(site: Site) -> None:
    label = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    evil = f'flowchart LR\n A["{label}"] --> B\n click A "javascript:alert(1)"\n'
    site.post("en/posts/a.md", fenced(evil))
    site.build()
    for svg in site.public.glob("assets/diagram.*.svg"):
        assert not re.search(r"<script|<img|onerror\s*=|javascript:", svg.read_text())
