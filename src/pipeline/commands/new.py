"""A new post."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from pipeline.commands.options import Command, read_settings
from pipeline.console import shown
from pipeline.errors import ContentError
from pipeline.files import write_atomic

__all__ = ["new"]


@click.command(
    cls=Command, short_help="Begin a new post.", examples=['pipeline new posts/foo "Title"', "pipeline new posts/foo/"]
)
@click.argument("post")
@click.argument("title", default="")
@click.option("--bundle", is_flag=True, help="A directory of its own, for images: posts/foo/index.md.")
@click.pass_obj
def new(root: Path, *, post: str, title: str, bundle: bool) -> None:
    """Begin a POST such as posts/foo in the source language, as a draft with the TITLE and today's date.

    A slash at the end makes it a directory of its own, as --bundle does. A post that is there is left alone.
    """
    from pipeline.site.permalinks import inside

    settings = read_settings(root)
    key = post.removesuffix("/").removesuffix(".md").removesuffix("/index")
    folder = settings.content(settings.source)
    if not inside(key) or any(part.startswith(".") for part in key.split("/")):
        raise click.BadParameter("a path below the content is needed, such as posts/foo.", param_hint="POST")
    if not title and len(key.split()) > 1:
        name = "posts/" + "-".join(re.findall(r"\w+", key.lower()))
        raise click.BadParameter(f"the name of a file comes first, then the title: {name} {key!r}.", param_hint="POST")
    single, own = folder / f"{key}.md", folder / key / "index.md"
    if existing := next((path for path in (single, own) if path.exists()), None):
        raise ContentError("is there already.", path=existing, remedy="Choose another name, or edit that file.")
    path = own if bundle or post.endswith(("/", "/index.md")) else single
    now = datetime.now(ZoneInfo(settings.site.timezone)).replace(microsecond=0)
    title = title or key.rpartition("/")[2].replace("-", " ").capitalize()
    quoted = json.dumps(title, ensure_ascii=False)
    write_atomic(path, f"---\ntitle: {quoted}\ndate: {now.isoformat()}\ndraft: true\n---\n\n".encode())
    click.echo(f"made {shown(path)}")
