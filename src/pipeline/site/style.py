"""Colours and fonts of the configuration as the end of the style sheet."""

from __future__ import annotations

from pipeline.config.theme import ThemeSettings

__all__ = ["style_sheet"]

_FONTS = {"text": "text", "title": "title", "interface": "ui", "code": "mono"}


def style_sheet(theme: ThemeSettings) -> str:
    """CSS, or nothing. Each language states its fonts anew, so they are set for all of them."""
    rules = []
    if theme.colours:
        pairs = (f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in theme.colours.items())
        rules.append(f":root {{ {' '.join(pairs)} }}")
    if theme.fonts:
        families = (f"--{_FONTS[name]}: {families};" for name, families in theme.fonts.items())
        rules.append(
            f":root, :root :lang(en), :root:lang(en), :root :lang(zh), :root:lang(zh) {{ {' '.join(families)} }}"
        )
    return "\n".join(rules)
