"""The theme: Jinja2 templates, each of which a file of the same name in the user's theme/ overrides."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)

from pipeline.errors import BuildError

__all__ = ["BUILT_IN", "Theme", "theme_directories"]

BUILT_IN = Path(__file__).parent / "theme"
_PARTS = 4096


def theme_directories(root: Path) -> list[Path]:
    """Where the parts of the theme are looked for, in this order: the user's theme/, then the one that comes along."""
    return [root / "theme", BUILT_IN]


def _joined(parts: Iterable[str]) -> str:
    """As one text. Of a page that lists very many posts the parts are many times as large: not all are held at once."""
    left = iter(parts)
    whole = []
    while some := list(islice(left, _PARTS)):
        whole.append("".join(some))
    return "".join(whole)


class Theme:
    """Renders templates by name. `{% extends "builtin/post.html" %}` reaches the template that a file overrides."""

    def __init__(self, directories: list[Path], asset: Callable[[str], str]) -> None:
        """`asset` gives the address of a file of the theme's assets by its name."""
        self._directories = directories
        self._environment = Environment(
            loader=ChoiceLoader(
                [FileSystemLoader(directories), PrefixLoader({"builtin": FileSystemLoader(BUILT_IN)})],
            ),
            autoescape=True,
            auto_reload=False,  # each build has a theme of its own
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.globals["asset"] = asset
        self._environment.concat = _joined  # type: ignore[method-assign]

    def render(self, name: str, **values: Any) -> str:
        """The template's text. Raises BuildError with the template's file and line."""
        try:
            return self._environment.get_template(name).render(**values)
        except TemplateSyntaxError as error:
            raise self._explained(error, error.filename, error.lineno) from error
        except TemplateNotFound as error:
            raise BuildError(
                f"the theme has no template `{error.name}`.",
                path=self._place(error),
                remedy="Add it, or mend the name.",
            ) from error
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            frame = self._frame(error)
            raise self._explained(error, frame.filename if frame else name, frame.lineno if frame else None) from error

    def _explained(self, error: Exception, filename: str | None, line: int | None) -> BuildError:
        reason = f"nothing is named {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        return BuildError(
            f"the template cannot be rendered: {reason.rstrip('.')}.",
            path=filename,
            line=line,
            remedy="Mend it, or remove the file to have the built-in one again.",
        )

    def _frame(self, error: Exception) -> traceback.FrameSummary | None:
        """The innermost place in a template that an error came through."""
        folders = [str(folder) for folder in self._directories]
        frames = traceback.extract_tb(error.__traceback__)
        return next((f for f in reversed(frames) if f.filename.startswith(tuple(folders)) and "." in f.filename), None)

    def _place(self, error: Exception) -> str | None:
        frame = self._frame(error)
        return frame.filename if frame else None
