"""What several commands share: their options, the settings, names of posts and locales."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from pipeline.errors import ConfigError

if TYPE_CHECKING:
    from pipeline.config import Settings

__all__ = [
    "Command",
    "CommandGroup",
    "address",
    "check_locale",
    "check_named",
    "json_option",
    "keep_option",
    "keys",
    "locale_option",
    "posts_argument",
    "read_settings",
]


class Command(click.Command):
    """A command whose help ends with the `terms` it uses and with `examples` of it."""

    def __init__(
        self, *args: Any, examples: Sequence[str], terms: Mapping[str, str] = MappingProxyType({}), **rest: Any
    ) -> None:
        """Everything else is click's."""
        super().__init__(*args, **rest)
        self.examples = tuple(examples)
        self.terms = terms

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What stands below the options."""
        if self.terms:
            with formatter.section("States"):
                formatter.write_dl(list(self.terms.items()))
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")
        super().format_epilog(ctx, formatter)


class CommandGroup(Command, click.Group):
    """A command that has commands of its own, listed in the order in which they were made."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """As click asks for them."""
        return list(self.commands)


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")(function)


def keep_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--keep`, as `keep`."""
    kind = click.IntRange(0, 1000)
    return click.option("--keep", type=kind, help="Releases to keep restorable, instead of [publish] `keep`.")(function)


def locale_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--locale`, as `locale`; `check_locale` looks whether there is such a target."""
    return click.option("--locale", help="Only this target language, such as zh.")(function)


def posts_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """Any number of posts, as `posts`."""
    return click.argument("posts", nargs=-1, metavar="[POST]...")(function)


def read_settings(root: Path) -> Settings:
    """pipeline.toml, read only when a command needs it."""
    from pipeline.config import load

    return load(root)


def keys(settings: Settings, posts: Iterable[str]) -> list[str]:
    """The keys of posts that are named by key or by file."""
    from pipeline.content.names import key_named

    return [key_named(settings, post) for post in posts]


def check_named(posts: Sequence[str], what: str, *, everything: bool) -> None:
    """Raise click's own complaint unless either posts are named or `--all` is given."""
    if bool(posts) == everything:
        raise click.UsageError(f"Name the posts to {what}, or say --all.")


def check_locale(settings: Settings, locale: str | None) -> None:
    """Raise ConfigError, with the nearest name, for a locale that is no target."""
    if locale is not None and locale not in settings.targets:
        near = get_close_matches(locale, settings.targets, n=1)
        remedy = f"Did you mean `{near[0]}`?" if near else f"Choose from {', '.join(settings.targets)}."
        raise ConfigError(f"`{locale}` is not a target locale.", remedy=remedy)


def address(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """An absolute address, or click's own complaint."""
    if value is not None and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", value):
        raise click.BadParameter("an absolute http(s) address is needed, such as https://example.org/blog.")
    return value
