"""A program: a Mermaid diagram on standard input becomes SVG on standard output.

It is run on its own (see diagrams.py), because a diagram may keep Mermaid busy for ever. What is wrong with one is said
on standard error, with exit code 1.
"""

from __future__ import annotations

import re
import sys

from mermaidx.engines.quickjs_engine import Engine, MermaidRenderError, TextMeasurer

_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)
# Labels as text of SVG, not as HTML within it, which some browsers do not show in images.
_LABELS = {"htmlLabels": False}
_CONFIG = {
    **_LABELS,
    **dict.fromkeys(("class", "flowchart", "state"), _LABELS),
    "securityLevel": "strict",
    "fontFamily": "system-ui, sans-serif",
    "deterministicIds": True,
}


class _Measurer(TextMeasurer):  # type: ignore[misc]
    """The library's font has no Chinese, Japanese and Korean; they are as wide as its long dash, one em."""

    def width(self, text: str | None, *rest: object) -> float:
        return float(super().width(_WIDE.sub("—", text or ""), *rest))

    def full(self, text: str | None, *rest: object) -> dict[str, float]:
        return dict(super().full(_WIDE.sub("—", text or ""), *rest))

    def glyphs(self, text: str | None, *rest: object) -> list[tuple[float, float, float]]:
        return list(super().glyphs(_WIDE.sub("—", text or ""), *rest))

    def foreign_object(self, html: str | None, *rest: object) -> dict[str, float]:
        return dict(super().foreign_object(_WIDE.sub("—", html or ""), *rest))


def main() -> int:
    """The exit code."""
    engine = Engine()
    engine.start()
    engine._measurer = _Measurer()
    try:
        svg = engine.render_svg(sys.stdin.buffer.read().decode(), "neutral", _CONFIG, None)
    except MermaidRenderError as error:
        sys.stderr.buffer.write(str(error).encode())
        return 1
    sys.stdout.buffer.write(svg.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
