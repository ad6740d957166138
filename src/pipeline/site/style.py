"""Colours and fonts of the configuration as the end of the style sheet."""

from __future__ import annotations

from pipeline.config.theme import ThemeSettings

__all__ = ["style_sheet"]

_LANGUAGES = ("en", "zh", "ja", "ko")  # as in type.css
_FONTS = {"text": "text", "title": "title", "interface": "ui", "code": "mono"}


def style_sheet(theme: ThemeSettings) -> str:
    """CSS, or nothing. Each language states its fonts anew, so they are set for all of them."""
    rules = []
    if theme.colours:
        pairs = (f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in theme.colours.items())
        rules.append(f":root {{ {' '.join(pairs)} }}")
    if theme.fonts:
        families = (f"--{_FONTS[name]}: {families};" for name, families in theme.fonts.items())
        places = ", ".join(f":root :lang({name}), :root:lang({name})" for name in _LANGUAGES)
        rules.append(f":root, {places} {{ {' '.join(families)} }}")
    return "\n".join(rules)
