"""The part of a step that is about one post, or one shard of them, as a Prefect task of its own.

A task costs milliseconds here and more in the server, so never is one made for a segment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.states import Completed, Failed

from flows.summaries import translation_summary
from pipeline.errors import PipelineError
from pipeline.translation import TranslationReport
from pipeline.translation.report import Made

__all__ = ["gather_articles", "make_drafts"]

T = TypeVar("T")


def make_drafts(posts: Sequence[str], locale: str, make: Callable[[], Made]) -> Made:
    """An `each` of `translate`: a task run `draft`, which ends as Failed if a post of it could not be worked on."""
    return _in_task("draft", f"{_named(posts, 'posts')} ({locale})", make, _drafted)


def gather_articles(names: Sequence[str], gather: Callable[[], bytes]) -> bytes | None:
    """What the workers made of these articles: a task run `articles`, which ends as Failed if that is nothing."""

    def gathered() -> bytes | Exception:
        try:
            return gather()
        except Exception as error:  # noqa: BLE001 - a worker may raise what it likes: the run renders these itself
            return error

    def told(made: bytes | Exception) -> State[Any]:
        if isinstance(made, bytes):
            return Completed(message=f"{len(names)} articles rendered.")
        return Failed(message=f"The run renders them: {type(made).__name__}: {made}")

    made = _in_task("articles", _named(names, "articles"), gathered, told)
    return made if isinstance(made, bytes) else None


def _in_task(kind: str, name: str, job: Callable[[], T], told: Callable[[T], State[Any]]) -> T:
    """What `job` returns or raises, in a run `name` of the task `kind`, which ends as `told` says.

    It is not tried again: that is for the step to decide. Outside a run of Prefect's it is a plain call.
    """
    if TaskRunContext.get() is None:
        return job()
    done: list[T] = []

    @task(name=kind, task_run_name=lambda: name, cache_policy=NO_CACHE, persist_result=False)
    def work() -> State[Any]:
        try:
            done.append(job())
        except PipelineError as error:
            return Failed(message=str(error), data=error)
        return told(done[0])

    state = work(return_state=True)
    if not done:
        state.result()
    return done[0]


def _named(things: Sequence[str], noun: str) -> str:
    """Such as `posts/foo`, or `posts/a … posts/k, 50 posts`."""
    return things[0] if len(things) == 1 else f"{things[0]} … {things[-1]}, {len(things)} {noun}"


def _drafted(made: Made) -> State[Any]:
    failed = [one for one in made if isinstance(one, PipelineError)]
    if failed and len(made) == 1:
        return Failed(message=str(failed[0]))
    report = TranslationReport([one for one in made if not isinstance(one, PipelineError)], failed=failed)
    return (Failed if failed else Completed)(message=translation_summary(report))
