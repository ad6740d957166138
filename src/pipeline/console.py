"""How the commands speak: results on stdout, everything else on stderr, no traceback for what a user can mend."""

from __future__ import annotations

import os
import shlex
import sys
from collections import UserDict
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import click

from pipeline.errors import PipelineError

__all__ = [
    "DONE",
    "ERROR",
    "NEEDS_PERSON",
    "Commands",
    "Group",
    "colours",
    "complain",
    "hint",
    "print_json",
    "shown",
    "told",
]

DONE, ERROR, NEEDS_PERSON, STOPPED = 0, 1, 3, 130


class Commands(UserDict[str, Any]):
    """Commands by name, made of the names of their modules, each imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        """The command, which has its name in its module."""
        return cast("click.Command", getattr(import_module(super().__getitem__(name)), name))


class Group(click.Group):
    """A group of commands whose errors are one sentence each."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """In the order in which they are used."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Errors that a user can mend end it with 1, Ctrl-C with 130."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # a terminal without Chinese is no reason to fail
        try:
            return super().invoke(ctx)
        except PipelineError as error:
            complain(getattr(error, "problems", ()) or [error])
            return ctx.exit(ERROR)
        except OSError as error:
            if isinstance(error, BrokenPipeError) and _nobody_listens():
                return ctx.exit(DONE)  # whoever read the result has seen enough
            complain([_of_the_system(error)])
            return ctx.exit(ERROR)
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            return ctx.exit(STOPPED)


def complain(errors: Iterable[PipelineError], title: str = "Error") -> None:
    """Each error as `Error: file:line: cause remedy`."""
    for error in errors:
        click.echo(f"{_painted(title)}: {told(error)}", err=True)


def hint(root: Path, command: str, when: str = "") -> None:
    """What to do next, as a command that can be copied."""
    where = "" if root == Path() else f" --root {shlex.quote(str(root))}"
    click.echo(f"Next: pipeline{where} {command}" + (f"  # {when}" if when else ""), err=True)


def print_json(data: Any) -> None:
    """One document on stdout."""
    import json

    ascii_only = "utf" not in (getattr(sys.stdout, "encoding", None) or "utf-8").lower()
    click.echo(json.dumps(data, ensure_ascii=ascii_only, indent=2))


def told(error: PipelineError) -> str:
    """`file:line: cause remedy`, the file as it is seen from here."""
    where = ""
    if error.path is not None:
        where = f"{shown(error.path)}:{error.line}: " if error.line is not None else f"{shown(error.path)}: "
    return f"{where}{error.message} {error.remedy}".rstrip()


def shown(path: Path | str) -> str:
    """A path as short as it can be said from the working directory."""
    try:
        relative = os.path.relpath(path)
    except ValueError:
        return str(path)
    return min(relative, str(path), key=len)


def colours(*, err: bool = False) -> bool:
    """Whether the stream is a terminal that wants colours."""
    stream = sys.stderr if err else sys.stdout
    return (
        stream is not None and stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def _painted(title: str) -> str:
    return click.style(title, fg="red", bold=True) if colours(err=True) else title


def _of_the_system(error: OSError) -> PipelineError:
    """A full disk, a directory that may not be written, and so on."""
    cause = error.strerror or str(error)
    return PipelineError(
        f"{cause[:1].lower()}{cause[1:]}.",
        path=error.filename if isinstance(error.filename, (str, Path)) else None,
        remedy="Check permissions and free space.",
    )


def _nobody_listens() -> bool:
    """The pipe that broke is stdout; it is replaced, because Python flushes it once more when it ends."""
    import select

    poll = select.poll()
    try:
        poll.register(sys.stdout.fileno(), 0)
    except (AttributeError, OSError, ValueError):
        return False
    if not poll.poll(0):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True
