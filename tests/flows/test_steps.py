"""A step is the plain function: the same arguments, the same result, the same error, and no traceback in the log."""

import logging
from dataclasses import dataclass

import pytest

from pipeline.errors import ConfigError, PipelineError

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
