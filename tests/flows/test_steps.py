"""A step is the plain function: the same arguments, the same result, the same error, and no traceback in the log."""

import logging
from dataclasses import dataclass

import pytest

from pipeline.errors import ConfigError, ConflictError, PipelineError

pytestmark = pytest.mark.usefixtures("prefect_api")


@dataclass(frozen=True, slots=True)
class Library:
    posts: dict


def inside_a_flow(function, *args, **kwargs):
    from prefect import flow

    from flows.steps import step

    stepped = step(function)
    return flow(lambda: stepped(*args, **kwargs), name="a-flow")()


def test_arguments_and_results_pass_untouched():
    library = Library({"posts/foo": object()})
    seen = []

    def look(what, *, deep):
        seen.append((what, deep))
        return what

    assert inside_a_flow(look, library, deep=True) is library
    assert seen[0][0] is library


def test_a_pipeline_error_is_raised_as_it_is(caplog):
    def fail():
        raise ConfigError("the cause.", path="pipeline.toml", line=3, remedy="Mend it.")

    from prefect import flow

    from flows.steps import step

    caught = []

    @flow(name="a-flow")
    def body():
        try:
            step(fail)()
        except PipelineError as error:
            caught.append(error)

    with caplog.at_level(logging.DEBUG):
        body()
    (error,) = caught
    assert isinstance(error, ConfigError)
    assert str(error) == "pipeline.toml:3: the cause. Mend it."
    assert "Traceback" not in caplog.text


def test_any_other_error_keeps_its_traceback():
    def fail():
        raise ZeroDivisionError("ours")

    with pytest.raises(ZeroDivisionError, match="ours"):
        inside_a_flow(fail)


def tries(error, monkeypatch):
    """How often a step that fails with `error` is tried."""
    from flows import steps

    monkeypatch.setattr(steps, "WAITS", [0.0, 0.0])
    count = []

    def fail():
        count.append(1)
        raise error

    with pytest.raises(PipelineError) as raised:
        inside_a_flow(fail)
    assert raised.value is error
    return len(count)


def test_what_may_pass_is_tried_again_and_nothing_else(monkeypatch):
    from pipeline.publishing.s3_errors import explain
    from pipeline.publishing.stores import UnreachableError

    assert tries(UnreachableError("the network is down."), monkeypatch) == 3
    assert tries(explain("slow down", "SlowDown", "s3://bucket"), monkeypatch) == 3
    assert tries(explain("denied", "AccessDenied", "s3://bucket"), monkeypatch) == 1
    assert tries(ConflictError("another was faster."), monkeypatch) == 1
    assert tries(ConfigError("a wrong key."), monkeypatch) == 1


def test_what_passed_is_no_failure(monkeypatch):
    from flows import steps
    from pipeline.publishing.stores import UnreachableError

    monkeypatch.setattr(steps, "WAITS", [0.0])
    answers = [UnreachableError("the network is down."), "done"]

    def once():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert inside_a_flow(once) == "done"
