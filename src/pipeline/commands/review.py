"""`pipeline review`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.commands.options import Command, check_locale, locale_option, read_settings

__all__ = ["review"]


@click.command(
    cls=Command,
    short_help="Read, edit and approve drafts in the browser.",
    examples=["pipeline review", "pipeline review --locale zh --port 8765 --no-browser"],
)
@locale_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port; any free one if it is left out.")
@click.option("--no-browser", is_flag=True, help="Only print the address of the page.")
@click.pass_obj
def review(root: Path, *, locale: str | None, port: int, no_browser: bool) -> None:
    """Open the review desk: a page on this machine on which drafts are read beside the English, edited and approved.

    What you write is saved to the draft's file as you write it; a file that was changed meanwhile is never overwritten.
    The page works with the keyboard alone: press ? on it. Its address holds a token, so keep it to yourself. Ctrl-C
    ends it, and what you have accepted is remembered.
    """
    from pipeline.review.desk import Desk, serve_desk

    settings = read_settings(root)
    check_locale(settings, locale)

    def ready(url: str) -> None:
        click.echo(f"The review desk: {url}\nCtrl-C ends it.")
        if not no_browser:
            import webbrowser

            webbrowser.open(url)

    serve_desk(Desk(settings, locale=locale), port=port, ready=ready)
