"""The pipeline's plain functions as Prefect tasks, and its errors as failed runs that say what to do."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar, cast

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Failed
from prefect.utilities.annotations import quote

from flows.apart import build
from pipeline.adoption import adopt
from pipeline.errors import PipelineError
from pipeline.publishing import publish, rollback
from pipeline.review import approve, approve_unchanged, fetch, propose
from pipeline.translation import detect, translate

__all__ = [
    "adopt_step",
    "approve_step",
    "approve_unchanged_step",
    "build_step",
    "clear",
    "detect_step",
    "fetch_step",
    "propose_step",
    "publish_step",
    "rollback_step",
    "step",
    "translate_step",
]

P = ParamSpec("P")
R = TypeVar("R")

WAITS = [10.0, 60.0, 300.0]  # seconds before each further try of what may pass


class _Mendable(logging.Filter):
    """Leaves out what Prefect logs of a PipelineError that ends a run: its message is the run's state."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not (record.exc_info and isinstance(record.exc_info[1], PipelineError))


logging.getLogger("prefect.flow_runs").addFilter(_Mendable())


def clear(flow_body: Callable[P, R]) -> Callable[P, R | State[Any]]:
    """A flow's body that ends as Failed, with the message of a PipelineError, where it would raise one.

    Prefect logs a traceback for what is raised; nobody needs one for what they can mend.
    """
    call = _caught(flow_body)
    # Prefect reads the parameters' types from here, and could not resolve their names in this module.
    call.__signature__ = signature(flow_body, eval_str=True)  # type: ignore[attr-defined]
    return call


def step(function: Callable[P, R]) -> Callable[P, R]:
    """`function` as a task of the same name: same arguments, same result, same PipelineError.

    A `passing` error is tried again after WAITS, and nothing else is. Arguments are quoted, so that Prefect does not
    search a whole library of posts for futures.
    """
    run = task(name=function.__name__, cache_policy=NO_CACHE, persist_result=False)(_caught(function))

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        quoted = cast("Any", ([quote(value) for value in args], {key: quote(value) for key, value in kwargs.items()}))
        patient = run.with_options(
            retries=len(WAITS),
            retry_delay_seconds=list(WAITS),
            retry_jitter_factor=0.3,
            retry_condition_fn=_passes,
        )
        state = patient(*quoted[0], **quoted[1], return_state=True)
        return cast("R", state.result())

    return call


def _passes(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return bool(getattr(state.data, "passing", False))


def _caught(function: Callable[P, R]) -> Callable[P, R | State[Any]]:
    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R | State[Any]:
        try:
            return function(*args, **kwargs)
        except PipelineError as error:
            return Failed(message=str(error), data=error)

    return call


adopt_step = step(adopt)
approve_step = step(approve)
approve_unchanged_step = step(approve_unchanged)
build_step = step(build)
detect_step = step(detect)
fetch_step = step(fetch)
propose_step = step(propose)
publish_step = step(publish)
rollback_step = step(rollback)
translate_step = step(translate)
