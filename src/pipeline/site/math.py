"""TeX as MathML, made while the site is built: readers need no script for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from math_core import LatexToMathML

__all__ = ["Formulas", "TexError"]

_STYLE = re.compile(r' style="([^"]*)"')
_NUMBERED = re.compile(r"\\begin\{(?:equation|align|gather|multline)\*?\}")
_NEW = re.compile(r"\\newcommand\*?\s*\{?\s*(\\[A-Za-z]+)")
_FRACTION = re.compile(r'<mfrac displaystyle="(true|false)"(?: style="([^"]*)")?')
_COLOUR = re.compile(r"(background-)?color:(#[0-9A-Fa-f]{6})")
# A strict Content-Security-Policy forbids style attributes; the theme's math.css has these as classes.
_CLASSES = {
    "border-bottom: 0.05em solid currentcolor": "m-bb",
    "border-left: 0.05em dashed currentcolor": "m-bld",
    "border-left: 0.05em solid currentcolor": "m-bl",
    "border-right: 0.05em dashed currentcolor": "m-brd",
    "border-right: 0.05em solid currentcolor": "m-br",
    "border-top: 0.05em dashed currentcolor": "m-btd",
    "border-top: 0.05em solid currentcolor": "m-bt",
    "font-variant-caps: small-caps": "m-sc",
    "justify-items: end": "",
    "justify-items: start": "",
    "margin-left:-0.16666667em": "m-n1",
    "margin-left:-0.22222222em": "m-n2",
    "margin-left:-0.27777778em": "m-n3",
    "math-shift:compact": "m-c",
    "math-style: compact": "m-ss",
    "math-style: normal": "m-sn",
    "padding-bottom: 0": "m-pb",
    "padding-left: 0": "m-pl",
    "padding-left: 0.1em": "m-pl1",
    "padding-left:1em": "m-pl10",
    "padding-right: 0": "m-pr",
    "padding-right: 0.1em": "m-pr1",
    "padding-top: 0": "m-pt",
    "padding-top: 0.1667em": "m-pt1",
    "text-align: left": "m-l",
    "text-align: right": "m-r",
    "width: 100%": "m-w",
    "width: 50%": "m-h",
    "width: 7.5%": "m-n",
}


class TexError(ValueError):
    """An expression that cannot be shown as MathML, and why."""


class Formulas:
    r"""The expressions of one post. What one defines (`\newcommand`) later ones know; equations are counted."""

    def __init__(self) -> None:
        self._converter: LatexToMathML | None = None

    def mathml(self, tex: str, *, block: bool) -> str:
        """One `math` element, without a style attribute. Raises TexError."""
        from math_core import LatexError, LatexToMathML

        if self._converter is None:
            self._converter = LatexToMathML(global_group=True, fancy_error=False)
        if block and "\\tag" in tex and not _NUMBERED.search(tex):
            tex = f"\\begin{{equation}}{tex}\\end{{equation}}"
        # What authors define themselves may be known already: theirs counts.
        tex = _NEW.sub(lambda match: f"\\providecommand{{{match[1]}}}{{}}\\re{match[0][1:]}", tex)
        try:
            html = self._converter.convert_with_global_state(tex, displaystyle=block)
        except LatexError as error:
            raise TexError(re.sub(r"^\d+: ", "", str(error)).rstrip(".")) from error
        html = html.replace("&ApplyFunction;", "\u2061").replace("&InvisibleTimes;", "\u2062")
        # Where a level of scripts begins at 0 anyway; HTML checkers know the attribute on few elements.
        html = _FRACTION.sub(_fraction, html.replace(' scriptlevel="0"', ""))
        return _STYLE.sub(_classes, html)


def _fraction(match: re.Match[str]) -> str:
    size = "normal" if match[1] == "true" else "compact"
    return f'<mfrac style="math-style: {size};{match[2] or ""}"'


def _classes(match: re.Match[str]) -> str:
    names, colours = [], ""
    for declaration in filter(None, (part.strip() for part in match[1].split(";"))):
        if colour := _COLOUR.fullmatch(declaration):
            colours += f' math{"background" if colour[1] else "color"}="{colour[2].lower()}"'
        elif declaration in _CLASSES:
            names.append(_CLASSES[declaration])
        else:
            raise TexError(f"it needs the style `{declaration}`, which pages do not allow")
    css = " ".join(filter(None, names))
    return (f' class="{css}"' if css else "") + colours
