"""`pipeline demo`: the main job on a copy of this site, offline, with a server for everything it needs."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from flows.demo_site import approve_proven, copy_site, point_at, read_back
from flows.demo_story import Story
from flows.embedded import embedded_prefect, leave
from pipeline.config import Settings
from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from flows.publish import Delivered
    from flows.sync import Synced
    from pipeline.translation import PostReport

__all__ = ["main"]

OK = 200


@dataclass(frozen=True, slots=True)
class Round:
    """What one run of the main job did."""

    translated: Synced
    approved: list[tuple[str, str]]
    delivered: Delivered

    @property
    def waiting(self) -> list[PostReport]:
        """The drafts that a person has to look at."""
        return [post for post in self.translated.report.posts if (post.post, post.locale) not in self.approved]

    @property
    def work(self) -> dict[str, int]:
        """How much there was to do; all zero when there was nothing."""
        return {
            "drafts written": sum(post.written for post in self.translated.report.posts),
            "drafts approved": len(self.approved),
            "files written": self.delivered.built.written if self.delivered.built else 0,
            "objects uploaded": self.delivered.published.uploaded,
            "objects deleted": self.delivered.published.deleted,
        }


def main(root: Path, once: bool = False) -> int:  # noqa: FBT001, FBT002
    """Run the main job twice on a copy of the site in `root`, say what happened, and serve the result until Ctrl-C.

    `once` ends after the second run. 0: all went well; 1: a page does not answer, or the second run found work. An
    interrupt ends the process with 0, after its servers. Raises ConfigError when there is no site in `root`, and
    PipelineError when a step fails. Nothing outside `root`/.pipeline is written.
    """
    from pipeline.publishing.local import LocalStore

    for name in [name for name in os.environ if name.startswith("PIPELINE_")]:
        del os.environ[name]  # they could name a real bucket
    story = Story()
    try:
        with _ends_cleanly():
            site = copy_site(root, root / ".pipeline" / "demo")
            story.begins(site)
            with LocalStore(site.work) as store:
                settings = point_at(site, store.settings(site.publish), base_url=store.website_url)
                fine = _twice(settings, story, once=once)
                if fine and not once:
                    story.serves(settings)
                    while True:
                        time.sleep(3600)
    except KeyboardInterrupt:
        story.stops()
        leave(0)
    return 0 if fine else 1


def _twice(settings: Settings, story: Story, *, once: bool) -> bool:
    """The job, and once more: True when all pages answer and nothing was left to do the second time."""
    with embedded_prefect(settings.root.parent / "prefect"), _heard(story):
        story.prefect_is_up()
        first = _round(settings, story)
        live = [(post.post, post.locale) for post in first.waiting if _is_live(settings, post)]
        pages = read_back(settings, live)
        story.published(pages, live)
        again = _round(settings)
    # An engine that came back meanwhile may have finished a draft; anything else would be a fault of ours.
    work = again.work
    if first.translated.report.needs_person and again.translated.report.engine.characters:
        work["drafts written"] = 0
    fine = not any(work.values())
    story.second_round(again.work, again.translated.states, fine=fine)
    story.how_to_finish(settings, first.waiting, once=once)
    return fine and all(page.status == OK for page in pages)


def _round(settings: Settings, story: Story | None = None) -> Round:
    """Detect, translate, approve, build, publish; told step by step if there is a story."""
    from flows.publish import PublishOptions, publish
    from flows.sync import SyncOptions, sync

    translated: Synced = _run(sync, SyncOptions(root=settings.root))
    if story:
        story.detected(translated.states)
        story.translated(translated.report)
        story.drafted(settings, translated.report)
    approved = approve_proven(settings, translated.report)
    if story:
        story.approved(translated.report, approved)
    delivered: Delivered = _run(publish, PublishOptions(root=settings.root))
    if story and delivered.built:
        story.delivered(settings, delivered.built, delivered.published)
    return Round(translated, approved, delivered)


def _is_live(settings: Settings, post: PostReport) -> bool:
    """There is an approved translation, which stays on the site while the draft waits."""
    return (settings.content(post.locale) / Path(post.draft).relative_to("drafts", post.locale)).is_file()


def _run(flow: Any, options: object) -> Any:
    """The result of a flow's run; raises PipelineError with its message if it failed."""
    state = flow(options, return_state=True)
    if not state.is_completed():
        raise PipelineError(state.message or f"the flow {flow.name} ended as {state.name}.")
    return state.result()


@contextmanager
def _heard(story: Story) -> Iterator[None]:
    """What the library warns of is part of the story, where it would be a line on standard error."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            story.hears(record.getMessage())

    library, ear = logging.getLogger("pipeline"), Ear(logging.WARNING)
    library.addHandler(ear)
    propagated, library.propagate = library.propagate, False
    try:
        yield
    finally:
        library.removeHandler(ear)
        library.propagate = propagated


@contextmanager
def _ends_cleanly() -> Iterator[None]:
    """Ctrl-C and SIGTERM end the `with` block like an exception, so that its servers are ended too."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    try:
        sys.exit(main(Path(), once="--once" in sys.argv[1:]))
    except PipelineError as error:
        sys.exit(f"Error: {error}")
