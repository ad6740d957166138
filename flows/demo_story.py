"""What the demo says at each step, in plain words."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from flows.demo_site import Page
from pipeline.config import Settings
from pipeline.publishing import PublishReport
from pipeline.site import BuildReport
from pipeline.translation import PostReport, PostState, TranslationReport

__all__ = ["Story"]

ORIGINS = {
    "kept": "unchanged: the reviewed text, word for word",
    "memory": "translated before in another post: that text",
    "adapted": "with another number or term: the reviewed text, adapted",
    "fuzzy": "much like a reviewed one: that text, marked for review",
    "machine": "new: translated by the engine",
    "untranslated": "new, and no engine answered: left in English, marked",
}
AT_REST = ("current", "excluded")
ROWS = 30


class Story:
    """Tells the demo on standard output; steps are numbered, and carry the seconds since the beginning."""

    def __init__(self) -> None:
        """Start the clock."""
        self._console = Console(highlight=False, width=None if sys.stdout.isatty() else 110)
        self._began = time.monotonic()
        self._steps = 0
        self._heard: list[str] = []

    def begins(self, site: Settings) -> None:
        """Where everything happens."""
        self._line(f"The main job, on a copy of this site in {_shown(site.root)}: nothing else is written.")
        self._line("It needs no account and no network. Starting a Prefect server and an S3 server on loopback …")

    def prefect_is_up(self) -> None:
        """The long wait is over."""
        self._step("Servers", "both run; from here on, every step is a Prefect flow or a command's own function.")

    def hears(self, message: str) -> None:
        """A warning, told at the end of the next step; each is told once."""
        if message not in self._heard:
            self._heard.append(message)

    def detected(self, states: list[PostState]) -> None:
        """A table of the posts, their states and the reasons."""
        work = [state for state in states if state.state not in AT_REST]
        self._step("Detect", f"{_count(len(states), 'translation')} looked at, {len(work)} to work on.")
        table = Table("post", "locale", "state", "changed", "why", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for state in sorted(states, key=lambda state: state.state in AT_REST)[:ROWS]:
            changed = f"{state.changed} of {state.segments}"
            cells = (state.post, state.locale, state.state, changed, state.reason)
            table.add_row(*(Text(str(cell), style="" if state in work else "dim") for cell in cells))
        self._console.print(table)

    def translated(self, report: TranslationReport) -> None:
        """Where each draft's segments came from."""
        engine = report.engine
        asked = (
            f"{_count(engine.requests, 'request')} to the engine {engine.name}" if engine.name else "no engine needed"
        )
        self._step("Translate", f"{_count(len(report.posts), 'draft')}; {asked}.")
        for post in report.posts:
            self._line(f"{post.post} ({post.locale}), {_count(post.counts.total, 'segment')}:")
            for name, meaning in ORIGINS.items():
                if number := getattr(post.counts, name):
                    self._line(f"  {number:4} {meaning}")
            for problem in post.problems:
                self._line(f"  line {problem.line}: {problem.message}")
        for error in report.failed:
            self._line(f"Error: {error}")
        for message in self._heard:
            self._line(message)

    def drafted(self, settings: Settings, report: TranslationReport) -> None:
        """Where the drafts are."""
        self._step("Draft", "each beside the English it was made from; nothing in content/ has changed.")
        for post in report.posts:
            self._line(_shown(settings.root / post.draft))

    def approved(self, report: TranslationReport, approved: list[tuple[str, str]]) -> None:
        """What became content, and what waits for a person."""
        self._step("Approve", "drafts that hold nothing but reviewed text; a machine's words wait for a person.")
        for key, locale in approved:
            self._line(f"{key} ({locale}) is approved: it is in content/{locale} now.")
        for post in report.posts:
            if (post.post, post.locale) not in approved:
                self._line(f"{post.post} ({post.locale}) is not: {_why_not(post)}.")

    def delivered(self, settings: Settings, built: BuildReport, published: PublishReport) -> None:
        """What was rendered and sent."""
        locales = " and ".join(settings.locales[key].name for key in (settings.source, *settings.targets))
        self._step(
            "Build", f"{built.pages} pages in {locales}; {built.written} files written in {built.seconds:.1f} s."
        )
        for warning in built.warnings:
            self._line(f"Warning: {warning}")
        self._step(
            "Publish",
            f"{_count(published.uploaded, 'object')} to {settings.publish.target} at {settings.publish.endpoint_url}, "
            f"{published.deleted} deleted, in {published.requests} requests. Release {published.release}.",
        )

    def published(self, pages: Iterable[Page], live: list[tuple[str, str]]) -> None:
        """Pages read back from the bucket's website."""
        self._step("Serve", "the site as readers get it, from that bucket:")
        for page in pages:
            self._line(f"{page.url}  {page.status or 'no answer'}  {page.title}")
        for post, locale in live:
            self._line(f"{post} ({locale}) is still the approved page, with a notice that the English is newer.")

    def second_round(self, work: Mapping[str, int], states: list[PostState], *, fine: bool) -> None:
        """That there was nothing left to do, or what there was."""
        self._step("The whole job again", ", ".join(f"{number} {name}" for name, number in work.items()) + ".")
        waiting = [f"{state.post} ({state.locale})" for state in states if state.state not in AT_REST]
        rest = f" but what waits for a person, {', '.join(waiting)}" if waiting else ""
        if fine:
            self._line(f"Nothing is detected{rest}. Nothing is translated, written or uploaded.")
        else:
            self._line("There should have been nothing to do. Please report this.")

    def how_to_finish(self, settings: Settings, waiting: list[PostReport], *, once: bool) -> None:
        """The commands that bring what waits to its end."""
        if not waiting:
            return
        command = f"{_pipeline()} --root {shlex.quote(_shown(settings.root))}"
        self._step("To finish", f"{_count(len(waiting), 'draft')} for a person.")
        for post in waiting:
            if post.counts.untranslated:
                self._line(
                    "With a network, ask the engine again; or write the lines named above in the draft yourself:"
                )
                self._line(f"  {command} translate {post.post}")
            self._line(f"Read {_shown(settings.root / post.draft)}, mend what should be better, then:")
            self._line(f"  {command} approve {post.post}")
        if once:
            self._line("See both languages (the demo's own servers end now):")
            self._line(f"  {command} serve")
        else:
            self._line("While this demo serves, publish it and reload the page:")
            self._line(f"  {command} build && {command} publish")

    def serves(self, settings: Settings) -> None:
        """That it goes on until it is told to stop."""
        self._console.print()
        self._line(f"Serving {settings.site.base_url}/ until you press Ctrl-C.")

    def stops(self) -> None:
        """That it was told to stop."""
        self._console.print()
        self._line("Stopped. Everything this demo started has ended.")

    def _step(self, title: str, text: str) -> None:
        self._steps += 1
        head = Text.assemble((f"{self._steps}. {title}", "bold"), f": {text}")
        head.append(f"  {time.monotonic() - self._began:.0f} s", style="dim")
        self._console.print()
        self._console.print(head, soft_wrap=True)

    def _line(self, text: str) -> None:
        self._console.print(Text(text), soft_wrap=True)


def _why_not(post: PostReport) -> str:
    if post.counts.untranslated:
        return f"{_count(post.counts.untranslated, 'segment')} still in English"
    if post.problems:
        return f"the checks found {_count(len(post.problems), 'problem')}"
    return f"{_count(post.counts.machine + post.counts.fuzzy, 'segment')} nobody has reviewed"


def _pipeline() -> str:
    """How to call this program from here."""
    beside = Path(sys.executable).parent / "pipeline"
    return "pipeline" if shutil.which("pipeline") or not beside.exists() else _shown(beside)


def _shown(path: Path) -> str:
    """A path as short as it can be said from the working directory."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
