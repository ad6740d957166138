"""Contrast of every pair of colours that text is set in, in both schemes (https://www.w3.org/TR/WCAG22/#contrast-minimum)."""

from __future__ import annotations

import re

import pytest

from pipeline.site.theme import BUILT_IN

COLOURS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", (BUILT_IN / "assets/colours.css").read_text()
    )
}
ON_PAPER = ["ink", "soft", "accent", "good", "wary", "calm"]
ON_RAISED = ["ink", "soft", "accent", "good", "wary", "calm", *(name for name in COLOURS if name.startswith("code-")
             and name not in {"code-insert", "code-delete", "code-mark"})]  # fmt: skip
PAIRS = [
    *((text, "paper") for text in ON_PAPER),
    *((text, "raised") for text in ON_RAISED),
    *((text, "accent-wash") for text in ["ink", "accent"]),
    *((text, "code-mark") for text in ON_RAISED if text == "ink" or text.startswith("code-")),
    *(("ink", ground) for ground in ["bar", "code-insert", "code-delete"]),
]


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_contrast(text: str, ground: str, scheme: int) -> None:
    bright, dim = sorted((luminance(COLOURS[name][scheme]) for name in (text, ground)), reverse=True)
    assert (bright + 0.05) / (dim + 0.05) >= 4.5


def test_no_colour_is_set_elsewhere() -> None:
    for path in (BUILT_IN / "assets").glob("*.css"):
        if path.name not in {"colours.css", "print.css"}:
            assert not re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl", path.read_text()), path.name
